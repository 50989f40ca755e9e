import type { PatternRecord } from '../../storage/records.ts'
import { PatternClassifier, type Classified } from './pattern-classifier.ts'
import { PatternSpace, readPatternFeatures, type PatternVector } from './pattern-space.ts'
import type { Meaning } from '../router/meaning.ts'
import { readFeatures, type RequestFeatures } from '../router/request-features.ts'
import { highestLeaning } from '../router/telling-words.ts'
import { traceBias } from './run-trace.ts'

export interface PatternMatch {
  readonly patternId: string
  /** 0 to 1: the mean likeness to the pattern's examples. */
  readonly similarity: number
  /** What is left of it when the next best pattern is as near as it is: similarity less a share of the runner-up's. */
  readonly lead: number
}

/** Why a request is taken for one of a pattern. */
export interface MatchReason {
  /** Words of the request that speak most for it; at most three. */
  readonly words: readonly string[]
  /** Runs of it that are most alike, best first. */
  readonly runIds: readonly string[]
}

export interface PatternIndexOptions {
  /** From here on an ended run belongs to a pattern; default {@link defaultMinSimilarity}. */
  readonly minSimilarity?: number
  /** From here on a new request is taken for one of a pattern; default {@link defaultMinLead}. */
  readonly minLead?: number
  /** From these odds on the classifier alone decides; default {@link defaultMinOdds}. */
  readonly minOdds?: number
  /** What words mean in this workspace. */
  readonly meaning?: Meaning | undefined
  /** False: meaning helps to recognise requests, but not to put runs together. Default true. */
  readonly groupsByMeaning?: boolean
}

/** These were chosen on the development part of WorkBench (docs/learning.md): at most 1 of 100 recognised requests is taken for another kind. */
export const defaultMinSimilarity = 0.74
export const defaultMinLead = 0.5
/** Where there is only one pattern nothing competes with it, so a new request must be this near as well. */
const minRecognised = 0.6
const runnerUpShare = 0.5
/** Chosen so that at most 1 of 100 hits is wrong in a stream of CLINC150's requests (G5, docs/learning.md). */
export const defaultMinOdds = 3.3
/** Among fewer requests, and for a pattern with fewer examples, the classifier has not met enough that is something else. */
const classifiesFrom = 50
const minExamples = 3
const shownRuns = 3
/** Earlier runs that are shown as reasons are the most alike of the newest so many. */
const lookedAt = 10
const alikeFrom = 0.2
/** How much the meaning of words counts beside the words, where it is known; chosen on the validation part of CLINC150. */
const denseShare = 0.5
/** What features count changes as requests come: patterns are weighed again when there are so many more of them, a few at each question. */
const staleGrowth = 1.25
const renewedAtOnce = 25

interface Example {
  readonly runId: string
  readonly text: string
  readonly features: RequestFeatures
  readonly trace: readonly string[] | undefined
}

interface Group {
  readonly examples: readonly Example[]
  /** The sum of the examples' vectors. */
  readonly sum: ReadonlyMap<number, number>
  readonly dense: Float32Array | undefined
  /** How many requests there were when it was weighed. */
  readonly weighedAt: number
}

/** The patterns of one goal, ready to be compared with a request: by its mean cosine to their examples. */
export class PatternIndex {
  readonly #options: PatternIndexOptions
  readonly #space: PatternSpace
  readonly #classifier: PatternClassifier
  readonly #groups = new Map<string, Group>()
  /** Which patterns know a feature, and what it counts there. */
  readonly #postings = new Map<number, Map<string, number>>()

  constructor(patterns: readonly Pick<PatternRecord, 'patternId' | 'examples'>[] = [], options: PatternIndexOptions = {}) {
    this.#options = options
    this.#space = new PatternSpace(options.groupsByMeaning === false ? undefined : options.meaning)
    this.#classifier = new PatternClassifier(options.meaning)
    for (const pattern of patterns) this.put(pattern)
  }

  /** Adds a pattern, or takes its newest examples in place of the older ones; without examples it is forgotten. */
  put({ patternId, examples }: Pick<PatternRecord, 'patternId' | 'examples'>): void {
    const before = this.#groups.get(patternId)?.examples ?? []
    if (before.length === examples.length && examples.every(({ runId }, at) => before[at]?.runId === runId)) return
    // Each run of a pattern adds one example to those that are known.
    const known = new Map(before.map((example) => [example.text, example.features]))
    const after = examples.map(({ runId, text, trace }) => ({ runId, text, trace, features: known.get(text) ?? readPatternFeatures(text) }))
    for (const { features } of before) this.#space.count(features, -1)
    for (const { features } of after) this.#space.count(features, 1)
    this.#weigh(patternId, after)
    this.#classifier.put(patternId, after)
  }

  /** Goes through so many examples once more, which a classifier needs that was told many at once. @returns true when it was through all */
  review(from = 0, count = Infinity): boolean {
    return this.#classifier.review(from, count)
  }

