import { linesPattern } from '../lines-pattern.ts'
import type { Conversation } from '../read-conversation.ts'
import { gerund, subjectOf } from '../subject.ts'
import { agendaOf } from './agenda.ts'
import { knownFrom } from './thread-summary.ts'

const dayMs = 86_400_000
/** "in three weeks", "over the next 2 months"; "a four-day week" is no time to plan for. */
const timeSpan = linesPattern(
  String.raw`
  \b(?:in|within|over|during|for|next|takes?|have)\s+(?:the\s+)?(?:next\s+)?
  (\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)[\s-]+(day|week|month|quarter)s?\b(?!\s+week)
`,
  'i',
)
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A subject that begins with what is to be done. */
const doing = linesPattern(
  String.raw`
  ^(?:migrate|move|launch|replace|switch|upgrade|ship|release|introduce|hire|onboard|run|host|open|split)\s+
  (?:your|the|a|an|to|all|from|new|two|three)\b
`,
  'i',
)

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Phase {
  readonly name: string
  /** Part of the whole time at which it ends. */
  readonly until: number
  readonly steps: readonly string[]
}

/** A plan with dated steps, from today to the deadline that the request or a tool names, else over four weeks. */
export function answerPlanning(conversation: Conversation): string {
  const { asked } = conversation
  const subject = subjectOf(asked)
  if (/\bwhat\b[^.?!]{0,40}\b(?:if|when)\b/i.test(asked)) return contingency(subject)
  const agenda = agendaOf(asked)
  if (agenda !== undefined) return agenda
  const what = doing.test(subject) ? gerund(subject) : subject
  const told = toldDates(conversation)
  const startMs = told.startMs ?? todayIn(conversation)
  const endMs = told.endMs ?? startMs + daysUntilDeadline(asked, startMs) * dayMs
  return [
    `**Plan for ${what}**, ${dayOf(startMs, startMs)} to ${dayOf(endMs, startMs)}`,
    '',
    ...knownFrom(conversation),
    '| Done by | Phase | Step |',
    '|---|---|---|',
    ...rowsOf(phasesFor(asked), what, startMs, endMs),
    '',
    '**Watch out for**: a step without an owner; work that waits for somebody outside the team; a scope that '
      + 'grows after the first review.',
    '',
    'Tell me who is in the team and what must not slip, and I assign owners and mark the critical path.',
  ].join('\n')
}

function rowsOf(phases: readonly Phase[], what: string, startMs: number, endMs: number): string[] {
  const days = (endMs - startMs) / dayMs
  return phases.flatMap((phase, index) => {
    const from = index === 0 ? 0 : (phases[index - 1]?.until ?? 0)
    return phase.steps.map((step, place) => {
      const at = from + ((phase.until - from) * (place + 1)) / phase.steps.length
      const dueMs = workday(startMs, startMs + Math.max(1, Math.round(days * at)) * dayMs)
      return `| ${dayOf(dueMs, startMs)} | ${phase.name} | ${step.replace('{what}', what)} |`
    })
  })
}

/** What a calendar tool said: the day it counted from, and the day it came to. */
function toldDates({ toolResults }: Conversation): { startMs?: number; endMs?: number } {
  const said = toolResults.findLast(({ name }) => /date|time|calendar/i.test(name))?.content ?? ''
  const days = (said.match(/\b\d{4}-\d{2}-\d{2}\b/g) ?? []).map(Date.parse).filter((day) => !Number.isNaN(day))
  const [startMs] = days
  const endMs = days.at(-1)
  if (startMs === undefined || endMs === undefined) return {}
  return endMs > startMs && endMs - startMs < 3_650 * dayMs ? { startMs, endMs } : { startMs }
}

/** An answer to "what do we do if ...". */
function contingency(what: string): string {
  return [
    `**If ${what}**`,
    '',
    '1. **See it early**: agree on a day and a sign by which we would know, and on who looks.',
    '2. **Way around**: have the second choice asked and priced now, not on that day.',
    '3. **Cut**: decide what is left out or comes later, so that the date can stay.',
    '4. **Decide**: one person says "now we switch", without another meeting.',
    '5. **Tell**: who is waiting for it hears it the same day, with the new date.',
  ].join('\n')
}

