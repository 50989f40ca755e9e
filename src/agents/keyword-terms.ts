import { stemmer } from 'stemmer'

/** Longer requests carry quoted material behind what is asked for; the asking stands in front. */
const maxScoredChars = 4_000

/** Words that say nothing of a field. Checked before stemming. */
const stopWords: ReadonlySet<string> = new Set(
  (
    'a an the this that these those there here i me my we us our you your he she it its they them their who whom ' +
    'whose is are was were be been being am do does did done have has had having will would can could shall ' +
    'should may might must and or but if so because as than then when while where how what which why not no yes ' +
    'of to in on at by for from with without about into over under out up down off between after before again ' +
    'just only also too very more most much many some any all each every other another one two three few lot ' +
    'please pls thanks thank hi hello hey ok okay good great nice new old big small get got give gave go going ' +
    'make makes made let need needs want wants like know think see look take use used using try come put say said ' +
    'tell ask someone somebody anyone anybody everyone everybody something anything team today tomorrow yesterday ' +
    'now help thing things way work works day week month year'
  ).split(' '),
)

/** One word of a text, stemmed; a stop word counts only inside a phrase. */
export interface Term {
  readonly stem: string
  readonly isStopWord: boolean
}

/** The first `maxTerms` words of a text, in order. */
export const readTerms = (text: string, maxTerms: number): readonly Term[] =>
  plainWords(text)
    .slice(0, maxTerms)
    .map((word) => ({ stem: stem(word), isStopWord: stopWords.has(word) }))

/** Stems of a keyword's words, stop words included: `how do you say` is a phrase of nothing else. */
export function readPhrase(keyword: string): readonly string[] {
  return plainWords(keyword).map(stem)
}

/** The words of a text in lower case: without Slack markup, links' addresses, emoji codes and accents. */
function plainWords(text: string): readonly string[] {
  const plain = text
    .slice(0, maxScoredChars)
    .replace(/<[@#!][^>|]{0,200}(?:\|[^>]{0,200})?>/g, ' ')
    .replace(/<?https?:\/\/[^\s|>]{1,2000}/g, ' ')
    .replace(/:[a-z0-9_+-]{1,60}:/g, ' ')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/['’]/g, '')
    .toLowerCase()
  return plain.match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Porter's stem, after British endings have been made American, so that both spellings meet. */
function stem(word: string): string {
  const american =
    word.length < 5 ? word : word.replace(/is(e|ed|es|er|ing|ation)$/, 'iz$1').replace(/our(s|ed|ing|ful)?$/, 'or$1')
  return stemmer(american)
}
