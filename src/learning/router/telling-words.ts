const shownWords = 3
const minWordChars = 3
/** A word that speaks for a choice only as much as most words do is no reason. */
const minLeaning = 0.3
/** Longer requests repeat themselves. */
const maxLookedAt = 60

/** The words that speak most for a choice, strongest first. Numbers are masked and therefore not among them. */
export function highestLeaning(words: readonly string[], leaningOf: (word: string) => number): string[] {
  return [...new Set(words)]
    .filter((word) => word.length >= minWordChars && !word.startsWith('#'))
    .slice(0, maxLookedAt)
    .map((word) => ({ word, leaning: leaningOf(word) }))
    .filter(({ leaning }) => leaning >= minLeaning)
    .toSorted((a, b) => b.leaning - a.leaning)
    .slice(0, shownWords)
    .map(({ word }) => word)
}