function phasesFor(asked: string): readonly Phase[] {
  const isLaunch = /launch|release|announce|ship|go live/i.test(asked)
  const isMove = /migrat|move|replace|switch|upgrade/i.test(asked)
  const middle = isMove
    ? [
        'Rehearse {what} on a small scale, time it and write down the way back',
        'Move a first small part and compare old with new',
      ]
    : [
        isLaunch ? 'Make a first version that somebody can try' : 'Make a first draft of {what} that somebody can try',
        'Let three people try it and write down where they stop',
      ]
  const end = isLaunch
    ? [
        'Prepare notes, help page and answers to likely questions',
        'Go live for a tenth, look at errors for a day, then for all',
      ]
    : isMove
      ? [
          'Move the rest in a quiet hour, with the way back ready',
          'Close the old one once nobody uses it, and tell everybody',
        ]
      : ['Correct what the trial showed and finish', 'Look back: what to keep, what to do differently']
  return [
    {
      name: 'Prepare',
      until: 0.25,
      steps: [
        'Agree on the goal of {what}, its owner and one number that shows success',
        'List what is fixed: dates, money, people, dependencies',
      ],
    },
    { name: isMove ? 'Rehearse' : 'Build', until: 0.65, steps: middle },
    { name: isLaunch ? 'Launch' : 'Finish', until: 1, steps: end },
  ]
}

/** The date that the prompt or a tool names as today's, else the server's. */
function todayIn(conversation: Conversation): number {
  const told = /\b(?:today|date|now)\b[^\n]{0,30}?(\d{4}-\d{2}-\d{2})/i.exec(conversation.system)?.[1]
  return Date.parse(told ?? new Date(conversation.nowMs).toISOString().slice(0, 10))
}

function daysUntilDeadline(asked: string, startMs: number): number {
  const date = /\b(\d{4}-\d{2}-\d{2})\b/.exec(asked)?.[1]
  if (date !== undefined && Date.parse(date) > startMs)
    return Math.min(3_650, Math.round((Date.parse(date) - startMs) / dayMs))
  const span = timeSpan.exec(asked) ?? /\b(\d{1,3})\s(day|week|month|quarter)s\b/i.exec(asked)
  if (span !== null)
    return countOf(span[1] ?? '') * ({ day: 1, week: 7, month: 30, quarter: 91 }[(span[2] ?? '').toLowerCase()] ?? 7)
  const weekday = weekdays.indexOf(/\b(?:by|until|before|on|next)\s+(\w+day)\b/i.exec(asked)?.[1]?.toLowerCase() ?? '')
  if (weekday !== -1) return ((weekday - new Date(startMs).getUTCDay() + 6) % 7) + 1
  if (/\b(?:this|next|a) quarter\b/i.test(asked)) return 91
  return /\bnext week\b/i.test(asked) ? 7 : 28
}

function countOf(word: string): number {
  const place = ['a', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'].indexOf(
    word.toLowerCase().replace(/^an$/, 'a'),
  )
  return place === -1 ? Math.max(1, Number(word)) : Math.max(1, place)
}

/** Nothing is due on a weekend: the Friday before, or the Monday after where the plan has only just begun. */
function workday(startMs: number, timeMs: number): number {
  const weekday = new Date(timeMs).getUTCDay()
  if (weekday !== 0 && weekday !== 6) return timeMs
  const fridayMs = timeMs - (weekday === 6 ? 1 : 2) * dayMs
  return fridayMs > startMs ? fridayMs : timeMs + (weekday === 6 ? 2 : 1) * dayMs
}

/** "Wed 25 Nov", with the year where it is not the one in which the plan begins. */
function dayOf(timeMs: number, startMs: number): string {
  const date = new Date(timeMs)
  const year = date.getUTCFullYear()
  const day = `${weekdays[date.getUTCDay()]?.slice(0, 3)} ${date.getUTCDate()} ${months[date.getUTCMonth()]}`
  return `${day.charAt(0).toUpperCase()}${day.slice(1)}${year === new Date(startMs).getUTCFullYear() ? '' : ` ${year}`}`
}
