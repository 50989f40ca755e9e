/** Where a regression begins, and what it is drawn to while there is little to learn from. */
export interface LogisticStart {
  readonly weights: readonly number[]
  /** The start counts as much as so much curvature; a few hundred examples outweigh it. */
  readonly prior: number
}

export interface LogisticExample {
  /** As long as the weights. */
  readonly row: readonly number[]
  /** 0 to 1. */
  readonly target: number
}

const newtonRounds = 12
const minCurve = 1e-4

export const squash = (value: number): number => 1 / (1 + Math.exp(-value))

/** @returns the chance, 0 to 1 */
export const logisticOf = (weights: readonly number[], row: readonly number[]): number => squash(row.reduce((sum, value, at) => sum + value * (weights[at] as number), 0))

/** Weights by Newton's method with a Gaussian prior about the start. */
export function fitLogistic(examples: readonly LogisticExample[], { weights: start, prior }: LogisticStart): readonly number[] {
  const size = start.length
  let weights: readonly number[] = start
  for (let round = 0; round < newtonRounds; round++) {
    const slope = weights.map((weight, at) => prior * (weight - (start[at] as number)))
    const curve = Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => (a === b ? prior : 0)))
    for (const { row, target } of examples) {
      const said = logisticOf(weights, row)
      const bend = Math.max(minCurve, said * (1 - said))
      for (let a = 0; a < size; a++) {
        slope[a] = (slope[a] as number) + (said - target) * (row[a] as number)
        for (let b = 0; b < size; b++) (curve[a] as number[])[b] = ((curve[a] as number[])[b] as number) + bend * (row[a] as number) * (row[b] as number)
      }
    }
    const move = solve(curve, slope)
    weights = weights.map((weight, at) => weight - (move[at] as number))
  }
  return weights
}

/** Gauss with the largest pivot. The matrix is positive definite, as the prior stands on its diagonal. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at] as number])
  for (let at = 0; at < rows.length; at++) {
    const pivot = rows.slice(at).reduce((best, row, offset) => (Math.abs(row[at] as number) > Math.abs((rows[best] as number[])[at] as number) ? at + offset : best), at)
    ;[rows[at], rows[pivot]] = [rows[pivot] as number[], rows[at] as number[]]
    const own = rows[at] as number[]
    rows.forEach((row, other) => {
      if (other === at) return
      const share = (row[at] as number) / (own[at] as number)
      for (let column = at; column <= rows.length; column++) row[column] = (row[column] as number) - share * (own[column] as number)
    })
  }
  return rows.map((row, at) => (row[rows.length] as number) / (row[at] as number))
}
