import { MurmurError } from '../../errors.ts'
import type { VectorSpace } from './vector-memory.ts'

/** Rounding of 32-bit floats moves the length of a unit vector by less than this. */
const lengthTolerance = 1e-3

/** @throws {MurmurError} MUR_MEMORY_SPACE when a collection of one space is asked for another */
export function requireSpace(stored: VectorSpace | undefined, given: VectorSpace): void {
  if (!stored || isSameSpace(stored, given)) return
  throw new MurmurError('MUR_MEMORY_SPACE', { stored: nameSpace(stored), given: nameSpace(given) })
}

export const isSameSpace = (one: VectorSpace, other: VectorSpace): boolean => one.embedder === other.embedder && one.dimension === other.dimension

export const nameSpace = ({ embedder, dimension }: VectorSpace): string => `${embedder} (${dimension})`

/**
 * A vector of length 1, or all zeros where there is no direction: the cosine of two is then their dot product.
 * @throws {MurmurError} MUR_MEMORY_SPACE for another dimension, MUR_BUG for what is no number
 */
export function toUnitVector(vector: Float32Array, space: VectorSpace): Float32Array {
  if (vector.length !== space.dimension) throw new MurmurError('MUR_MEMORY_SPACE', { stored: nameSpace(space), given: `a vector of ${vector.length} numbers` })
  let squares = 0
  for (const value of vector) squares += value * value
  if (!Number.isFinite(squares)) throw new MurmurError('MUR_BUG', { rule: 'a vector holds finite numbers only' })
  const length = Math.sqrt(squares)
  return length === 0 ? vector.slice() : vector.map((value) => value / length)
}

/** What is wrong with a stored vector, as the end of a sentence that begins with its id. */
export function findFault(vector: Float32Array, space: VectorSpace): string | undefined {
  if (vector.length !== space.dimension) return `has ${vector.length} numbers instead of ${space.dimension}`
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  if (!Number.isFinite(length)) return 'has a number that is none'
  return length === 0 || Math.abs(length - 1) < lengthTolerance ? undefined : `has the length ${length.toFixed(3)} instead of 1`
}