  /** The patterns that are known. */
  get patternIds(): readonly string[] {
    return [...this.#groups.keys()]
  }

  /**
   * The pattern that a new request is taken for: the nearest, if it is near enough and well before the next; where none is near, the one that
   * the classifier is sure of. Where two are near, words do not tell them apart, and it abstains.
   */
  recognise(text: string): PatternMatch | undefined {
    const features = readPatternFeatures(text)
    const found = this.#compare(features)
    const [best] = found
    if (best && best.similarity >= minRecognised && best.lead >= (this.#options.minLead ?? defaultMinLead)) return best
    if (best && best.similarity >= minRecognised) return undefined
    const classified = this.#classify(features)
    if (!classified || classified.odds < (this.#options.minOdds ?? defaultMinOdds)) return undefined
    return found.find(({ patternId }) => patternId === classified.patternId)
  }

  /** What the classifier takes a request for, however unsure; undefined where it has seen too little. */
  classify(text: string): Classified | undefined {
    return this.#classify(readPatternFeatures(text))
  }

  #classify(features: RequestFeatures): Classified | undefined {
    if (this.#space.texts < classifiesFrom) return undefined
    const classified = this.#classifier.classify(features)
    return classified && (this.#groups.get(classified.patternId)?.examples.length ?? 0) >= minExamples ? classified : undefined
  }

  /** Why a request was taken for one of a pattern. */
  explain(text: string, patternId: string): MatchReason {
    const features = readPatternFeatures(text)
    const words = features.words.filter((word) => !word.startsWith('slot'))
    const likenessTo = likenessOf(this.#space.encode(features))
    // Of those that are as alike, the newest first.
    const alike = (this.#groups.get(patternId)?.examples ?? []).slice(-lookedAt).toReversed().map((example) => ({ runId: example.runId, likeness: likenessTo(this.#space.encode(example.features)) }))
    return {
      words: highestLeaning(words, (word) => this.#classifier.leaningOf(readFeatures(word), patternId)),
      runIds: alike.filter(({ likeness }) => likeness >= alikeFrom).toSorted((a, b) => b.likeness - a.likeness).slice(0, shownRuns).map(({ runId }) => runId),
    }
  }

  /** The pattern that an ended run belongs to, by its text and by what it did. */
  match(text: string, trace?: readonly string[]): PatternMatch | undefined {
    const [best] = this.compare(text, trace)
    return best && best.similarity >= (this.#options.minSimilarity ?? defaultMinSimilarity) ? best : undefined
  }

  /** True when runs of a pattern usually did something else. */
  speaksAgainst(patternId: string, trace: readonly string[] | undefined): boolean {
    return this.#groups.has(patternId) && this.#biasOf(patternId, trace) < 0
  }

  /** All patterns that share a word with a request, nearest first. */
  compare(text: string, trace?: readonly string[]): PatternMatch[] {
    return this.#compare(readPatternFeatures(text), trace)
  }

  #compare(features: RequestFeatures, trace?: readonly string[]): PatternMatch[] {
    this.#renew()
    const vector = this.#space.encode(features)
    const similarities = this.#similarities(vector)
    const found = [...similarities].map(([patternId, similarity]) => ({ patternId, similarity: similarity + this.#biasOf(patternId, trace) }))
    const sorted = found.toSorted((a, b) => b.similarity - a.similarity || (a.patternId < b.patternId ? -1 : 1))
    return sorted.map(({ patternId, similarity }, at) => ({ patternId, similarity, lead: similarity - runnerUpShare * Math.max(0, sorted[at === 0 ? 1 : 0]?.similarity ?? 0) }))
  }

  #similarities({ hashes, values, dense }: PatternVector): Map<string, number> {
    const found = new Map<string, number>()
    hashes.forEach((hash, at) => {
      for (const [patternId, weight] of this.#postings.get(hash) ?? []) found.set(patternId, (found.get(patternId) ?? 0) + weight * (values[at] as number))
    })
    for (const [patternId, sum] of found) {
      const group = this.#groups.get(patternId) as Group
      const lexical = sum / group.examples.length
      found.set(patternId, dense && group.dense ? (1 - denseShare) * lexical + (denseShare * dot(dense, group.dense)) / group.examples.length : lexical)
    }
    return found
  }

  #biasOf(patternId: string, trace: readonly string[] | undefined): number {
    if (!trace || trace.length === 0) return 0
    const { examples } = this.#groups.get(patternId) as Group
    return examples.reduce((sum, example) => sum + traceBias(trace, example.trace), 0) / examples.length
  }

  #renew(): void {
    let left = renewedAtOnce
    for (const [patternId, { examples, weighedAt }] of this.#groups) {
      if (left === 0) return
      if (this.#space.texts < weighedAt * staleGrowth + 1) continue
      this.#weigh(patternId, examples)
      left--
    }
  }

  #weigh(patternId: string, examples: readonly Example[]): void {
    for (const hash of this.#groups.get(patternId)?.sum.keys() ?? []) {
      const patterns = this.#postings.get(hash)
      patterns?.delete(patternId)
      if (patterns?.size === 0) this.#postings.delete(hash)
    }
    this.#groups.delete(patternId)
    if (examples.length === 0) return
    const vectors = examples.map(({ features }) => this.#space.encode(features))
    const sum = new Map<number, number>()
    for (const { hashes, values } of vectors) hashes.forEach((hash, at) => sum.set(hash, (sum.get(hash) ?? 0) + (values[at] as number)))
    for (const [hash, weight] of sum) {
      const patterns = this.#postings.get(hash) ?? new Map<string, number>()
      this.#postings.set(hash, patterns.set(patternId, weight))
    }
    this.#groups.set(patternId, { examples, sum, dense: sumOf(vectors), weighedAt: this.#space.texts })
  }
}

function likenessOf(one: PatternVector): (other: PatternVector) => number {
  const valueOf = new Map(Array.from(one.hashes, (hash, at) => [hash, one.values[at] as number]))
  return ({ hashes, values }) => hashes.reduce((sum, hash, at) => sum + (values[at] as number) * (valueOf.get(hash) ?? 0), 0)
}

function sumOf(vectors: readonly PatternVector[]): Float32Array | undefined {
  const size = vectors[0]?.dense?.length
  if (size === undefined) return undefined
  return Float32Array.from({ length: size }, (_, at) => vectors.reduce((sum, { dense }) => sum + (dense?.[at] ?? 0), 0))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}
