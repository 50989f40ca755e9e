import type { Database } from '../../storage/database.ts'
import type { EventLog } from '../../storage/event-log.ts'
import type { TaskQueue } from '../../storage/queue/task-queue.ts'
import type { RunRecord } from '../../storage/records.ts'
import { reopenRun } from '../../storage/reopen-run.ts'

export interface RetryDeps {
  readonly database: Database
  readonly events: EventLog
  readonly queue: Pick<TaskQueue, 'announce'>
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/**
 * Lets a run that failed or was stopped go on as a new attempt of the same run: what it has paid for is read back. Of a
 * batch the parts without a result go again.
 * @returns how many runs go again; 0 when there is nothing to do again
 */
export type RetryRun = (run: RunRecord, userId: string) => Promise<number>

export function createRetrier({ database, events, queue, nowMs, onEvent }: RetryDeps): RetryRun {
  return async ({ runId, workspaceId }, userId) => {
    const atMs = nowMs()
    const again = await database.db.transaction().execute(async (trx) => {
      const count = await reopenRun(trx, runId, atMs)
      if (count > 0) await events.append(trx, { workspaceId, runId, type: 'workflow_retried', payload: { userId, count }, atMs })
      return count
    })
    if (again === 0) return 0
    queue.announce()
    onEvent()
    return again
  }
}
