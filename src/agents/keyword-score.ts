import { readPhrase, readTerms } from './keyword-terms.ts'
import type { Specialty, SpecialtyId } from './specialty.ts'

export interface KeywordScore {
  readonly id: SpecialtyId
  /** 0 (nothing points there) to 1 (beyond doubt). From 0.15 on it is more than chance: measured in its test. */
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
 * Independent matches add up as 1 - (1 - a)(1 - b)...; the same match counts once. Sorted by score, ties in the list's
 * order.
 */
export function scoreKeywords(text: string, specialties: readonly Specialty[]): readonly KeywordScore[] {
  const index = indexes.get(specialties) ?? indexSpecialties(specialties)
  indexes.set(specialties, index)
  const doubts = index.ids.map(() => 1)
  for (const [key, position] of findKeys(text, index)) {
    const share = 1 - (1 - lateShare) * Math.min(1, position / lateAfterWords)
    for (const { index: at, weight } of index.entries.get(key) ?? []) {
      doubts[at] = (doubts[at] ?? 1) * (1 - weight * share)
    }
  }
  return index.ids
    .map((id, position) => ({ id, score: Math.round((1 - (doubts[position] ?? 1)) * 1_000) / 1_000 }))
    .toSorted((a, b) => b.score - a.score)
}

/**
 * Every known stem and phrase in the text, with the word it first stands at. A phrase does not hide its words: they
 * confirm it.
 */
function findKeys(text: string, { entries }: KeywordIndex): ReadonlyMap<string, number> {
  const terms = readTerms(text, maxTerms)
  const stems = terms.map((term) => term.stem)
  const found = new Map<string, number>()
  const note = (key: string, position: number): void => {
    if (entries.has(key) && !found.has(key)) found.set(key, position)
  }
  terms.forEach((term, start) => {
    if (!term.isStopWord) note(term.stem, start)
    for (let length = 2; length <= maxPhraseWords && start + length <= stems.length; length += 1) {
      note(stems.slice(start, start + length).join(' '), start)
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
  const phrases = keywords.map((keyword) => readPhrase(keyword)).filter((stems) => stems.length > 0)
  return [
    ...phrases.map((stems) => [stems.join(' '), stems.length > 1 ? weights.phrase : weights.keyword] as const),
    ...singleStems(`${name} ${capabilities.join(' ')}`).map((stem) => [stem, weights.name] as const),
    ...singleStems(examples.join(' . ')).map((stem) => [stem, weights.example] as const),
  ]
}

const singleStems = (text: string): readonly string[] =>
  readTerms(text, maxTerms).flatMap(({ stem, isStopWord }) => (isStopWord ? [] : [stem]))

/**
 * A word several specialties have says less of each: its weight is shared, with the ones that hold it strongest ahead.
 */
function shareOut(owners: ReadonlyMap<number, number>): readonly Entry[] {
  const total = [...owners.values()].reduce((sum, weight) => sum + weight, 0)
  return [...owners].map(([index, weight]) => ({ index, weight: weight * (weight / total) }))
}
