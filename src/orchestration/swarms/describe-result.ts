import type { SwarmResult, Tally } from './topology.ts'

/** Who was left out in the end, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
}

/** One message of Slack's, with room for what stands under it. */
const mostMessageBytes = 10_000
/** Headings, rules and tables: Slack makes blocks of each, of which a message holds few. */
const mostStructures = 18
const structureLines = /^(?: {0,3}#{1,6} |\s*\|?\s*:?-+:?\s*\||(?:\s{0,3}[-*_]){3,}\s*$)/gm
const excerptChars = 1_500
const mostRows = 50
const mostCellChars = 160
const mostDissentChars = 400

/** The result as people read it: heading, answer, tally, dissent, who was left out, how it ended. */
export function describeResult(result: SwarmResult, leftOut: readonly LeftOut[]): string {
  return [`# ${result.heading}`, result.text.trim(), ...afterwordsOf(result, leftOut)].join('\n\n')
}

/**
 * What the last message says of a result: all of it, where that is one message. A longer one stands above it in several, and the
 * last one has its beginning, so that it is headed by what it is.
 */
export function excerptOf(text: string): string {
  const structures = text.match(structureLines)?.length ?? 0
  if (Buffer.byteLength(text) <= mostMessageBytes && structures <= mostStructures) return text
  const beginning = text.slice(0, excerptChars).toWellFormed()
  const end = Math.max(beginning.lastIndexOf('\n\n'), beginning.lastIndexOf('. ') + 1)
  const kept = beginning.slice(0, end > excerptChars / 4 ? end : excerptChars).trimEnd()
  return `${withoutOpenFence(kept)}\n\n_… The whole result stands above, and in the file._`
}

const withoutOpenFence = (text: string): string => ((text.match(/^```/gm)?.length ?? 0) % 2 === 1 ? `${text}\n\`\`\`` : text)

function afterwordsOf({ tally, dissent, stoppedBy, rounds, confidence }: SwarmResult, leftOut: readonly LeftOut[]): string[] {
  const sure = confidence === undefined ? '' : ` Confidence ${Math.round(confidence * 100)} %.`
  return [
    ...(tally && tally.rows.length > 0 ? [describeTally(tally)] : []),
    ...(dissent.length > 0 ? [['**Dissent**', '', ...dissent.map(({ who, text }) => `- ${who}: ${cut(oneLine(text), mostDissentChars)}`)].join('\n')] : []),
    ...(leftOut.length > 0 ? [`_Left out: ${leftOut.map(({ name, reason }) => `${name} (${reason})`).join(', ')}._`] : []),
    `_${endings[stoppedBy](rounds)}${sure}_`,
  ]
}

const roundsOf = (rounds: number): string => (rounds === 1 ? '1 round' : `${rounds} rounds`)

const endings: Readonly<Record<SwarmResult['stoppedBy'], (rounds: number) => string>> = {
  done: (rounds) => (rounds > 0 ? `The work is done, in ${roundsOf(rounds)}.` : 'The work is done.'),
  converged: (rounds) => `Ended by agreement after ${roundsOf(rounds)}.`,
  rounds: (rounds) => `Ended after ${roundsOf(rounds)}, as planned.`,
  budget: (rounds) => `Ended early, after ${roundsOf(rounds)}: the budget leaves no room for more.`,
  time: (rounds) => `Ended early, after ${roundsOf(rounds)}: the time was up.`,
  stuck: (rounds) => `Ended after ${roundsOf(rounds)}: it got no further.`,
  asked: (rounds) => `Ended after ${roundsOf(rounds)}, because somebody in the thread said that it is enough.`,
  absent: (rounds) => `Ended early, after ${roundsOf(rounds)}: too few members were left.`,
}

export function describeTally({ caption, columns, rows }: Tally): string {
  const line = (cells: readonly string[]): string => `| ${columns.map((_, at) => cell(cells[at] ?? '')).join(' | ')} |`
  const rest = rows.length - mostRows
  return [
    `**${oneLine(caption)}**`,
    '',
    line(columns),
    `|${columns.map(() => ' --- ').join('|')}|`,
    ...rows.slice(0, mostRows).map(line),
    ...(rest > 0 ? ['', `… and ${rest} more.`] : []),
  ].join('\n')
}

const cell = (text: string): string => cut(oneLine(text), mostCellChars).replaceAll('\\', '\\\\').replaceAll('|', '\\|') || '-'
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text)
