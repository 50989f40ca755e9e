import type { Member, Reading, Tally } from './topology.ts'

/** A piece of a larger work: what it is, and what came of it. */
export interface Part {
  readonly id: string
  readonly title: string
  /** Who did it, or should have done it; undefined when nobody had begun. */
  readonly member: Member | undefined
  /** Undefined: nothing came of it. */
  readonly text: string | undefined
}

const maxReadChars = 16_000
const leastReadChars = 1_500
/** Of the result; all parts stand whole in the thread. */
const maxJoinedChars = 30_000
const cutMark = '\n\n[…]'

/**
 * One result out of an answer and the parts behind it, each under the name of who did it. What was not done is said, too.
 * @param shown ids of the parts that a reader needs in full, in this order; empty or all unknown: every part that is there
 */
export function joinParts(answer: string, parts: readonly Part[], shown: readonly string[]): string {
  const done = parts.filter(hasText)
  const wanted = [...new Set(shown)].flatMap((id) => done.filter((part) => part.id === id.trim()))
  const inFull = wanted.length > 0 ? wanted : done
  const missing = parts.filter((part) => !hasText(part))
  const eachChars = Math.floor(maxJoinedChars / Math.max(1, inFull.length))
  return [
    answer.trim(),
    ...inFull.map(({ title, member, text = '' }) => `**${title}** (${member?.name ?? 'nobody'})\n\n${cutText(text, eachChars)}`),
    ...(done.length > 0 && missing.length > 0 ? [`Not done: ${missing.map(({ title }) => title).join('; ')}.`] : []),
  ]
    .filter((section) => section !== '')
    .join('\n\n')
}

/** Which part came from whom. */
export function tallyParts(caption: string, parts: readonly Part[], stateOf: (part: Part) => string): Tally {
  return { caption, columns: ['Part', 'By', 'State'], rows: parts.map((part) => [part.title, part.member?.name ?? '–', stateOf(part)]) }
}

/** Parts to read, cut so that all of them together stay within a bound; what nobody did is said. */
export function readParts(parts: readonly Part[], maxChars = maxReadChars): readonly Reading[] {
  const each = Math.max(leastReadChars, Math.floor(maxChars / Math.max(1, parts.length)))
  return parts.map(({ id, title, member, text }) => ({
    title: `Part ${id}: ${title}${member ? `, by the ${member.name}` : ''}`,
    text: text === undefined ? '(Nobody could do this part. Go on without it, and say what is missing where it matters.)' : cutText(text, each),
  }))
}

const hasText = ({ text }: Part): boolean => text !== undefined && text.trim() !== ''

/** Cut at the end of a line where there is one in the last fifth. */
export function cutText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const whole = text.slice(0, maxChars).toWellFormed()
  const lineEnd = whole.lastIndexOf('\n')
  return `${lineEnd > maxChars * 0.8 ? whole.slice(0, lineEnd) : whole}${cutMark}`
}
