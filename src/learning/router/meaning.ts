import { commonWords } from '../words/common-words.ts'
import { vectorOfWords, type OwnVectors, type WordVectors } from './own-vectors.ts'

/** What the words of a text mean, as numbers: texts that say the same in other words are near each other. */
export interface Meaning {
  readonly dimension: number
  /**
   * Writes `dimension` numbers into `into`. The square of their length says how much of the text is known, 0 to 1, so that the few words of
   * another language that happen to be known count little.
   * @returns that square
   */
  write(words: readonly string[], into: Float32Array): number
}

/** Chosen on the validation part of CLINC150 (docs/learning.md). */
const commonShare = 0.2

let atLarge: Meaning | undefined

/** What words mean to people who ask assistants elsewhere, which a workspace has on its first day, and beside it what they mean in its own texts, once these tell. */
export function meaningWith(own: OwnVectors | undefined): Meaning {
  const common = commonWords()
  // The same object each time, by which readers see that nothing has changed.
  if (!own) return (atLarge ??= { dimension: common.dimension, write: (words, into) => writePart(common, words, into, 1) })
  return {
    dimension: own.dimension + common.dimension,
    write: (words, into) => writePart(own, words, into.subarray(0, own.dimension), 1 - commonShare) + writePart(common, words, into.subarray(own.dimension), commonShare),
  }
}

function writePart(vectors: WordVectors, words: readonly string[], into: Float32Array, mostShare: number): number {
  const share = mostShare * vectorOfWords(vectors, words, into)
  scaleSquare(into, share)
  return share
}

/** Multiplies the square of a vector's length, in place. */
export function scaleSquare(vector: Float32Array, share: number): void {
  const factor = Math.sqrt(share)
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) * factor
}
