import { formerRunsNeeded } from '../learning/stats/count-event.ts'
import type { WorkspaceStats } from '../learning/stats/stats-desk.ts'
import type { Figures, SpecialtyFigures, WeekFigures } from '../learning/stats/workspace-stats.ts'
import { bar, sparkline } from './charts.ts'
import { formatUsd } from './money.ts'

const shownSpecialties = 8
const nameWidth = 18

/** What a chart shows: its name, a value a week, and how the newest is said. */
interface Row {
  readonly name: string
  readonly valueOf: (figures: Figures) => number | undefined
  readonly say: (value: number, figures: Figures) => string
}

const whole = (value: number): string => value.toLocaleString('en-US')
const percent = (share: number): string => `${Math.round(share * 100)} %`
/** `2.4 s`, `3 min`. */
const formatMs = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : ms < 90_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`)

const rows: readonly Row[] = [
  { name: 'Runs', valueOf: ({ runs }) => runs, say: whole },
  { name: 'Agents spawned', valueOf: ({ spawned }) => spawned, say: whole },
  { name: 'Patterns found', valueOf: ({ patterns }) => patterns, say: whole },
  { name: 'Automations made', valueOf: ({ automations }) => automations, say: whole },
  { name: 'Feedback items', valueOf: ({ feedback }) => feedback, say: whole },
  { name: 'Cost saved', valueOf: ({ savedMicroUsd }) => savedMicroUsd, say: (value, { savedRuns }) => `${signedUsd(value)} in ${counted(savedRuns, 'run')}` },
  { name: 'Response time', valueOf: ({ medianMs }) => medianMs, say: formatMs },
  { name: 'Satisfaction', valueOf: ({ satisfaction }) => satisfaction, say: (value, { thumbs }) => `${percent(value)} of ${thumbs} thumbs` },
]

const signedUsd = (microUsd: number): string => (microUsd < 0 ? `-${formatUsd(-microUsd)}` : formatUsd(microUsd))

export const nothingCounted = 'Nothing has been counted in this workspace yet. Figures appear here a moment after the first request is answered.'

/** Today in one line. */
export function describeToday({ now, today }: WorkspaceStats): string {
  const active = `${now.usedAgents} of ${now.agents} ${now.agents === 1 ? 'agent' : 'agents'} active in the last week`
  const cost = today.costPerAnswerMicroUsd === undefined ? '' : `, ${formatUsd(today.costPerAnswerMicroUsd)} an answer`
  return `*Today*: ${counted(today.runs, 'run')}${cost}, ${counted(today.spawned, 'agent')} spawned, ${active}, ${counted(now.runsAtWork, 'run')} under way.`
}

/** The weeks as lines of equal width, for a block of code: a column a week, and the newest value beside it. */
export function chartLines(weeks: readonly WeekFigures[]): string[] {
  const newest = weeks.at(-1)?.figures
  const before = weeks.at(-2)?.figures
  if (!newest) return []
  return [
    `${'Week by week'.padEnd(nameWidth)}${weeks[0]?.firstDay ?? ''} to today; the last 7 days (the 7 before)`,
    ...rows.map(({ name, valueOf, say }) => `${name.padEnd(nameWidth)}${sparkline(weeks.map(({ figures }) => atLeastZero(valueOf(figures))))}  ${sayOrNot(newest, valueOf, say)}${before ? ` (${sayOrNot(before, valueOf, say)})` : ''}`),
  ]
}

const atLeastZero = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.max(0, value))

function sayOrNot(figures: Figures, valueOf: Row['valueOf'], say: Row['say']): string {
  const value = valueOf(figures)
  return value === undefined ? 'no data' : say(value, figures)
}

/** What learning came to. A figure without data is not said. */
export function describeLearning(figures: Figures): string[] {
  const { recognition, automationSuccess, automatedRuns, costPerAnswerMicroUsd, savedMicroUsd, savedRuns, rolledBack } = figures
  const saved = savedMicroUsd === undefined ? `no saving is claimed: it takes a recipe whose requests were answered ${formerRunsNeeded} times before it at a known price` : describeSaving(savedMicroUsd, savedRuns)
  return [
    recognition === undefined ? 'Recognised: nothing was answered in this time.' : `Recognised: ${percent(recognition)} of the answers went to their specialist by a recipe, without asking a model.`,
    automationSuccess === undefined ? 'Automations: none has answered yet.' : `Automations: ${percent(automationSuccess)} of ${counted(automatedRuns, 'run')} were answered in full and not rejected; ${counted(rolledBack, 'automation')} taken back.`,
    `Cost: ${costPerAnswerMicroUsd === undefined ? 'no answer with a known price' : `${formatUsd(costPerAnswerMicroUsd)} an answer`}; ${saved}.`,
  ]
}

const describeSaving = (savedMicroUsd: number, savedRuns: number): string =>
  savedMicroUsd >= 0
    ? `recipes and answers given again saved ${formatUsd(savedMicroUsd)} in ${counted(savedRuns, 'run')}, against what such requests cost before`
    : `recipes cost ${formatUsd(-savedMicroUsd)} more in ${counted(savedRuns, 'run')} than such requests did before`

/** Success and thumbs by specialty, most asked first. */
export function specialtyLines(specialties: readonly SpecialtyFigures[], nameOf: (specialtyId: string) => string): string[] {
  const more = specialties.length - shownSpecialties
  return [
    ...specialties.slice(0, shownSpecialties).map(({ specialtyId, done, lost, up, down }) => {
      const thumbs = up + down > 0 ? `, liked ${up} of ${up + down}` : ''
      return `${nameOf(specialtyId).slice(0, nameWidth - 1).padEnd(nameWidth)}${bar(done / (done + lost))}  ${done} of ${done + lost} answered in full${thumbs}`
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

const counted = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
