import type { Database } from '../storage/database.ts'
import type { PartStore } from '../storage/part-store.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { RunRecord, WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'

export interface CancelDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly parts: Pick<PartStore, 'requestCancel'>
  readonly queue: TaskQueue
  readonly nowMs: () => number
}

const isOpen = ({ finishedAtMs }: RunRecord): boolean => finishedAtMs === undefined

export function createCanceller({ database, runs, parts, queue, nowMs }: CancelDeps) {
  /**
   * Stores the wish first, so that a crash after it does not bring the run back; then stops what runs here. Of a batch it
   * stops the parts; it ends itself when they have, and says what they came to.
   */
  const cancelRun = async (runId: string, userId: string): Promise<boolean> => {
    const stopped = await database.db.transaction().execute(async (trx) => {
      if (!(await runs.requestCancel(trx, runId, userId, nowMs()))) return undefined
      return parts.requestCancel(trx, runId, userId, nowMs())
    })
    if (!stopped) return false
    for (const id of stopped.length > 0 ? stopped : [runId]) queue.cancel(id)
    queue.announce()
    return true
  }
  return {
    /** @returns false when the run had ended before */
    cancelRun,
    /** Stops every open run of a thread. @returns how many there were */
    async cancelThread(workspaceId: WorkspaceId, channelId: string, threadId: string, userId: string): Promise<number> {
      const open = (await runs.listThread(workspaceId, channelId, threadId)).filter(isOpen)
      for (const { runId } of open) await cancelRun(runId, userId)
      return open.length
    },
  }
}

export type Canceller = ReturnType<typeof createCanceller>
