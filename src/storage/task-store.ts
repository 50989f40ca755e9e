import { sql } from 'kysely'
import { MurmurError } from '../errors.ts'
import type { Database, Trx } from './database.ts'
import { prepareQuery, prepareRows, type QueryRunner } from './prepared-query.ts'
import { deadlineOf, type TaskOrder } from './queue/task-order.ts'
import type { RunId, TaskId, TaskType } from './records.ts'

export interface ClaimedTask {
  readonly taskId: TaskId
  readonly runId: RunId
  readonly type: TaskType
  readonly deadlineMs: number | undefined
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Tasks of one lane (a thread) run one after the other. */
  readonly lane: string
  /** Who holds it now. */
  readonly owner: string
}

/** A task as its holder names it. Without an owner it is not asked who holds it. */
export type HeldTask = Pick<ClaimedTask, 'taskId'> & { readonly owner?: string }

/** A task that may begin, now or at `runAtMs`. */
export interface QueuedTask extends TaskOrder {
  readonly taskId: TaskId
  readonly runAtMs: number
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
const isOpen = (status: 'status' | 't.status' | 'other.status') => sql<boolean>`${sql.ref(status)} in ('queued', 'running')`

/** Queued tasks with leases: a task belongs to one owner until its lease ends, and a lane runs one task at a time. */
export function createTaskStore({ db, traits }: Database) {
  return {
    /** Takes the tasks that are due, first of their lane and first in the order of `task-order.ts`. */
    async claim({ owner, limit, nowMs, leaseMs }: ClaimOptions): Promise<ClaimedTask[]> {
      const lease = { owner, untilMs: nowMs + leaseMs }
      const due = { nowMs, limit }
      const taken = traits.locksRows ? (await lockAndTake(db, { ...lease, ...due })).rows : await findAndTake(db, lease, due)
      const inOrder = taken.toSorted((a, b) => a.level - b.level || a.due_ms - b.due_ms || (a.task_id < b.task_id ? -1 : 1))
      return inOrder.map((row) => asClaimed(row, owner))
    },

    /** Takes one task, if it is due and first of its lane, or if whoever had it let its lease run out. */
    async claimOne(taskId: string, { owner, nowMs, leaseMs }: Omit<ClaimOptions, 'limit'>): Promise<ClaimedTask | undefined> {
      const { rows } = await takeOne(db, { taskId, owner, nowMs, untilMs: nowMs + leaseMs })
      return rows[0] && asClaimed(rows[0], owner)
    },

    /** Whether another process may have the store open, and so take what this one lets go of. */
    isShared: !traits.isSingleProcess,

    /** @returns the tasks that the owner still holds */
    async extendLeases(owner: string, untilMs: number): Promise<string[]> {
      const rows = await db
        .updateTable('tasks')
        .set({ lease_until_ms: untilMs })
        .where(isOpen('status'))
        .where('lease_owner', '=', owner)
        .where('status', '=', 'running')
        .returning('task_id')
        .execute()
      return rows.map(({ task_id: taskId }) => taskId)
    },

    /** Those of these runs that somebody has asked to stop. */
    async stopped(runIds: readonly string[]): Promise<string[]> {
      const rows = await db.selectFrom('runs').select('run_id').where('run_id', 'in', runIds).where('cancelled_by', 'is not', null).execute()
      return rows.map(({ run_id: runId }) => runId)
    },

    /** Tasks that could be claimed, in the order in which they would be. */
    async listDue(nowMs: number, limit: number): Promise<QueuedTask[]> {
      const { rows } = await selectDue(db, { nowMs, limit })
      return rows.map(asQueued)
    },

    /** Those of these tasks that wait to be begun. */
    async listQueued(taskIds: readonly string[]): Promise<QueuedTask[]> {
      const rows = await db.selectFrom('tasks').select(queuedColumns).where('task_id', 'in', taskIds).where('status', '=', 'queued').execute()
      return rows.map(asQueued)
    },

    /** The one task of a lane that may be next, if there is one. */
    async firstOfLane(lane: string): Promise<QueuedTask | undefined> {
      const row = await db.selectFrom('tasks').select([...queuedColumns, 'status']).where(isOpen('status')).where('lane', '=', lane).orderBy('task_id').limit(1).executeTakeFirst()
      return row?.status === 'queued' ? asQueued(row) : undefined
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

    /** @throws {MurmurError} MUR_STORE_CONFLICT when the owner no longer holds the task, so that nothing of its transaction is kept */
    async end(trx: Trx, { taskId, owner }: HeldTask, status: 'completed' | 'failed' | 'cancelled', lastError?: string): Promise<void> {
      const { numAffectedRows } = await endTask(trx, { taskId, status, lastError: lastError ?? null, owner: owner ?? null })
      if (owner !== undefined && numAffectedRows === 0n) throw new MurmurError('MUR_STORE_CONFLICT', { what: 'a task that this process had let go of' })
    },

    /**
     * Puts a task back for a later attempt, if the owner still holds it. With `uncount` the attempt did not count (a drained
     * process gave it back).
     */
    async requeue({ taskId, owner }: HeldTask, runAtMs: number, lastError: string | undefined, uncount = false): Promise<void> {
      const held = db.updateTable('tasks').where('task_id', '=', taskId).where('status', '=', 'running')
      await (owner === undefined ? held : held.where('lease_owner', '=', owner))
        .set((expression) => ({
          status: 'queued',
          lease_owner: null,
          lease_until_ms: null,
          run_at_ms: runAtMs,
          ...(lastError === undefined ? {} : { last_error: lastError }),
          ...(uncount ? { attempts: expression('attempts', '-', 1) } : {}),
        }))
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

interface Lease {
  readonly owner: string
  readonly untilMs: number
}
type Due = Pick<ClaimOptions, 'limit' | 'nowMs'>

/** Where several processes claim at once, finding and taking is one statement that passes over rows which others lock. */
const lockAndTake = prepareQuery((runner, { nowMs, limit, owner, untilMs }: Lease & Due) =>
  takeInto(runner, { owner, untilMs }).where('task_id', 'in', dueTasks(runner, nowMs, limit).forUpdate('t').skipLocked()),
)

/** Taken by one statement, which is prepared for each number of tasks. */
const takenTogether = 16

/** For SQLite looking first is cheaper: mostly nothing is due, and its update takes the write lock even to find nothing. */
async function findAndTake(db: QueryRunner, lease: Lease, due: Due): Promise<Awaited<ReturnType<typeof takeFound>>['rows']> {
  const { rows: found } = await selectDue(db, due)
  const taken = []
  for (let start = 0; start < found.length; start += takenTogether) {
    const { rows } = await takeFound(db, found.slice(start, start + takenTogether).map(({ task_id: taskId }) => ({ ...lease, taskId })))
    taken.push(...rows)
  }
  return taken
}

const queuedColumns = ['task_id', 'level', 'due_ms', 'run_at_ms'] as const

interface QueuedRow {
  readonly task_id: string
  readonly level: number
  readonly due_ms: number
  readonly run_at_ms: number
}

const asQueued = (row: QueuedRow): QueuedTask => ({ taskId: row.task_id as TaskId, level: row.level, dueMs: row.due_ms, runAtMs: row.run_at_ms })

const selectDue = prepareQuery((runner, { nowMs, limit }: Due) => dueTasks(runner, nowMs, limit).select(['t.level', 't.due_ms', 't.run_at_ms']))

const takeOne = prepareQuery((runner, { taskId, nowMs, owner, untilMs }: Lease & { readonly taskId: string; readonly nowMs: number }) =>
  takeInto(runner, { owner, untilMs })
    .where('task_id', '=', taskId)
    .where((task) => task.or([task.and([task('status', '=', 'queued'), task('run_at_ms', '<=', nowMs)]), task.and([task('status', '=', 'running'), task('lease_until_ms', '<', nowMs)])]))
    .where(isFirstOfLane('tasks')),
)

/** Looks again at what may have changed since they were found. */
const takeFound = prepareRows((runner, rows: readonly (Lease & { readonly taskId: string })[]) =>
  takeInto(runner, rows[0] ?? { owner: '', untilMs: 0 })
    .where('task_id', 'in', rows.map(({ taskId }) => taskId))
    .where('status', '=', 'queued')
    .where(isFirstOfLane('tasks')),
)

const takeInto = (runner: QueryRunner, { owner, untilMs }: Lease) =>
  runner
    .updateTable('tasks')
    .set((expression) => ({ status: 'running', lease_owner: owner, lease_until_ms: untilMs, attempts: expression('attempts', '+', 1) }))
    .returning(['task_id', 'run_id', 'type', 'attempts', 'max_attempts', 'level', 'due_ms', 'lane'])

/** What went wrong last stays to be read when the end itself went well. */
const endTask = prepareQuery((runner, { taskId, status, lastError, owner }: { taskId: string; status: string; lastError: string | null; owner: string | null }) =>
  runner
    .updateTable('tasks')
    .set((row) => ({ status, lease_owner: null, lease_until_ms: null, last_error: row.fn.coalesce(row.val(lastError), 'last_error') }))
    .where('task_id', '=', taskId)
    .where((row) => row(row.fn.coalesce('lease_owner', sql.lit('')), '=', row.fn.coalesce(row.val(owner), 'lease_owner', sql.lit('')))),
)

export type TaskStore = ReturnType<typeof createTaskStore>

interface ClaimedRow extends Omit<QueuedRow, 'run_at_ms'> {
  readonly run_id: string
  readonly type: string
  readonly attempts: number
  readonly max_attempts: number
  readonly lane: string
}

const asClaimed = (row: ClaimedRow, owner: string): ClaimedTask => ({
  taskId: row.task_id as TaskId,
  runId: row.run_id as RunId,
  type: row.type as TaskType,
  deadlineMs: deadlineOf(row.due_ms),
  attempt: row.attempts,
  maxAttempts: row.max_attempts,
  lane: row.lane,
  owner,
})

function dueTasks(runner: QueryRunner, nowMs: number, limit: number) {
  return runner
    .selectFrom('tasks as t')
    .select('t.task_id')
    .where(isOpen('t.status'))
    .where('t.status', '=', 'queued')
    .where('t.run_at_ms', '<=', nowMs)
    .where(isFirstOfLane('t'))
    .orderBy('t.level')
    .orderBy('t.due_ms')
    .orderBy('t.task_id')
    .limit(limit)
}

/** Nothing of the lane that came earlier is open, and nothing is at work that came later but could be seen sooner. */
const isFirstOfLane = (name: 't' | 'tasks') => sql<boolean>`not exists (
  select 1 from tasks as other
  where other.lane = ${sql.ref(`${name}.lane`)} and ${isOpen('other.status')}
    and (other.task_id < ${sql.ref(`${name}.task_id`)} or (other.status = 'running' and other.task_id <> ${sql.ref(`${name}.task_id`)}))
)`
