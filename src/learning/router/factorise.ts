import { seededRandom } from './seeded-random.ts'

/** A square matrix by rows, zeros left out. */
export interface SparseRows {
  /** Where each row begins in the other two; one more than there are rows. */
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
}

export interface Factors {
  readonly size: number
  /** One row of `size` numbers per row of the matrix. */
  readonly directions: Float32Array
  /** How strong each direction is. */
  readonly strengths: Float32Array
}

/** Three rounds find the strong directions well enough: with six the vectors route no better. */
const rounds = 3

/** The strongest directions of a nearly symmetric matrix, by subspace iteration from random ones (Halko, Martinsson and Tropp 2011). */
export function factorise(matrix: SparseRows, size: number): Factors {
  const rows = matrix.starts.length - 1
  const random = seededRandom(1)
  let columns = Array.from({ length: size }, () => Float32Array.from({ length: rows }, () => random() + random() + random() - 1.5))
  let strengths = orthonormalise(columns)
  for (let round = 0; round < rounds; round++) {
    columns = columns.map((column) => multiply(matrix, column))
    strengths = orthonormalise(columns)
  }
  const directions = new Float32Array(rows * size)
  columns.forEach((column, at) => {
    for (let row = 0; row < rows; row++) directions[row * size + at] = column[row] as number
  })
  return { size, directions, strengths }
}

function multiply({ starts, columns, values }: SparseRows, vector: Float32Array): Float32Array<ArrayBuffer> {
  const product = new Float32Array(vector.length)
  for (let row = 0; row < vector.length; row++) {
    let sum = 0
    for (let at = starts[row] as number, end = starts[row + 1] as number; at < end; at++) sum += (values[at] as number) * (vector[columns[at] as number] as number)
    product[row] = sum
  }
  return product
}

/** Gram and Schmidt, in place. @returns the lengths the columns had */
function orthonormalise(columns: readonly Float32Array[]): Float32Array {
  return Float32Array.from(columns, (column, at) => {
    for (const other of columns.slice(0, at)) {
      const common = dot(column, other)
      for (let row = 0; row < column.length; row++) column[row] = (column[row] as number) - common * (other[row] as number)
    }
    const length = Math.sqrt(dot(column, column))
    if (length > 0) for (let row = 0; row < column.length; row++) column[row] = (column[row] as number) / length
    return length
  })
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}
