import { subjectOf } from '../subject.ts'

/** Minutes of a meeting of one hour and of a day of six. */
const items: readonly (readonly [hour: number, day: number, item: string, result: string])[] = [
  [5, 30, 'Welcome, aim and what is not on the list', 'everybody knows what is to be decided'],
  [15, 90, 'Where we stand: facts and numbers, sent round before', 'one picture, no speeches'],
  [20, 120, 'The main question, first in pairs, then together', 'two or three options'],
  [15, 75, 'Decide', 'one option, with its owner'],
  [5, 45, 'Next steps and feedback', 'who does what by when'],
]

/** An agenda with times, for a meeting of an hour or a day of six; undefined where none is asked for. */
export function agendaOf(asked: string): string | undefined {
  if (!/\bagenda\b/i.test(asked)) return undefined
  const isDay = /\b(?:offsite|retreat|workshop|whole day|full day|kick-?off)\b/i.test(asked)
  let at = 0
  const rows = items.map(([hour, day, item, result]) => {
    const minutes = isDay ? day : hour
    const row = `| ${clock(at)} | ${minutes} min | ${item} | ${result} |`
    at += minutes
    return row
  })
  const what = subjectOf(asked).replace(/^agenda (?:for|of)\s+/i, '')
  return [
    `**Agenda for ${what}**`,
    '',
    '| Start | Time | What | Result |',
    '|---|---|---|---|',
    ...rows,
    '',
    `${isDay ? 'Add a break after each block; the times count without them. ' : ''}Send the facts two days before, and `
      + `name one person who watches the clock.`,
  ].join('\n')
}

/** Minutes after nine o'clock as a time of day. */
function clock(minutes: number): string {
  return `${String(9 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
