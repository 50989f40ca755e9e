import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, TaskId } from './records.ts'
import { withTasks, type ListedTask } from './task-list.ts'

/** News of parts come to the task that they belong to at most this often; the last one comes at once. */
const newsEveryMs = 1_500
/** Bound of a listing of parts. */
const maxListed = 500

/**
 * Tasks made of other runs. Such a task rests while its parts are at work: it holds no place and no lease, and the end of
 * a part, in the transaction of that end, makes it due again. So neither a crash nor another process can lose the wake.
 */
export function createPartStore({ db }: Database) {
  return {
    /** All parts, in the order they were given. */
    async list(parentRunId: RunId): Promise<ListedTask[]> {
      return withTasks(db, await db.selectFrom('runs').selectAll().where('parent_run_id', '=', parentRunId).orderBy('run_id').limit(maxListed).execute())
    },

    /** Lets parts begin that were stored with their task; they speak in `threadId`. Safe to repeat. */
    async release(trx: Trx, parentRunId: RunId, threadId: string | undefined): Promise<void> {
      await trx
        .updateTable('runs')
        .set({ thread_id: threadId ?? null })
        .where('parent_run_id', '=', parentRunId)
        .where('status', '=', 'queued')
        .execute()
      await trx
        .updateTable('tasks')
        .set({ status: 'queued' })
        .where('run_id', 'in', (query) => query.selectFrom('runs').select('run_id').where('parent_run_id', '=', parentRunId).where('runs.status', '=', 'queued'))
        .where('status', '=', 'waiting')
        .execute()
    },

    /** How often the task was woken; what it looks at after this may be out of date when the number has changed. */
    async wakes(taskId: TaskId): Promise<number> {
      const { wakes } = await db.selectFrom('tasks').select('wakes').where('task_id', '=', taskId).executeTakeFirstOrThrow()
      return wakes
    },

    /** Lets the task rest, unless it was woken since `seenWakes`: then it is due again at once. Its attempts begin anew. */
    async rest(taskId: TaskId, seenWakes: number, progress: string, nowMs: number): Promise<void> {
      await db
        .updateTable('tasks')
        .set({
          status: sql<string>`case when wakes = ${sql.lit(seenWakes)} then 'waiting' else 'queued' end`,
          run_at_ms: nowMs,
          lease_owner: null,
          lease_until_ms: null,
          attempts: 0,
          progress,
        })
        .where('task_id', '=', taskId)
        .where('status', '=', 'running')
        .execute()
    },

    /** A part has ended; to be called in the transaction of its end. */
    async noteEnded(trx: Trx, parentRunId: RunId, nowMs: number): Promise<void> {
      await wakeParent(trx, { parentRunId, ended: 1, nowMs, laterMs: nowMs + newsEveryMs })
    },

    /** A part waits for a person; to be called in the transaction that suspends it. */
    async noteHeldUp(trx: Trx, parentRunId: RunId, nowMs: number): Promise<void> {
      await wakeParent(trx, { parentRunId, ended: 0, nowMs, laterMs: nowMs + newsEveryMs })
    },

    /** Asks every part that has not ended to stop. @returns their ids */
    async requestCancel(trx: Trx, parentRunId: string, userId: string, nowMs: number): Promise<string[]> {
      const rows = await trx.updateTable('runs').set({ cancelled_by: userId }).where('parent_run_id', '=', parentRunId).where('finished_at_ms', 'is', null).returning('run_id').execute()
      const ids = rows.map(({ run_id: id }) => id)
      if (ids.length > 0) await trx.updateTable('tasks').set({ run_at_ms: nowMs, status: 'queued' }).where('run_id', 'in', ids).where('status', 'in', ['queued', 'waiting']).execute()
      return ids
    },
  }
}

export type PartStore = ReturnType<typeof createPartStore>

interface WakeValues {
  readonly parentRunId: string
  readonly ended: number
  readonly nowMs: number
  readonly laterMs: number
}

/** One row that all parts write: each of their ends waits for the one before it, and none can slip by a task that goes to rest. */
const wakeParent = prepareQuery((runner, { parentRunId, ended, nowMs, laterMs }: WakeValues) =>
  runner
    .updateTable('tasks')
    .set((row) => ({
      wakes: row('wakes', '+', 1),
      parts_ended: row('parts_ended', '+', row.val(ended)),
      run_at_ms: row
        .case()
        .when(row('parts_ended', '>=', row('parts', '-', row.val(ended))))
        .then(row.val(nowMs))
        .when('status', '=', sql.lit('waiting'))
        .then(row.val(laterMs))
        .else(row.ref('run_at_ms'))
        .end(),
      status: row.case().when('status', '=', sql.lit('waiting')).then(sql.lit('queued')).else(row.ref('status')).end(),
    }))
    .where('run_id', '=', parentRunId)
    .where('status', 'in', [sql.lit('queued'), sql.lit('running'), sql.lit('waiting')]),
)
