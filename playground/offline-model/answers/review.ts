import type { Conversation } from '../read-conversation.ts'
import { knownFrom } from './thread-summary.ts'

const designPoints = [
  'One aim a screen: can somebody new say after five seconds what it is for?',
  'Order: the most frequent action first and largest, the dangerous one apart from it.',
  'Less: every field that can be guessed, asked later or left out goes.',
  'States: empty, loading, error and too much are drawn, not only the happy one.',
  'Access: contrast of at least 4.5 to 1, all of it by keyboard, labels beside symbols.',
]
const legalPoints = [
  'Who are the parties, and who signs for them?',
  'What is owed by whom, until when, and what happens if it is not done?',
  'How long does it run, how does it end, and does it renew by itself?',
  'Liability: is it capped, for both sides alike, and what is outside of the cap?',
  'Data: whose, for what purpose, where is it kept, and when is it deleted?',
  'Which law applies, and where would one go to court?',
]

/** A designer's look at something: the points it is held against. */
export function answerDesign(conversation: Conversation): string {
  return checklist(
    conversation,
    'What I would hold it against',
    designPoints,
    'Show me a picture or a list of what is on it.',
  )
}

/** A reviewer's look at a legal text: the questions it must answer. No advice on a case. */
export function answerLegal(conversation: Conversation): string {
  return checklist(
    conversation,
    'What the text must answer',
    legalPoints,
    'Paste the clause, and I go through these with it. A lawyer decides, not I.',
  )
}

function checklist(conversation: Conversation, title: string, points: readonly string[], end: string): string {
  return [
    `**${title}**`,
    '',
    ...knownFrom(conversation),
    ...points.map((point) => `- [ ] ${point}`),
    '',
    end,
  ].join('\n')
}
