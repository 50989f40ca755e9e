import { linesPattern } from '../lines-pattern.ts'
import { clipped, listed, sentencesOf } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { asksAboutThread } from './asks-about-thread.ts'
import type { Said } from './most-telling.ts'
import { mostTelling } from './most-telling.ts'

const decisionWords = linesPattern(
  String.raw`
  \b(decided|agreed|let'?s|we(?:'ll| will)|i(?:'ll| will)|going to|by (?:mon|tues|wednes|thurs|fri)day|deadline|
  approved)\b
`,
  'i',
)

const maxSentences = 400

/** A summary made of the thread's own sentences: who took part, the main points, decisions, open questions. */
export function summariseThread(conversation: Conversation): string {
  const said = saidIn(conversation)
  const people = [...new Set(conversation.turns.map((turn) => turn.who))]
  const decisions = said.filter(({ sentence }) => !sentence.endsWith('?') && decisionWords.test(sentence))
  const questions = said.filter(({ sentence }) => sentence.endsWith('?'))
  const main = mostTelling(
    said.filter((one) => !questions.includes(one) && !decisions.includes(one)),
    4,
  )
  return [
    `**Summary** of ${conversation.turns.length} message${conversation.turns.length === 1 ? '' : 's'} by `
      + `${listed(people.slice(0, 6))}`,
    '',
    ...main.map(line),
    ...(decisions.length > 0 ? ['', '**Decided or promised**', ...decisions.slice(0, 4).map(line)] : []),
    ...(questions.length > 0 ? ['', '**Open questions**', ...questions.slice(-3).map(line)] : []),
  ].join('\n')
}

/**
 * The part of an answer that says what the thread tells about the matter; nothing where the request does not refer to
 * it.
 */
export function knownFrom(conversation: Conversation): string[] {
  if (!asksAboutThread(conversation.asked)) return []
  const main = mostTelling(saidIn(conversation), 3)
  return main.length === 0 ? [] : ['**From the thread**', ...main.map(line), '']
}

/** The most telling sentences of what a prompt is about, in their order, as one paragraph. */
export function summarise(conversation: Conversation, count: number): string {
  const said = saidIn(conversation)
  const source =
    said.length > 0 ? said : sentencesOf(conversation.asked).map((sentence, at) => ({ who: '', sentence, at }))
  const chosen = mostTelling(source, count).map(({ sentence }) => sentence)
  return chosen.length > 0 ? clipped(chosen.join(' '), 600) : clipped(conversation.asked, 600)
}

function saidIn(conversation: Conversation): Said[] {
  return conversation.turns
    .flatMap((turn) => sentencesOf(turn.text).map((sentence) => ({ who: turn.who, sentence })))
    .slice(-maxSentences)
    .map((one, at) => ({ ...one, at }))
}

function line({ who, sentence }: Said): string {
  return who === '' ? `- ${clipped(sentence, 220)}` : `- ${who}: ${clipped(sentence, 220)}`
}
