import type { Meaning } from '../router/meaning.ts'
import { readFeatures, type RequestFeatures } from '../router/request-features.ts'
import { describeSignature } from './request-signature.ts'

/** A request as patterns compare it: what it says, weighed, with length 1, and what its words mean, where that is known. */
export interface PatternVector {
  readonly hashes: Uint32Array
  readonly values: Float32Array
  readonly dense: Float32Array | undefined
}

/**
 * Rare words tell kinds apart, but what has been seen in fewer requests than this is mostly a name or a number that varies. Chosen on the
 * development part of WorkBench (docs/learning.md).
 */
const oddBelow = 8
/** With few requests every word is rare: the bound grows with them. */
const requestsPerOdd = 30

/** A request without what varies, as hashed words, pairs of words and parts of words. */
export const readPatternFeatures = (text: string): RequestFeatures => readFeatures(describeSignature(text).replaceAll(/\{(\w+)\}/g, ' slot$1 '))

/** How often each feature occurs in the requests of one goal, which decides what it counts. */
export class PatternSpace {
  readonly #meaning: Meaning | undefined
  readonly #seenIn = new Map<number, number>()
  #texts = 0

  /** @param meaning what words mean in this workspace, as far as it has taught that */
  constructor(meaning?: Meaning) {
    this.#meaning = meaning
  }

  get texts(): number {
    return this.#texts
  }

  /** Counts a request, or takes it out again. */
  count({ hashes }: RequestFeatures, by: 1 | -1): void {
    this.#texts += by
    for (const hash of hashes) {
      const seen = (this.#seenIn.get(hash) ?? 0) + by
      if (seen > 0) this.#seenIn.set(hash, seen)
      else this.#seenIn.delete(hash)
    }
  }

  encode({ hashes, weights, words }: RequestFeatures): PatternVector {
    const odd = Math.min(oddBelow, 1 + this.#texts / requestsPerOdd)
    const values = new Float32Array(hashes.length)
    let sum = 0
    hashes.forEach((hash, at) => {
      const seen = Math.max(1, this.#seenIn.get(hash) ?? 0)
      const value = (weights[at] as number) * Math.sqrt(Math.log(2 + this.#texts / seen)) * Math.min(1, seen / odd)
      values[at] = value
      sum += value * value
    })
    if (sum > 0) for (let at = 0; at < values.length; at++) values[at] = (values[at] as number) / Math.sqrt(sum)
    return { hashes, values, dense: this.#meaning && meaningOf(this.#meaning, words) }
  }
}

function meaningOf(known: Meaning, words: readonly string[]): Float32Array {
  const meaning = new Float32Array(known.dimension)
  known.write(words, meaning)
  return meaning
}
