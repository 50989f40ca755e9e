import { isStopWord, stemOf } from './words.ts'

/** Say what is to be done or how many, not what about: no key words, yet they count when a specialist is chosen. */
const commandWords = new Set(
  (
    'one two three four five six seven eight nine ten plan research compare draft prepare design build implement '
    + 'debate discuss suggest propose summarise summarize analyse analyze calculate find idea ideas list short '
    + "brief best good better can't cannot won't don't doesn't isn't never"
  ).split(' '),
)

/** The most frequent content words, ties in order of appearance, as written first. */
export function keywordsOf(text: string, limit: number): string[] {
  const counts = new Map<string, { word: string; count: number }>()
  for (const word of text.match(/[\p{L}][\p{L}\p{N}'-]*/gu) ?? []) {
    const lower = word.toLowerCase()
    if (lower.length < 3 || isStopWord(lower) || commandWords.has(lower)) continue
    const known = counts.get(stemOf(lower))
    if (known === undefined) counts.set(stemOf(lower), { word, count: 1 })
    else known.count += 1
  }
  return [...counts.values()]
    .sort((one, other) => other.count - one.count)
    .slice(0, limit)
    .map((entry) => entry.word)
}
