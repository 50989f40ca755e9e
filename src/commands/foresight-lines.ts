import type { DayForecast } from '../learning/stats/forecast.ts'
import type { WorkspaceStats } from '../learning/stats/stats-desk.ts'
import { formatUsd } from './money.ts'

/** Fewer decisions say nothing of how good they are. */
const decisionsNeeded = 5

/** What is expected, with how far off it was of late, and how often an agent was made ready in time. */
export function describeForesight({ runsAhead, costAhead, warmups }: Pick<WorkspaceStats, 'runsAhead' | 'costAhead' | 'warmups'>): string[] {
  return [
    runsAhead && costAhead
      ? `*Next 24 hours*: about ${Math.round(runsAhead.value)} runs (${describeError(runsAhead)}) and ${formatUsd(costAhead.value)} (${describeError(costAhead)}).`
      : '*Next 24 hours*: no forecast yet; it takes two weeks of work to go by.',
    describeWarmups(warmups),
  ]
}

const describeError = ({ error, testedDays }: DayForecast): string =>
  error === undefined ? 'not tested: the last days brought nothing' : `such forecasts were ${Math.round(error * 100)} % off on the last ${testedDays === 1 ? 'day' : `${testedDays} days`}`

function describeWarmups({ hits, misses, expectedHits }: WorkspaceStats['warmups']): string {
  const ended = hits + misses
  if (ended === 0) return '*Foreseen*: no agent was made ready before it was asked yet.'
  const rate = ended < decisionsNeeded ? '' : ` (${Math.round((hits / ended) * 100)} %, expected were ${Math.round((expectedHits / ended) * 100)} %)`
  return `*Foreseen*: of ${ended} agents made ready before they were asked in the last four weeks, ${hits} were needed${rate}.`
}
