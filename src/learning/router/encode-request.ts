import type { FeatureSpace, SparseVector } from './feature-space.ts'
import { vectorOfWords, type OwnVectors } from './own-vectors.ts'
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
export const meaningRows = (vectors: OwnVectors | undefined): number => vectors?.dimension ?? 0
export const denseSize = (vectors: OwnVectors | undefined): number => sketchSize + (vectors ? Math.ceil(vectors.dimension / 4) * 4 : 0)

/** What the models read of a request: {@link Encoded.sparse} alone. */
export function encodeForModels(space: FeatureSpace, vectors: OwnVectors | undefined, features: RequestFeatures): SparseVector {
  const sparse = space.encode(features)
  if (!vectors) return sparse
  const meaning = new Float32Array(vectors.dimension)
  vectorOfWords(vectors, features.words, meaning)
  return joined(meaning, sparse)
}

export function encodeWith(space: FeatureSpace, vectors: OwnVectors | undefined, features: RequestFeatures): Encoded {
  const sparse = space.encode(features)
  const dense = new Float32Array(denseSize(vectors))
  // Meaning first: it is most of the length, so that comparing can often end with it.
  const sketch = dense.subarray(dense.length - sketchSize)
  sparse.rows.forEach((row, at) => {
    // The sign comes of other bits than the place, so that features that meet cancel out as often as they add up.
    const hash = Math.imul(row + 1, 0x9e3779b1) >>> 0
    const place = hash % sketchSize
    sketch[place] = (sketch[place] as number) + ((hash >>> 20) & 1 ? 1 : -1) * (sparse.values[at] as number)
  })
  let sum = 0
  for (const value of sketch) sum += value * value
  const length = Math.sqrt(sum)
  const share = vectors ? 1 - meaningShare : 1
  if (length > 0) for (let at = 0; at < sketchSize; at++) sketch[at] = ((sketch[at] as number) * Math.sqrt(share)) / length
  if (!vectors) return { sparse, dense }
  const meaning = dense.subarray(0, vectors.dimension)
  vectorOfWords(vectors, features.words, meaning)
  const both = joined(meaning, sparse)
  for (let at = 0; at < meaning.length; at++) meaning[at] = (meaning[at] as number) * Math.sqrt(meaningShare)
  return { sparse: both, dense }
}

function joined(meaning: Float32Array, { rows, values, known }: SparseVector): SparseVector {
  const size = meaning.length
  const both = { rows: new Int32Array(size + rows.length), values: new Float32Array(size + rows.length), known }
  for (let at = 0; at < size; at++) {
    both.rows[at] = at
    both.values[at] = (meaning[at] as number) * Math.sqrt(meaningShareForModels)
  }
  for (let at = 0; at < rows.length; at++) {
    both.rows[size + at] = size + (rows[at] as number)
    both.values[size + at] = (values[at] as number) * Math.sqrt(1 - meaningShareForModels)
  }
  return both
}
