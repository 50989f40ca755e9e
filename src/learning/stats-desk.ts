import type { WorkspaceId } from '../storage/records.ts'
import type { AgentCounts, StatStore } from '../storage/stat-store.ts'
import { figuresByWeek, figuresOf, shiftDay, type Figures, type WeekFigures } from './workspace-stats.ts'

export interface StatsDeskDeps {
  readonly stats: StatStore
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
}

export const maxWeeks = 26
const defaultWeeks = 8
const daysOfWeek = 7
/** An agent that nobody needed for so long is not called active. */
const activeForMs = 7 * 24 * 3_600_000

/** The figures of a workspace, read from the counts: what it reads depends on the days, not on the runs. */
export class StatsDesk {
  readonly #deps: StatsDeskDeps

  constructor(deps: StatsDeskDeps) {
    this.#deps = deps
  }

  /** @param weeks 1 to 26 */
  async of(workspaceId: WorkspaceId, weeks = defaultWeeks): Promise<WorkspaceStats> {
    const { stats, dayOf, nowMs } = this.#deps
    const today = await dayOf(workspaceId, nowMs())
    const [rows, now] = await Promise.all([stats.daysSince(workspaceId, shiftDay(today, 1 - daysOfWeek * weeks)), stats.now(workspaceId, nowMs() - activeForMs)])
    return { now, today: figuresOf(rows.filter(({ day }) => day === today)), weeks: figuresByWeek(rows, today, weeks), whole: figuresOf(rows) }
  }
}
