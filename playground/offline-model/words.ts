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
