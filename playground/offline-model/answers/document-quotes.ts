import { sentencesOf } from '../phrases.ts'
import { overlapOf, stemsOf } from '../words.ts'

const passage = /^\[p(\d+)\][^\n]*\n((?:>.*(?:\n|$))+)/gm
const wholePassage = /^\[p(\d+)\] ([^]*?)(?=\n\n\[p\d+\] |\n\n"|$(?![^]))/gm
const mostQuotes = 3
const longestQuote = 280

/** Sentences of numbered passages that say most about what is asked, each with the reference of its passage; empty where there are none. */
export function quotePassages(content: string, prompt: string, asked: string): string {
  const found = [...content.matchAll(passage)].map(([, number = '', lines = '']) => ({ number, text: lines.replaceAll(/^> ?/gm, '') }))
  const passages = found.length > 0 ? found : [...prompt.matchAll(wholePassage)].map(([, number = '', text = '']) => ({ number, text }))
  const wanted = stemsOf(asked)
  const ranked = passages
    // A paragraph may be broken over lines.
    .flatMap(({ number, text }) => sentencesOf(text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ')).map((sentence) => ({ number, sentence: sentence.replaceAll(/["“”„]/g, '').trim() })))
    // The question itself may stand in the text.
    .filter(({ sentence }) => sentence.length >= 24 && sentence.length <= longestQuote && !asked.includes(sentence))
    .map((one, at) => ({ ...one, score: overlapOf(stemsOf(one.sentence), wanted) - at / 1_000 }))
    .sort((one, other) => other.score - one.score)
  const chosen = ranked.filter(({ sentence }, at) => ranked.findIndex((other) => other.sentence === sentence) === at).slice(0, mostQuotes)
  return chosen.map(({ number, sentence }) => `- “${sentence}” [p${number}]`).join('\n')
}
