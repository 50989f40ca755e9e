import { optionsInPrompt, rankOptions } from '../choose-option.ts'
import { hashText } from '../hash-text.ts'
import { linesPattern } from '../lines-pattern.ts'
import { capitalised, clipped, sentencesOf } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { matterOf } from '../subject.ts'
import { viewpointOf } from '../viewpoints.ts'

/** Where a debater stands. */
export interface Stance {
  readonly side: 'for' | 'against'
  /** One sentence. */
  readonly claim: string
}

const debateWords = linesPattern(
  String.raw`
    \b(debater|debating|in (?:a|this|the) debate|opponents?|argue (?:for|against)|your (?:side|position|
    stance)\b|stance:|devil's advocate|proponent)
  `,
  'i',
)
const forWords = /\b(for|pro|in favou?r|support|affirmative|proponent|advocate|yes|optimist\w*|defend)\b/i
const againstWords =
  /\b(against|con|contra|oppos\w*|negative|skeptic\w*|sceptic\w*|critic\w*|devil'?s|pessimist\w*|challenge)\b/i

/** A turn in a debate, and not the judge's summing up. */
export function isDebate(conversation: Conversation): boolean {
  return debateWords.test(conversation.system) && !/\b(judge|moderator|referee)\b/i.test(conversation.system)
}

/**
 * The side that the system prompt names; where it names none, the text of the prompt decides, the same way every time.
 */
export function stanceOf(conversation: Conversation): Stance {
  const { persona, asked } = conversation
  const named =
    /\b(?:stance|side|position|perspective|persona)\s*(?:is|:|=)?\s*["'*_`]*([^\n.;]{2,80})/i.exec(persona)?.[1]
    ?? /\b(?:argu\w*|speak|spoke\w*|defend|stand)\b([^\n.;]{2,60})/i.exec(persona)?.[1]
    ?? ''
  const side = againstWords.test(named)
    ? 'against'
    : forWords.test(named)
      ? 'for'
      : hashText(persona) % 2 === 0
        ? 'for'
        : 'against'
  const what = matterOf(asked)
  const later = conversation.progress > 0
  const claim =
    side === 'for'
      ? `${later ? 'Yes, in steps that can be undone' : 'Yes'}: ${what} is worth doing${later ? '' : ' now'}.`
      : `${later ? 'Not yet, unless a small trial shows otherwise' : 'No'}: ${what} is not the right thing to do now.`
  return { side, claim }
}

/** The text of one turn: a claim, two grounds from this persona's viewpoint, an answer to what was said last. */
export function debateSpeech(conversation: Conversation): string {
  const stance = stanceOf(conversation)
  return [
    `**${stance.claim}**`,
    '',
    ...groundsOf(conversation).map((ground) => `- ${ground}`),
    ...replyTo(conversation),
  ].join('\n')
}

/** The same without the claim, for a schema that asks for the argument alone. */
export function debateArgument(conversation: Conversation): string {
  return [...groundsOf(conversation), ...replyTo(conversation).filter((line) => line !== '')].join(' ')
}

/** A judge's sentence on the sides found in the prompt. */
export function debateVerdict(conversation: Conversation): string {
  const options = optionsInPrompt(conversation.prompt)
  const best = rankOptions(options, conversation, 'winner')[0]?.option
  const what = matterOf(conversation.asked)
  const ahead = best === undefined ? 'The more concrete grounds carry it' : `${best} made the more concrete case`
  return (
    `${ahead}: go ahead with ${what} as a bounded trial, agree beforehand on how success is measured, and `
    + `decide again after it.`
  )
}

function groundsOf(conversation: Conversation): string[] {
  const { side } = stanceOf(conversation)
  const what = matterOf(conversation.asked)
  // Another round looks from another side, else every round would repeat the first.
  const round = 3 * conversation.progress
  return [0, 1].map((place) => {
    const viewpoint = viewpointOf(conversation.persona, place + round)
    const text = (side === 'for' ? viewpoint.pro : viewpoint.con).replaceAll('{what}', what)
    return `${capitalised(viewpoint.name)}: ${text}`
  })
}

function replyTo(conversation: Conversation): string[] {
  const last = conversation.turns.filter((turn) => !conversation.persona.includes(`You are ${turn.who}`)).at(-1)
  const words =
    last === undefined ? undefined : sentencesOf(last.text).map((sentence) => sentence.replaceAll('**', ''))[0]
  if (last === undefined || words === undefined) return []
  const answer =
    stanceOf(conversation).side === 'for'
      ? 'that can be tested in a small trial instead of feared'
      : 'that is a hope until somebody has measured it'
  return ['', `To ${last.who}, who says "${clipped(words, 90)}": ${answer}.`]
}

