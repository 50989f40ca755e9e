import type { RunRecord } from '../../storage/records.ts'

/** A past answer to a request like this one. */
export interface StoredAnswer {
  readonly question: string
  readonly answer: string
  readonly answeredAtMs: number
  /** Share of common words, 0 to 1 (Jaccard index of the word sets). */
  readonly similarity: number
}

/** Below this two requests share only the words that all requests share. */
const minSimilarity = 0.4
const minWordLength = 3

/**
 * Finds the past answer whose request has the most words in common with `text`: what is left when no model answers.
 * Only full answers count, and only those the caller passes, so nothing crosses channels that the caller did not allow.
 */
export function findStoredAnswer(text: string, runs: readonly RunRecord[]): StoredAnswer | undefined {
  const wanted = wordsOf(text)
  if (wanted.size === 0) return undefined
  let best: StoredAnswer | undefined
  for (const run of runs) {
    if (run.status !== 'completed' || run.tier !== 1 || !run.answer || !run.route) continue
    const similarity = jaccard(wanted, wordsOf(run.request.text))
    if (similarity < minSimilarity || (best && similarity <= best.similarity)) continue
    best = { question: run.request.text, answer: run.answer, answeredAtMs: run.finishedAtMs ?? run.createdAtMs, similarity }
  }
  return best
}

function wordsOf(text: string): Set<string> {
  const words = text.slice(0, 10_000).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(words.filter((word) => word.length >= minWordLength))
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = a.intersection(b).size
  return common === 0 ? 0 : common / (a.size + b.size - common)
}
