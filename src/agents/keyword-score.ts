import { plainWords, readPhrase, readTerms, stem } from './keyword-terms.ts'
import type { Specialty, SpecialtyId } from './specialty.ts'

export interface KeywordScore {
  readonly id: SpecialtyId
  /** 0 (nothing points there) to below 1. From 0.15 on a match is more than chance (measured in the test of this file). */
  readonly score: number
}

/** How much one match says, before it is shared among the specialties that also have it. */
const weights = { phrase: 0.6, keyword: 0.4, name: 0.35, example: 0.08 } as const
/** Words after which nothing new is learnt about the field; also bounds the work. */
const maxTerms = 600
const maxPhraseWords = 5
/** What a request is about stands early, what it is applied to later: "requirements for the CSV import". */
const lateShare = 0.7
const lateAfterWords = 20

interface Entry {
  readonly index: number
  readonly weight: number
}

/** What a list of specialties looks like to the scorer: stems and stem phrases, and whom each speaks for. */
interface KeywordIndex {
  readonly ids: readonly SpecialtyId[]
  /** Key: stems joined by a space. */
  readonly entries: ReadonlyMap<string, readonly Entry[]>
}

/** A catalogue's list stays the same object for a process's life, so it is indexed once. */
const indexes = new WeakMap<readonly Specialty[], KeywordIndex>()

/**
 * Says by words alone how well each specialty fits a request; the layer of routing that needs no model.
 * Independent matches add up as 1 - (1 - a)(1 - b)...; the same match counts once. Sorted by score, ties in the list's order.
 */
export function scoreKeywords(text: string, specialties: readonly Specialty[]): readonly KeywordScore[] {
  const index = indexes.get(specialties) ?? indexSpecialties(specialties)
  indexes.set(specialties, index)
  const doubts = index.ids.map(() => 1)
  for (const [key, position] of findKeys(text, index)) {
    const share = 1 - (1 - lateShare) * Math.min(1, position / lateAfterWords)
    for (const entry of index.entries.get(key) ?? []) doubts[entry.index] = (doubts[entry.index] ?? 1) * (1 - entry.weight * share)
  }
  return index.ids
    .map((id, position) => ({ id, score: Math.round((1 - (doubts[position] ?? 1)) * 1_000) / 1_000 }))
    .toSorted((a, b) => b.score - a.score)
}

/** Every known stem and phrase in the text, with the word it first stands at. A phrase does not hide its words: they confirm it. */
function findKeys(text: string, { entries }: KeywordIndex): ReadonlyMap<string, number> {
  const words = plainWords(text).slice(0, maxTerms).map(stem)
  const terms = readTerms(text).slice(0, maxTerms)
  const found = new Map<string, number>()
  const note = (key: string, position: number): void => {
    if (entries.has(key) && !found.has(key)) found.set(key, position)
  }
  words.forEach((_, start) => {
    note(terms[start] ?? '', start)
    for (let length = 2; length <= maxPhraseWords && start + length <= words.length; length += 1) {
      note(words.slice(start, start + length).join(' '), start)
    }
  })
  return found
}

function indexSpecialties(specialties: readonly Specialty[]): KeywordIndex {
  const byKey = new Map<string, Map<number, number>>()
  specialties.forEach((specialty, index) => {
    for (const [key, weight] of readEntries(specialty)) {
      const owners = byKey.get(key) ?? new Map<number, number>()
      owners.set(index, Math.max(weight, owners.get(index) ?? 0))
      byKey.set(key, owners)
    }
  })
  const entries = new Map([...byKey].map(([key, owners]) => [key, shareOut(owners)] as const))
  return { ids: specialties.map(({ id }) => id), entries }
}

function readEntries({ keywords, name, capabilities, examples }: Specialty): readonly (readonly [string, number])[] {
  return [
    ...keywords.map((keyword) => readPhrase(keyword)).map((stems) =>
      [stems.join(' '), stems.length > 1 ? weights.phrase : weights.keyword] as const),
    ...readTerms(`${name} ${capabilities.join(' ')}`).filter(Boolean).map((term) => [term, weights.name] as const),
    ...readTerms(examples.join(' . ')).filter(Boolean).map((term) => [term, weights.example] as const),
  ]
}

/** A word several specialties have says less of each: its weight is shared, with the ones that hold it strongest ahead. */
function shareOut(owners: ReadonlyMap<number, number>): readonly Entry[] {
  const total = [...owners.values()].reduce((sum, weight) => sum + weight, 0)
  return [...owners].map(([index, weight]) => ({ index, weight: weight * (weight / total) }))
}
