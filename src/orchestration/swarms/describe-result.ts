import type { SwarmResult, Tally } from './topology.ts'

/** Who was left out in the end, and why. */
export interface LeftOut {
  readonly name: string
  readonly reason: string
}

const mostRows = 50
const mostCellChars = 160
const mostDissentChars = 400

/** The result as people read it: heading, answer, tally, dissent, who was left out, how it ended. */
export function describeResult(result: SwarmResult, leftOut: readonly LeftOut[]): string {
  return [`# ${result.heading}`, result.text.trim(), ...afterwordsOf(result, leftOut)].join('\n\n')
}

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
