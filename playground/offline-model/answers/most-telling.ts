import { isStopWord, overlapOf, stemOf, stemsOf, wordsOf } from '../words.ts'

/** A sentence of somebody, and its place in the whole. */
export interface Said {
  readonly who: string
  readonly sentence: string
  readonly at: number
}

/**
 * Sentences whose words are frequent in the whole (Luhn 1958), in their order; a second that says the same is left out.
 */
export function mostTelling(said: readonly Said[], count: number): readonly Said[] {
  const frequency = new Map<string, number>()
  for (const { sentence } of said) {
    for (const word of wordsOf(sentence))
      if (!isStopWord(word)) frequency.set(stemOf(word), (frequency.get(stemOf(word)) ?? 0) + 1)
  }
  const scored = said
    .map((one) => {
      const stems = [...stemsOf(one.sentence)]
      const sum = stems.reduce((total, stem) => total + (frequency.get(stem) ?? 0), 0)
      return { one, score: stems.length === 0 ? 0 : sum / Math.sqrt(stems.length + 3) + (one.at === 0 ? 1 : 0) }
    })
    .sort((left, right) => right.score - left.score)
  const chosen: Said[] = []
  for (const { one } of scored) {
    const stems = stemsOf(one.sentence)
    const isRepeated = chosen.some((other) => overlapOf(stems, stemsOf(other.sentence)) > 0.7 * stems.size)
    if (!isRepeated) chosen.push(one)
    if (chosen.length >= count) break
  }
  return chosen.sort((left, right) => left.at - right.at)
}
