import type { FeatureSpace, SparseVector } from './feature-space.ts'
import { scaleSquare, type Meaning } from './meaning.ts'
import type { RequestFeatures } from './request-features.ts'

export interface Encoded {
  /** What the models learn from: own meaning in the first rows, where it is known, then the features; length 1. */
  readonly sparse: SparseVector
  /** Own meaning and the words themselves, side by side; length 1. */
  readonly dense: Float32Array
}

/** Numbers that stand for the words themselves. */
const sketchSize = 128
/** What meaning counts beside words, where it is known. */
const meaningShare = 0.85
/** The same for the models, which learn by themselves what of it to use: 0.3 and 0.5 route alike, without it 300 to 3,000 labels come to a point less. */
const meaningShareForModels = 0.4
/** Rows of the models that stand for meaning. */
export const meaningRows = (meaning: Meaning): number => meaning.dimension
export const denseSize = (meaning: Meaning): number => sketchSize + Math.ceil(meaning.dimension / 4) * 4

/** What the models read of a request: {@link Encoded.sparse} alone. */
export function encodeForModels(space: FeatureSpace, meaning: Meaning, features: RequestFeatures): SparseVector {
  const numbers = new Float32Array(meaning.dimension)
  const known = meaning.write(features.words, numbers)
  return joined(numbers, known, space.encode(features))
}

export function encodeWith(space: FeatureSpace, meaning: Meaning, features: RequestFeatures): Encoded {
  const sparse = space.encode(features)
  const dense = new Float32Array(denseSize(meaning))
  const numbers = dense.subarray(0, meaning.dimension)
  const known = meaning.write(features.words, numbers)
  const both = joined(numbers, known, sparse)
  scaleSquare(numbers, meaningShare)
  const sketch = dense.subarray(dense.length - sketchSize)
  const length = writeSketch(sparse, sketch)
  if (length > 0) scaleSquare(sketch, (1 - meaningShare * known) / length ** 2)
  return { sparse: both, dense }
}

/** The words themselves, hashed into few numbers. @returns the vector's length */
function writeSketch({ rows, values }: SparseVector, into: Float32Array): number {
  rows.forEach((row, at) => {
    // The sign comes of other bits than the place, so that features that meet cancel out as often as they add up.
    const hash = Math.imul(row + 1, 0x9e3779b1) >>> 0
    const place = hash % sketchSize
    into[place] = (into[place] as number) + ((hash >>> 20) & 1 ? 1 : -1) * (values[at] as number)
  })
  let sum = 0
  for (const value of into) sum += value * value
  return Math.sqrt(sum)
}

/** @param known the square of the meaning's length: what is not known of it, the words have */
function joined(meaning: Float32Array, known: number, { rows, values, known: knownFeatures }: SparseVector): SparseVector {
  const size = meaning.length
  const both = { rows: new Int32Array(size + rows.length), values: new Float32Array(size + rows.length), known: knownFeatures }
  const [meaningFactor, wordFactor] = [Math.sqrt(meaningShareForModels), Math.sqrt(1 - meaningShareForModels * known)]
  for (let at = 0; at < size; at++) {
    both.rows[at] = at
    both.values[at] = (meaning[at] as number) * meaningFactor
  }
  for (let at = 0; at < rows.length; at++) {
    both.rows[size + at] = size + (rows[at] as number)
    both.values[size + at] = (values[at] as number) * wordFactor
  }
  return both
}
