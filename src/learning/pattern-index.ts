import type { PatternRecord } from '../storage/records.ts'
import { signatureOf } from './request-signature.ts'

export interface PatternMatch {
  readonly patternId: string
  /** 0 to 1. */
  readonly similarity: number
}

/** From here on two requests are of one kind. */
const minSimilarity = 0.62
/** Slots are in many requests of any kind, and common words in all. */
const slotWeight = 0.4
const commonWeight = 0.15
const commonTokens: ReadonlySet<string> = new Set('a an the and or of to in on at by for from with about as is are was be do doe did it that thi i we you my our your me us pleas can could would will what which who how'.split(' '))

type Vector = ReadonlyMap<string, number>

interface Example {
  readonly text: string
  readonly tokens: readonly string[]
}

/** The patterns of one goal, ready to be compared with a request: by the mean cosine to their examples, over tokens weighted by rarity. */
export class PatternIndex {
  readonly #examples = new Map<string, readonly Example[]>()
  /** In how many examples a token occurs. */
  readonly #frequency = new Map<string, number>()
  readonly #patternsOf = new Map<string, Set<string>>()
  #exampleCount = 0

  constructor(patterns: readonly PatternRecord[] = []) {
    for (const pattern of patterns) this.put(pattern)
  }

  /** Adds a pattern, or takes its newest examples in place of the older ones. */
  put({ patternId, examples }: Pick<PatternRecord, 'patternId' | 'examples'>): void {
    // Each run of a pattern adds one example to those that are known.
    const known = new Map(this.#examples.get(patternId)?.map((example) => [example.text, example]))
    this.#count(patternId, -1)
    this.#examples.set(patternId, examples.map(({ text }) => known.get(text) ?? { text, tokens: signatureOf(text).tokens }))
    this.#count(patternId, 1)
  }

  /** The nearest pattern that is near enough. */
  match(text: string): PatternMatch | undefined {
    const tokens = signatureOf(text).tokens
    const vector = this.#vectorOf(tokens)
    const candidates = new Set([...vector].filter(([, weight]) => weight > 0).flatMap(([token]) => [...(this.#patternsOf.get(token) ?? [])]))
    let best: PatternMatch | undefined
    for (const patternId of candidates) {
      const similarity = this.#similarity(vector, patternId)
      if (similarity >= minSimilarity && (!best || similarity > best.similarity || (similarity === best.similarity && patternId < best.patternId))) best = { patternId, similarity }
    }
    return best
  }

  #similarity(vector: Vector, patternId: string): number {
    const examples = this.#examples.get(patternId) ?? []
    const sum = examples.reduce((total, { tokens }) => total + cosine(vector, this.#vectorOf(tokens)), 0)
    return examples.length === 0 ? 0 : sum / examples.length
  }

  #vectorOf(tokens: readonly string[]): Vector {
    const counts = new Map<string, number>()
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
    return new Map([...counts].map(([token, count]) => [token, this.#weight(token) * (1 + Math.log(count))]))
  }

  #weight(token: string): number {
    if (commonTokens.has(token)) return commonWeight
    const rarity = Math.log(2 + (this.#exampleCount + 10) / (1 + (this.#frequency.get(token) ?? 0)))
    return token.startsWith('{') ? slotWeight * rarity : rarity
  }

  #count(patternId: string, by: 1 | -1): void {
    for (const { tokens } of this.#examples.get(patternId) ?? []) {
      this.#exampleCount += by
      for (const token of new Set(tokens)) {
        this.#frequency.set(token, (this.#frequency.get(token) ?? 0) + by)
        const patterns = this.#patternsOf.get(token) ?? new Set()
        if (by === 1) this.#patternsOf.set(token, patterns.add(patternId))
        else patterns.delete(patternId)
      }
    }
  }
}

function cosine(a: Vector, b: Vector): number {
  let dot = 0
  for (const [token, weight] of a) dot += weight * (b.get(token) ?? 0)
  return dot === 0 ? 0 : dot / (norm(a) * norm(b))
}

const norm = (vector: Vector): number => Math.sqrt([...vector.values()].reduce((sum, weight) => sum + weight * weight, 0))
