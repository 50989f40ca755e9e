import { keywordsOf } from '../keywords.ts'
import { linesPattern } from '../lines-pattern.ts'
import { clipped } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { matterOf, subjectOf } from '../subject.ts'
import { wordsOf } from '../words.ts'
import { capitalIn } from './capitals.ts'
import { definitionIn } from './glossary.ts'

const greetingWords = linesPattern(
  String.raw`
  ^\W{0,20}(?:<@\w+>\W{0,20})?(?:hi|hello|hey|good (?:morning|afternoon|evening)|help|who are you|
  what can you do|what do you do)\b
`,
  'i',
)

/**
 * What the generalist says by itself: greets, defines, compares, lists, weighs; undefined where a specialist knows
 * more.
 */
export function answerGeneral(conversation: Conversation): string | undefined {
  const { asked } = conversation
  if (isThanks(asked)) return 'You are welcome. Write in this thread again whenever something is missing.'
  if (isGreeting(asked)) return greeting
  const reminder = /^\W{0,20}(remind (?:me|us)\b.{3,})/is.exec(asked)?.[1]
  if (reminder !== undefined) return remindYourself(reminder.trim())
  const known = definitionIn(asked) ?? capitalIn(asked)
  if (known !== undefined) return known
  if (/\b(what day|what date|what time|today'?s date|current (?:date|time))\b/i.test(asked))
    return dateAnswer(conversation.nowMs)
  const ideas =
    /\b(\d{1,2}|three|five|seven|ten|some|a few)?\s*(ideas?|suggestions?|options?|ways|tips|examples?)\b/i.exec(asked)
  if (ideas !== null) return listIdeas(asked, countOf(ideas[1]))
  if (/\b(should (?:we|i)|is it (?:worth|better)|pros and cons|or not)\b/i.test(asked)) return weigh(asked)
  return undefined
}

const greeting = [
  'Hello! I am Murmur: I can take a request and find the specialist for it. For example:',
  '',
  '- *calculate 18% of 2,450*',
  '- *write a TypeScript function that retries a promise*',
  '- *plan the launch of our newsletter in three weeks*',
  '- *summarise this thread*',
  '- *debate: should we move to a four-day week?*',
].join('\n')

function isGreeting(asked: string): boolean {
  return wordsOf(asked).length <= 9 && greetingWords.test(asked)
}

function isThanks(asked: string): boolean {
  return wordsOf(asked).length <= 8 && /^\W{0,20}(?:<@\w+>\W{0,20})?(?:thanks?(?: you)?|cheers)\b/i.test(asked)
}

function remindYourself(reminder: string): string {
  const command = `/r${clipped(reminder.slice(1), 200).replaceAll('`', "'")}`
  return `I cannot come back by myself at a later time, but Slack can. Type:\n\n\`${command}\``
}

function dateAnswer(nowMs: number): string {
  const date = new Date(nowMs)
  return (
    `It is `
    + `**${date.toLocaleDateString('en-GB', { dateStyle: 'full', timeZone: 'UTC' })}**, `
    + `${date.toISOString().slice(11, 16)} UTC.`
  )
}

function listIdeas(asked: string, count: number): string {
  const what = subjectOf(asked)
  const shapes = [
    `Start small: one person tries ${what} for a week and writes down what got easier.`,
    `Turn it round: what would make ${what} worse? Stop doing that first.`,
    `Borrow: ask two other teams how they deal with ${what} and copy the simpler way.`,
    `Make it visible: one number about ${what}, looked at every Monday.`,
    `Take away: drop the step of ${what} that nobody would miss.`,
    `Set a date: half an hour in two weeks to decide on ${what} with what is known then.`,
    `Pair up: somebody new and somebody experienced do ${what} together once.`,
    `Write it down: one page on how ${what} works today, open for comments.`,
    `Automate the dull part of ${what} and leave the judgement to people.`,
    `Ask those concerned: three questions about ${what}, answered in a thread.`,
  ]
  return shapes
    .slice(0, count)
    .map((shape, index) => `${index + 1}. ${shape}`)
    .join('\n')
}

function weigh(asked: string): string {
  const what = matterOf(asked)
  return [
    `**In favour of ${what}**`,
    '- It can be tried in a small place first.',
    '- The cost of leaving things as they are grows quietly.',
    '',
    '**Against**',
    '- Somebody has to give it time, and that time is missing elsewhere.',
    '- Without a measure nobody will know whether it worked.',
    '',
    '**What I would do**: a trial of two weeks with one number agreed on beforehand, then decide.',
  ].join('\n')
}

/** The last resort: the request as the questions behind it. */
export function takeApart(asked: string): string {
  const words = keywordsOf(asked, 3)
  const what = subjectOf(asked)
  return [
    `About **${what}**, in short:`,
    '',
    `- **Goal**: what should be different once ${what} is dealt with?`,
    `- **Known**: ${words.length > 1 ? `you name ${words.join(', ')}` : 'only what stands in your message'}; `
      + `everything else I would have to ask.`,
    '- **First step**: the smallest thing that can be done today and shows whether the direction is right.',
    '- **Who**: one person who decides, one who is asked, and everybody else who only needs to know.',
    '',
    'Give me a detail or two (numbers, a text, an error, a date), and I or a specialist can be more concrete.',
  ].join('\n')
}

function countOf(word: string | undefined): number {
  const known: Readonly<Record<string, number>> = { three: 3, seven: 7, ten: 10, some: 4, 'a few': 3 }
  return Math.min(10, Math.max(1, known[word?.toLowerCase() ?? ''] ?? (Number(word) || 5)))
}
