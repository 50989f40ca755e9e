const stopWords = new Set(
  (
    'a about after again all also am an and any are as at be because been before being but by can could did do does '
    + 'doing down for from get give got had has have having he her here hers him his how i if in into is it its '
    + 'just let like make me more '
    + 'most my no nor not now of off on once only or other our ours out over own per please really same she '
    + 'should so some such than '
    + 'that the their them then there these they thing things this those through to too under up us use using '
    + 'very want was we were what '
    + 'when where which while who whom why will with would you your yours need needs tell show help hi hello hey '
    + 'thanks thank '
    + 'murmur bot write create explain'
  ).split(' '),
)

/** Say what is to be done or how many, not what about: no key words, yet they count when a specialist is chosen. */
const commandWords = new Set(
  (
    'one two three four five six seven eight nine ten plan research compare draft prepare design build implement '
    + 'debate discuss suggest propose summarise summarize analyse analyze calculate find idea ideas list short '
    + "brief best good better can't cannot won't don't doesn't isn't never"
  ).split(' '),
)

/** FNV-1a, 32 bits: quick, even enough, and the same on every machine. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** A number in [0, 1) that depends only on the text. */
export function fractionOf(text: string): number {
  return hashText(text, 0x9747b28c) / 2 ** 32
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []
}

export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}

/** Cuts common English endings, so that "analysing" meets "analysis" half way. Crude on purpose. */
export function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/s$/, '')
  return word.replace(/(?:ations?|ings?|ers?|ists?|ed|es|s|e|is)$/, '')
}

/** The different stems of a text without stop words. */
export function stemsOf(text: string): Set<string> {
  const stems = new Set<string>()
  for (const word of wordsOf(text)) {
    if (!stopWords.has(word) && word.length > 1) stems.add(stemOf(word))
  }
  return stems
}

export function overlapOf(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let count = 0
  for (const stem of some) if (others.has(stem)) count += 1
  return count
}

/** The most frequent content words, ties in order of appearance, as written first. */
export function keywordsOf(text: string, limit: number): string[] {
  const counts = new Map<string, { word: string; count: number }>()
  for (const word of text.match(/[\p{L}][\p{L}\p{N}'-]*/gu) ?? []) {
    const lower = word.toLowerCase()
    if (lower.length < 3 || stopWords.has(lower) || commandWords.has(lower)) continue
    const known = counts.get(stemOf(lower))
    if (known === undefined) counts.set(stemOf(lower), { word, count: 1 })
    else known.count += 1
  }
  return [...counts.values()]
    .sort((one, other) => other.count - one.count)
    .slice(0, limit)
    .map((entry) => entry.word)
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Ends long text with an ellipsis at a word border. */
export function clipped(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const cut = text.slice(0, maxCharacters - 1)
  const border = cut.lastIndexOf(' ')
  return `${cut.slice(0, border > maxCharacters / 2 ? border : undefined).trimEnd()}…`
}

/** Sentences and list lines, trimmed; code blocks are left out. */
export function sentencesOf(text: string): string[] {
  return text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .split(/\n+|(?<=[.!?…])\s+(?=[\p{Lu}\p{N}"'(*_<@])/u)
    .map((sentence) => sentence.replace(/^[\s>*•#-]+/, '').trim())
    .filter((sentence) => /\p{L}{2}/u.test(sentence))
}
