import { linesPattern } from '../lines-pattern.ts'
import type { Conversation } from '../read-conversation.ts'
import { clipped, listed, overlapOf, sentencesOf, stemsOf, wordsOf, isStopWord, stemOf } from '../words.ts'

const decisionWords = linesPattern(
  String.raw`
  \b(decided|agreed|let'?s|we(?:'ll| will)|i(?:'ll| will)|going to|by (?:mon|tues|wednes|thurs|fri)day|deadline|
  approved)\b
`,
  'i',
)

const summaryWords = linesPattern(
  String.raw`
  \b(?:recap|tl;?dr|catch me up|what (?:did|have|has|was|were) (?:we|they|i|everyone|everybody|\w+) (?:decide|
  agree|say|said|discuss)\w*|(?:decisions?|summar\w+|key points|open questions)\b.{0,40}\b(?:thread|
  conversation|discussion|above|so far|channel)|summar\w+ (?:this|that|it)|(?:this|the) (?:thread|conversation|
  discussion)\W*$)
`,
  'i',
)

interface Said {
  readonly who: string
  readonly sentence: string
  readonly at: number
}

const maxSentences = 400

/** A request that cannot be understood without what was said before. */
export function asksAboutThread(asked: string): boolean {
  return (
    asksForSummary(asked) || /\b(?:(?:this|the) (?:thread|conversation|discussion)|above|so far|earlier)\b/i.test(asked)
  )
}

/** A request whose whole answer is what was said before. */
export function asksForSummary(asked: string): boolean {
  return summaryWords.test(asked)
}

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

function saidIn(conversation: Conversation): Said[] {
  return conversation.turns
    .flatMap((turn) => sentencesOf(turn.text).map((sentence) => ({ who: turn.who, sentence })))
    .slice(-maxSentences)
    .map((one, at) => ({ ...one, at }))
}

function line({ who, sentence }: Said): string {
  return who === '' ? `- ${clipped(sentence, 220)}` : `- ${who}: ${clipped(sentence, 220)}`
}
