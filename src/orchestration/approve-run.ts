import type { BudgetStore } from '../storage/budget-store.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { raiseFor } from './budget-wait.ts'

export interface ApproveDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly budgets: BudgetStore
  readonly events: EventLog
  readonly queue: TaskQueue
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/**
 * Raises the cap that a waiting run met, for the day, and lets this very run go on. Who may do it is checked by the caller.
 * @returns the amount in micro-USD, or undefined when the run no longer waits: the second of two clicks raises nothing
 */
export type ApproveRun = (run: RunRecord, userId: string) => Promise<number | undefined>

export function createApprover({ database, runs, budgets, events, queue, nowMs, onEvent }: ApproveDeps): ApproveRun {
  return async ({ runId, workspaceId, waitingFor }, userId) => {
    if (!waitingFor) return undefined
    const byMicroUsd = raiseFor(waitingFor)
    const isResumed = await database.db.transaction().execute(async (trx) => {
      if (!(await runs.resume(trx, runId, nowMs()))) return false
      await budgets.raise(trx, workspaceId, waitingFor, byMicroUsd)
      const payload = { scope: waitingFor.scope, day: waitingFor.day, byMicroUsd, userId }
      await events.append(trx, { workspaceId, runId, type: 'budget_raised', payload, atMs: nowMs() })
      return true
    })
    if (!isResumed) return undefined
    queue.announce()
    onEvent()
    return byMicroUsd
  }
}
