import type { FeatureSpace, SparseVector } from './feature-space.ts'
import { vectorOfWords, type OwnVectors } from './own-vectors.ts'
import type { RequestFeatures } from './request-features.ts'

export interface Encoded {
  readonly sparse: SparseVector
  /** Own meaning and the words themselves, side by side; length 1. */
  readonly dense: Float32Array
}

/** Numbers that stand for the words themselves. */
const sketchSize = 128
/** What meaning counts beside words, where it is known. */
const meaningShare = 0.85
export const denseSize = (vectors: OwnVectors | undefined): number => sketchSize + (vectors ? Math.ceil(vectors.dimension / 4) * 4 : 0)

export function encodeWith(space: FeatureSpace, vectors: OwnVectors | undefined, features: RequestFeatures): Encoded {
  const sparse = space.encode(features)
  const dense = new Float32Array(denseSize(vectors))
  const sketch = dense.subarray(0, sketchSize)
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
  const meaning = dense.subarray(sketchSize, sketchSize + vectors.dimension)
  vectorOfWords(vectors, features.words, meaning)
  for (let at = 0; at < meaning.length; at++) meaning[at] = (meaning[at] as number) * Math.sqrt(meaningShare)
  return { sparse, dense }
}
