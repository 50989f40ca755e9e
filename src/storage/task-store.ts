import { sql, type ExpressionBuilder } from 'kysely'
import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, TaskId } from './records.ts'
import type { Schema } from './schema.ts'

export interface ClaimedTask {
  readonly taskId: TaskId
  readonly runId: RunId
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly maxAttempts: number
}

export interface ClaimOptions {
  readonly owner: string
  readonly limit: number
  readonly nowMs: number
  readonly leaseMs: number
}

/**
 * Word for word the condition of the partial indexes `tasks_open` and `tasks_lane`, beside whatever else is asked: SQLite
 * takes them only then, and would else read every task that was ever ended.
 */
const isOpen = (status: 'status' | 't.status' | 'earlier.status') => sql<boolean>`${sql.ref(status)} in ('queued', 'running')`

/** Queued tasks with leases: a task belongs to one owner until its lease ends, and a lane runs one task at a time. */
export function createTaskStore({ db, traits }: Database) {
  const claimDue = prepareQuery((runner, { owner, limit, nowMs, untilMs }: ClaimValues) =>
    runner
      .updateTable('tasks')
      .set((expression) => ({ status: 'running', lease_owner: owner, lease_until_ms: untilMs, attempts: expression('attempts', '+', 1) }))
      .where('task_id', 'in', (expression) => {
        const due = dueTasks(expression, nowMs, limit)
        return traits.locksRows ? due.forUpdate('t').skipLocked() : due
      })
      .returning(['task_id', 'run_id', 'attempts', 'max_attempts', 'priority']),
  )
  return {
    /** Takes the most urgent tasks that are due and first of their lane. */
    async claim({ owner, limit, nowMs, leaseMs }: ClaimOptions): Promise<ClaimedTask[]> {
      const { rows } = await claimDue(db, { owner, limit, nowMs, untilMs: nowMs + leaseMs })
      const inOrder = rows.toSorted((a, b) => a.priority - b.priority || (a.task_id < b.task_id ? -1 : 1))
      return inOrder.map((row) => ({
        taskId: row.task_id as TaskId,
        runId: row.run_id as RunId,
        attempt: row.attempts,
        maxAttempts: row.max_attempts,
      }))
    },

    async extendLeases(owner: string, untilMs: number): Promise<void> {
      await db.updateTable('tasks').set({ lease_until_ms: untilMs }).where(isOpen('status')).where('lease_owner', '=', owner).where('status', '=', 'running').execute()
    },

    /**
     * Gives tasks back whose owner is gone: its lease ended, or, where only one process can have the store open,
     * it is another boot than this one.
     * @returns how many tasks are queued again
     */
    async releaseOrphans(owner: string, nowMs: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('tasks')
        .set({ status: 'queued', lease_owner: null, lease_until_ms: null })
        .where(isOpen('status'))
        .where('status', '=', 'running')
        .where((task) => (traits.isSingleProcess ? task('lease_owner', '!=', owner) : task('lease_until_ms', '<', nowMs)))
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    async end(trx: Trx, taskId: TaskId, status: 'completed' | 'failed' | 'cancelled', lastError?: string): Promise<void> {
      await endTask(trx, { taskId, status, lastError: lastError ?? null })
    },

    /** Puts a task back for a later attempt. With `uncount` the attempt did not count (a drained process gave it back). */
    async requeue(taskId: TaskId, runAtMs: number, lastError: string | undefined, uncount = false): Promise<void> {
      await db
        .updateTable('tasks')
        .set((expression) => ({
          status: 'queued',
          lease_owner: null,
          lease_until_ms: null,
          run_at_ms: runAtMs,
          ...(lastError === undefined ? {} : { last_error: lastError }),
          ...(uncount ? { attempts: expression('attempts', '-', 1) } : {}),
        }))
        .where('task_id', '=', taskId)
        .where('status', '=', 'running')
        .execute()
    },

    /** The moment at which the next queued task is due, or undefined when none waits. */
    async nextDueAtMs(): Promise<number | undefined> {
      const row = await db.selectFrom('tasks').select(({ fn }) => fn.min('run_at_ms').as('at')).where(isOpen('status')).where('status', '=', 'queued').executeTakeFirst()
      return row?.at ?? undefined
    },

    async countOpen(): Promise<{ queued: number; running: number }> {
      const rows = await db
        .selectFrom('tasks')
        .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
        .where(isOpen('status'))
        .groupBy('status')
        .execute()
      const count = (status: string) => Number(rows.find((row) => row.status === status)?.count ?? 0)
      return { queued: count('queued'), running: count('running') }
    },
  }
}

type ClaimValues = Pick<ClaimOptions, 'owner' | 'limit' | 'nowMs'> & { readonly untilMs: number }

/** What went wrong last stays to be read when the end itself went well. */
const endTask = prepareQuery((runner, { taskId, status, lastError }: { taskId: string; status: string; lastError: string | null }) =>
  runner
    .updateTable('tasks')
    .set((row) => ({ status, lease_owner: null, lease_until_ms: null, last_error: row.fn.coalesce(row.val(lastError), 'last_error') }))
    .where('task_id', '=', taskId),
)

export type TaskStore = ReturnType<typeof createTaskStore>

function dueTasks(expression: ExpressionBuilder<Schema, 'tasks'>, nowMs: number, limit: number) {
  return expression
    .selectFrom('tasks as t')
    .select('t.task_id')
    .where(isOpen('t.status'))
    .where('t.status', '=', 'queued')
    .where('t.run_at_ms', '<=', nowMs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('tasks as earlier')
            .select('earlier.task_id')
            .whereRef('earlier.lane', '=', 't.lane')
            .whereRef('earlier.task_id', '<', 't.task_id')
            .where(isOpen('earlier.status')),
        ),
      ),
    )
    .orderBy('t.priority')
    .orderBy('t.task_id')
    .limit(limit)
}
