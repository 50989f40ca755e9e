import type { WorkspaceId } from '../../storage/records.ts'
import type { WarmupRecord, WarmupStore } from '../../storage/warmup-store.ts'
import type { AgentCounts, HourCount, StatStore } from '../../storage/stat-store.ts'
import { forecastDay, historyMs, hourlyHistory, shareOfDay, type DayForecast } from './forecast.ts'
import { figuresByWeek, figuresOf, shiftDay, type Figures, type WeekFigures } from './workspace-stats.ts'

export interface StatsDeskDeps {
  readonly stats: StatStore
  readonly warmups: Pick<WarmupStore, 'record'>
  readonly dayOf: (workspaceId: WorkspaceId, atMs: number) => Promise<string>
  readonly nowMs: () => number
}

export interface WorkspaceStats {
  readonly now: AgentCounts
  readonly today: Figures
  /** Oldest first; the last one ends today. Empty where nothing was counted yet. */
  readonly weeks: readonly WeekFigures[]
  /** Of all those weeks together. */
  readonly whole: Figures
  /** The next 24 hours; undefined while there are less than two weeks to go by. */
  readonly runsAhead: DayForecast | undefined
  readonly costAhead: DayForecast | undefined
  /** Of the last four weeks. */
  readonly warmups: WarmupRecord
}

export const maxWeeks = 26
const defaultWeeks = 8
const daysOfWeek = 7
/** An agent that nobody needed for so long is not called active. */
const activeForMs = 7 * 24 * 3_600_000
const warmupsMs = 28 * 24 * 3_600_000

/** The figures of a workspace, read from the counts: what it reads depends on the days, not on the runs. */
export class StatsDesk {
  readonly #deps: StatsDeskDeps

  constructor(deps: StatsDeskDeps) {
    this.#deps = deps
  }

  /** @param weeks 1 to 26 */
  async of(workspaceId: WorkspaceId, weeks = defaultWeeks): Promise<WorkspaceStats> {
    const { stats, warmups, dayOf, nowMs } = this.#deps
    const today = await dayOf(workspaceId, nowMs())
    const [rows, now, hours, foreseen] = await Promise.all([
      stats.daysSince(workspaceId, shiftDay(today, 1 - daysOfWeek * weeks)),
      stats.now(workspaceId, nowMs() - activeForMs),
      stats.hoursSince(workspaceId, nowMs() - historyMs),
      warmups.record(workspaceId, nowMs() - warmupsMs),
    ])
    return { now, today: figuresOf(rows.filter(({ day }) => day === today)), weeks: figuresByWeek(rows, today, weeks), whole: figuresOf(rows), runsAhead: forecastDay(hourlyHistory(hours, nowMs(), runsOf)), costAhead: forecastDay(hourlyHistory(hours, nowMs(), costOf)), warmups: foreseen }
  }

  /** Which share of what a day costs has usually passed by now; undefined while there are less than two weeks to go by. */
  async shareOfDay(workspaceId: WorkspaceId, dayStartMs: number): Promise<number | undefined> {
    const { stats, nowMs } = this.#deps
    return shareOfDay(hourlyHistory(await stats.hoursSince(workspaceId, nowMs() - historyMs), nowMs(), costOf), nowMs(), dayStartMs)
  }
}

const runsOf = ({ runs }: HourCount): number => runs
const costOf = ({ costMicroUsd }: HourCount): number => costMicroUsd
