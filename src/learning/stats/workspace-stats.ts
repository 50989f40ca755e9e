import type { DayCount } from '../../storage/stat-store.ts'
import type { Measure } from './count-event.ts'
import { medianOf } from './latency-buckets.ts'

export const stageNames = ['queue', 'model', 'person', 'rest'] as const
export type StageName = (typeof stageNames)[number]

export interface SpecialtyFigures {
  readonly specialtyId: string
  /** Answered in full. */
  readonly done: number
  /** Failed, or answered in a reduced way only. */
  readonly lost: number
  readonly up: number
  readonly down: number
}

/** What was counted in a time. Where nothing was counted that a figure could be made of, it is undefined, never 0. */
export interface Figures {
  readonly runs: number
  readonly answered: number
  readonly failed: number
  readonly spawned: number
  readonly patterns: number
  readonly automations: number
  readonly rolledBack: number
  /** Thumbs, remarks and corrections. */
  readonly feedback: number
  /** Share of thumbs that are up, 0 to 1. */
  readonly satisfaction: number | undefined
  readonly thumbs: number
  readonly costPerAnswerMicroUsd: number | undefined
  /** Against what the same kinds of requests cost before; negative when it was dearer. */
  readonly savedMicroUsd: number | undefined
  readonly savedRuns: number
  /** Of answers of one agent. */
  readonly medianMs: number | undefined
  readonly swarmMedianMs: number | undefined
  /** Share of answers that a recipe routed, 0 to 1. */
  readonly recognition: number | undefined
  /** Share of such that were answered in full and not rejected, 0 to 1. */
  readonly automationSuccess: number | undefined
  readonly automatedRuns: number
  /** Most runs first. */
  readonly specialties: readonly SpecialtyFigures[]
  /** Share of the time of one agent's answers, 0 to 1, adding up to 1; undefined without such answers. */
  readonly stages: Readonly<Record<StageName, number>> | undefined
}

export interface WeekFigures {
  readonly firstDay: string
  readonly figures: Figures
}

const dayMs = 24 * 3_600_000
const daysOfWeek = 7

/** A date so many days later, or earlier; dates have no time zone. */
export const shiftDay = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)

/** Weeks of seven days of which the last ends today, oldest first; weeks before the first count are left out. */
export function figuresByWeek(rows: readonly DayCount[], today: string, weeks: number): WeekFigures[] {
  const firstDays = Array.from({ length: weeks }, (_, index) => shiftDay(today, 1 - daysOfWeek * (weeks - index)))
  const made = firstDays.map((firstDay) => {
    const endDay = shiftDay(firstDay, daysOfWeek)
    return { firstDay, rows: rows.filter(({ day }) => day >= firstDay && day < endDay) }
  })
  const begin = made.findIndex((week) => week.rows.length > 0)
  return begin === -1 ? [] : made.slice(begin).map((week) => ({ firstDay: week.firstDay, figures: figuresOf(week.rows) }))
}

export function figuresOf(rows: readonly DayCount[]): Figures {
  const byMeasure = Map.groupBy(rows, ({ measure }) => measure)
  const of = (measure: Measure, subject?: string): DayCount[] => (byMeasure.get(measure) ?? []).filter((row) => subject === undefined || row.subject === subject)
  const count = (measure: Measure, subject?: string): number => Math.max(0, of(measure, subject).reduce((sum, row) => sum + row.count, 0))
  const total = (measure: Measure, subject?: string): number => of(measure, subject).reduce((sum, row) => sum + row.total, 0)
  const share = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined)
  const thumbs = count('up') + count('down')
  const automatedDone = count('automated', 'done')
  const automatedRuns = automatedDone + count('automated', 'lost')
  const savedRuns = count('saved')
  const stageMs = total('stage')
  return {
    runs: count('ended'),
    answered: count('ended', 'completed'),
    failed: count('ended', 'failed'),
    spawned: count('spawned'),
    patterns: count('pattern'),
    automations: count('automation'),
    rolledBack: count('rolled_back'),
    feedback: thumbs + count('remark'),
    satisfaction: share(count('up'), thumbs),
    thumbs,
    costPerAnswerMicroUsd: share(total('answer'), count('answer')),
    savedMicroUsd: savedRuns > 0 ? total('saved') : undefined,
    savedRuns,
    medianMs: medianOf(bySubject(of('latency'))),
    swarmMedianMs: medianOf(bySubject(of('swarm_latency'))),
    recognition: share(count('routed', 'automation'), count('routed')),
    automationSuccess: share(Math.max(0, automatedDone - count('automated', 'rejected')), automatedRuns),
    automatedRuns,
    specialties: specialtiesOf(of),
    stages: stageMs > 0 ? (Object.fromEntries(stageNames.map((stage) => [stage, total('stage', stage) / stageMs])) as Record<StageName, number>) : undefined,
  }
}

function bySubject(rows: readonly DayCount[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { subject, count } of rows) sums.set(subject, (sums.get(subject) ?? 0) + count)
  return sums
}

function specialtiesOf(of: (measure: Measure) => DayCount[]): SpecialtyFigures[] {
  const [done, lost, up, down] = (['done', 'lost', 'up', 'down'] as const).map((measure) => bySubject(of(measure)))
  const ids = new Set([...(done?.keys() ?? []), ...(lost?.keys() ?? [])])
  return [...ids]
    .map((specialtyId) => {
      const [doneCount = 0, lostCount = 0, upCount = 0, downCount = 0] = [done, lost, up, down].map((counts) => Math.max(0, counts?.get(specialtyId) ?? 0))
      return { specialtyId, done: doneCount, lost: lostCount, up: upCount, down: downCount }
    })
    .toSorted((left, right) => right.done + right.lost - left.done - left.lost || (left.specialtyId < right.specialtyId ? -1 : 1))
}
