import { createStatKeeper } from '../learning/stats/stat-keeper.ts'
import { StatsDesk } from '../learning/stats/stats-desk.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import type { Database } from '../storage/database.ts'
import { createEndedRuns } from '../storage/ended-runs.ts'
import type { EventReading } from '../storage/event-reader.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { createStatStore } from '../storage/stat-store.ts'
import { createWarmupStore } from '../storage/warmup-store.ts'

export interface StatsParts {
  readonly database: Database
  readonly reading: EventReading
  readonly limits: LimitBook
  readonly nowMs: () => number
}

/** What counts events, and what shows the counts. */
export interface Stats {
  readonly desk: StatsDesk
  start(): void
  close(): Promise<void>
}

export function composeStats({ database, reading, limits, nowMs }: StatsParts): Stats {
  const stats = createStatStore(database)
  // Of the workspace: its days are those of its budgets.
  const dayOf = async (workspaceId: WorkspaceId, atMs: number): Promise<string> => limits.dayOf(atMs, (await limits.limits(workspaceId, '')).timeZone)
  const keeper = createStatKeeper({ ...reading, stats, ended: createEndedRuns(database.db), dayOf })
  return { desk: new StatsDesk({ stats, warmups: createWarmupStore(database), dayOf, nowMs }), start: () => keeper.start(), close: () => keeper.close() }
}
