import type { Member } from './topology.ts'

export interface Spoken {
  readonly member: Member
  readonly text: string
}

/** What fits into one message, with room for markup. */
const mostJoinedChars = 9_000
const leastTurnChars = 120
const mostTurnChars = 8_000

/** Turns of many members as one text, each cut to what leaves room for all; in the order of their seats. */
export function joinTurns(round: string, turns: readonly Spoken[], members: readonly Member[]): string {
  const order = new Map(members.map(({ id }, at) => [id, at]))
  const sorted = turns.toSorted((a, b) => (order.get(a.member.id) ?? members.length) - (order.get(b.member.id) ?? members.length))
  const each = Math.max(leastTurnChars, Math.floor(mostJoinedChars / turns.length) - 40)
  const lines = sorted.map(({ member, text }) => `- ${member.icon} **${member.name}:** ${cut(oneLine(text), each)}`)
  return [`**${round === '' ? 'So far' : round.replace(/^./, (letter) => letter.toUpperCase())}**`, lines.join('\n')].join('\n\n')
}

/** One turn as a message of its own. */
export const boundTurn = (text: string): string => (text.length > mostTurnChars ? `${text.slice(0, mostTurnChars).toWellFormed()}\n\n_… the rest is in the transcript._` : text)

/** Quotes and headings are markup of whole lines and would say something else in the middle of one. */
const oneLine = (text: string): string => text.replaceAll(/^\s*(?:>|#{1,6}\s|[-*]\s|```.*)/gm, ' ').replaceAll(/\s+/g, ' ').trim()

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text)
