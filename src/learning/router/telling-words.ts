import { readFeatures } from './request-features.ts'
import type { RouteModel } from './route-model.ts'

const shownWords = 3
const minWordChars = 3
/** A word that speaks for a choice only as much as most words do is no reason. */
const minLeaning = 0.3
/** Longer requests repeat themselves. */
const maxLookedAt = 60

/** The words that speak most for a class, strongest first. Numbers are masked and therefore not among them. */
export function highestLeaning(model: RouteModel, words: readonly string[], oneClass: number): string[] {
  return [...new Set(words)]
    .filter((word) => word.length >= minWordChars && !word.startsWith('#'))
    .slice(0, maxLookedAt)
    .map((word) => ({ word, leaning: model.leaningOf(readFeatures(word), oneClass) }))
    .filter(({ leaning }) => leaning >= minLeaning)
    .toSorted((a, b) => b.leaning - a.leaning)
    .slice(0, shownWords)
    .map(({ word }) => word)
}
