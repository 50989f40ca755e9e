import { randomUUID } from 'node:crypto'
import { createStatKeeper } from '../learning/stat-keeper.ts'
import { StatsDesk } from '../learning/stats-desk.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import type { RunEvents } from '../orchestration/run-events.ts'
import type { Database } from '../storage/database.ts'
import { createEndedRuns } from '../storage/ended-runs.ts'
import { createEventCursors } from '../storage/event-cursors.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { WorkspaceId } from '../storage/records.ts'
import { createStatStore } from '../storage/stat-store.ts'
import { createWarmupStore } from '../storage/warmup-store.ts'

export interface StatsParts {
  readonly database: Database
  readonly events: EventLog
  readonly runEvents: RunEvents
  readonly limits: LimitBook
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** What counts events, and what shows the counts. */
export interface Stats {
  readonly desk: StatsDesk
  start(): void
  close(): Promise<void>
}

export function composeStats({ database, events, runEvents, limits, nowMs, onError }: StatsParts): Stats {
  const stats = createStatStore(database)
  // Of the workspace: its days are those of its budgets.
  const dayOf = async (workspaceId: WorkspaceId, atMs: number): Promise<string> => limits.dayOf(atMs, (await limits.limits(workspaceId, '')).timeZone)
  const keeper = createStatKeeper({ stats, ended: createEndedRuns(database.db), dayOf, events, cursors: createEventCursors(database), listen: (types, wake) => runEvents.listen(types, wake), owner: randomUUID(), nowMs, onError })
  return { desk: new StatsDesk({ stats, warmups: createWarmupStore(database), dayOf, nowMs }), start: () => keeper.start(), close: () => keeper.close() }
}
