import { stemmer } from 'stemmer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MurmurError } from '../errors.ts'
import type { Embedder } from './embeddings.ts'

export const lexicalDimension = 1_024

/** A rare word says more than a part of it, and a pair of words more than each. */
const weights = { word: 1, pair: 0.6, part: 0.25 }
const partLengths = [3, 4, 5]
/** Words so common that they say nothing; where nothing else is left they count. */
const commonWords: ReadonlySet<string> = new Set(
  'a an the and or but if of to in on at by for from with as is are was were be been it its this that these those i we you he she they our your my their what which who how do does did not no so than then there here can could will would should has have had'.split(' '),
)
const maxWords = 4_000
/** About 5 ms of work; then others have their turn. */
const charsATurn = 40_000

/**
 * Needs no model: texts that share words, pairs of words or parts of words are near each other. It knows no synonyms.
 * Signed feature hashing (Weinberger et al. 2009, https://arxiv.org/abs/0902.2206) into 1,024 numbers; weights grow with the logarithm of the count.
 */
export const lexicalEmbedder: Embedder = {
  name: 'murmur/lexical-2',
  dimension: lexicalDimension,
  async embed(texts, signal) {
    const vectors: Float32Array[] = []
    let chars = 0
    for (const text of texts) {
      if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
      if (chars > charsATurn) {
        await nextTurn()
        chars = 0
      }
      vectors.push(embedText(text))
      chars += text.length
    }
    return { vectors, inputTokens: 0 }
  },
}

function embedText(text: string): Float32Array {
  const features = new Map<string, { weight: number; count: number }>()
  const add = (feature: string, weight: number): void => {
    const known = features.get(feature)
    if (known) known.count++
    else features.set(feature, { weight, count: 1 })
  }
  const words = wordsOf(text)
  words.forEach((word, at) => {
    const stem = stemmer(word)
    add(`w ${stem}`, weights.word)
    const next = words[at + 1]
    if (next !== undefined) add(`p ${stem} ${stemmer(next)}`, weights.pair)
    for (const part of partsOf(word)) add(`c ${part}`, weights.part)
  })
  return hashed(features)
}

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase()
  const words = (plain.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxWords)
  const telling = words.filter((word) => !commonWords.has(word))
  return telling.length > 0 ? telling : words
}

function partsOf(word: string): string[] {
  const framed = `<${word}>`
  return partLengths.flatMap((length) => Array.from({ length: Math.max(0, framed.length - length + 1) }, (_, at) => framed.slice(at, at + length)))
}

function hashed(features: ReadonlyMap<string, { readonly weight: number; readonly count: number }>): Float32Array {
  const vector = new Float32Array(lexicalDimension)
  for (const [feature, { weight, count }] of features) {
    const hash = fnv1a(feature)
    const at = hash % lexicalDimension
    const value = weight * (1 + Math.log(count))
    // The sign comes of other bits than the place, so that features that meet cancel out as often as they add up.
    vector[at] = (vector[at] ?? 0) + ((hash >>> 16) & 1 ? value : -value)
  }
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** FNV-1a with a final mix (http://www.isthe.com/chongo/tech/comp/fnv/): the same on every machine, as its results are stored. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
