import { readFileSync } from 'node:fs'
import { MurmurError } from '../../errors.ts'
import type { WordVectors } from '../router/own-vectors.ts'

/** What words mean in English requests that were not written here. What says nothing, whatever is asked for, has the share 0. */
export interface CommonWords extends WordVectors {
  /** -127 to 127; all rows are about as long. */
  readonly vectors: Int8Array
}

/** Numbers that come before the rest: how many words, and how many numbers each. */
const headBytes = 8
const mostShare = 255
const mostValue = 127

let shipped: CommonWords | undefined

/** The words that come with Murmur (`common-words.bin`; LICENSES.md says where they are from), read once a thread: about 30 ms and 5 MB. */
export const commonWords = (): CommonWords => (shipped ??= readCommonWords(readFileSync(new URL('common-words.bin', import.meta.url))))

/** @throws {MurmurError} MUR_BUG when the bytes are not what {@link writeCommonWords} wrote */
export function readCommonWords(bytes: Uint8Array): CommonWords {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [count, dimension] = bytes.length < headBytes ? [0, 0] : [view.getUint32(0, true), view.getUint32(4, true)]
  const vectorsAt = headBytes + count
  const wordsAt = vectorsAt + count * dimension
  const words = new TextDecoder().decode(bytes.subarray(wordsAt)).split('\n')
  if (count === 0 || words.length !== count) throw new MurmurError('MUR_BUG', { rule: `a file of word vectors holds the words it counts: wanted ${count}, found ${words.length}; get src/learning/words/common-words.bin again` })
  return {
    dimension,
    rowOf: new Map(words.map((word, row) => [word, row])),
    // Copied, so that the file's own bytes can go.
    vectors: new Int8Array(bytes.subarray(vectorsAt, wordsAt)),
    shares: Float32Array.from(bytes.subarray(headBytes, vectorsAt), (share) => share / mostShare),
  }
}

/** @param vectors one row of length 1 per word */
export function writeCommonWords({ words, shares, dimension, vectors }: { readonly words: readonly string[]; readonly shares: readonly number[]; readonly dimension: number; readonly vectors: readonly (readonly number[])[] }): Uint8Array {
  const head = new Uint8Array(headBytes)
  new DataView(head.buffer).setUint32(0, words.length, true)
  new DataView(head.buffer).setUint32(4, dimension, true)
  const numbers = Int8Array.from(vectors.flat(), (value) => Math.round(value * mostValue))
  return Buffer.concat([head, Uint8Array.from(shares, (share) => Math.round(share * mostShare)), new Uint8Array(numbers.buffer), new TextEncoder().encode(words.join('\n'))])
}
