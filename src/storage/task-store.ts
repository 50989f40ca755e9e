import { sql } from 'kysely'
import { MurmurError } from '../errors.ts'
import type { Database, Trx } from './database.ts'
import { atFewLengths, prepareQuery, prepareRows, type QueryRunner } from './prepared-query.ts'
import { deadlineOf, type QueuedTask } from './queue/task-order.ts'
import { taskTypes, type RunId, type TaskId, type TaskType } from './records.ts'

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

/** A task as its holder names it: owner and attempt, because an owner can come to hold it anew. Without them it is not asked who holds it. */
export type HeldTask = Pick<ClaimedTask, 'taskId'> & Partial<Pick<ClaimedTask, 'owner' | 'attempt'>>

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

/** A task of a type that only a later version knows waits so long after it was due for a process that does. */
export const patienceMs = 3_600_000

/** What this version knows how to do; and after an hour also what it does not, so that it is ended and the person told. */
const isOfKnownType = (name: 't' | 'tasks', nowMs: number) =>
  sql<boolean>`(${sql.ref(`${name}.type`)} in (${sql.join(taskTypes.map((type) => sql.lit(type)))}) or ${sql.ref(`${name}.run_at_ms`)} + ${sql.lit(patienceMs)} < ${nowMs})`

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

    /**
     * Takes those of these tasks (at most 32) that are due and first of their lane, or whose holder let its lease run out; of one lane at most one. What another
     * process is about to change is passed over.
     */
    async claimThese(taskIds: readonly string[], { owner, nowMs, leaseMs }: Omit<ClaimOptions, 'limit'>): Promise<ClaimedTask[]> {
      const take = traits.locksRows ? lockAndTakeThese : takeThese
      const { rows } = await take(db, atFewLengths(taskIds).map((taskId) => ({ taskId, owner, nowMs, untilMs: nowMs + leaseMs })))
      return rows.map((row) => asClaimed(row, owner))
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

    /** Of each of these lanes, at most 32, the one task that may be next, if there is one. */
    async firstOfLanes(lanes: readonly string[]): Promise<(QueuedTask & { readonly lane: string })[]> {
      const { rows } = await selectFirstOfLanes(db, atFewLengths(lanes).map((lane) => ({ lane })))
      return rows.map((row) => ({ ...asQueued(row), lane: row.lane }))
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
    async end(trx: Trx, { taskId, owner, attempt }: HeldTask, status: 'completed' | 'failed' | 'cancelled', lastError?: string): Promise<void> {
      const { numAffectedRows } = await endTask(trx, { taskId, status, lastError: lastError ?? null, owner: owner ?? null, attempt: attempt ?? null })
      if (owner !== undefined && numAffectedRows === 0n) throw new MurmurError('MUR_STORE_CONFLICT', { what: 'a task that this process had let go of' })
    },

    /**
     * Puts a task back for a later attempt, if the owner still holds it. With `uncount` the attempt did not count (a drained
     * process gave it back).
     */
    async requeue({ taskId, owner, attempt }: HeldTask, runAtMs: number, lastError: string | undefined, uncount = false): Promise<void> {
      const held = db.updateTable('tasks').where('task_id', '=', taskId).where('status', '=', 'running')
      await held
        .where((row) => row.and({ ...(owner === undefined ? {} : { lease_owner: owner }), ...(attempt === undefined ? {} : { attempts: attempt }) }))
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
const noLease: Lease = { owner: '', untilMs: 0 }
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

interface QueuedRow {
  readonly task_id: string
  readonly level: number
  readonly due_ms: number
  readonly run_at_ms: number
}

const asQueued = (row: QueuedRow): QueuedTask => ({ taskId: row.task_id as TaskId, level: row.level, dueMs: row.due_ms, runAtMs: row.run_at_ms })

const selectDue = prepareQuery((runner, { nowMs, limit }: Due) => dueTasks(runner, nowMs, limit).select(['t.level', 't.due_ms', 't.run_at_ms']))

interface Wanted extends Lease {
  readonly taskId: string
  readonly nowMs: number
}

const selectFirstOfLanes = prepareRows((runner, rows: readonly { readonly lane: string }[]) =>
  runner
    .selectFrom('tasks as t')
    .select(['t.task_id', 't.level', 't.due_ms', 't.run_at_ms', 't.lane'])
    .where(isOpen('t.status'))
    .where('t.status', '=', 'queued')
    .where('t.lane', 'in', rows.map(({ lane }) => lane))
    .where(isFirstOfLane('t')),
)

const takeThese = prepareRows((runner, rows: readonly Wanted[]) => takeInto(runner, rows[0] ?? noLease).where(isWanted('tasks', rows)))

/** Where several processes take, none waits for another, and so no two for each other. */
const lockAndTakeThese = prepareRows((runner, rows: readonly Wanted[]) =>
  takeInto(runner, rows[0] ?? noLease).where('task_id', 'in', runner.selectFrom('tasks as t').select('t.task_id').where(isWanted('t', rows)).forUpdate('t').skipLocked()),
)

/** Looks again at what may have changed since they were found. */
const takeFound = prepareRows((runner, rows: readonly (Lease & { readonly taskId: string })[]) =>
  takeInto(runner, rows[0] ?? noLease)
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
const endTask = prepareQuery((runner, { taskId, status, lastError, owner, attempt }: { taskId: string; status: string; lastError: string | null; owner: string | null; attempt: number | null }) =>
  runner
    .updateTable('tasks')
    .set((row) => ({ status, lease_owner: null, lease_until_ms: null, last_error: row.fn.coalesce(row.val(lastError), 'last_error') }))
    .where('task_id', '=', taskId)
    .where((row) => row(row.fn.coalesce('lease_owner', sql.lit('')), '=', row.fn.coalesce(row.val(owner), 'lease_owner', sql.lit(''))))
    .where((row) => row('attempts', '=', row.fn.coalesce(row.val(attempt), 'attempts'))),
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
    .where(isOfKnownType('t', nowMs))
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

/**
 * One of these, and due and first of its lane or left by whoever had it. Found by their keys: PostgreSQL would take a partial index for less work than it is, which
 * is full of ended tasks until the next vacuum, so the condition does not let it see that they are open.
 */
const isWanted = (name: 't' | 'tasks', rows: readonly Wanted[]) => {
  const [status, runAtMs, leaseUntilMs, taskId] = [sql`coalesce(${sql.ref(`${name}.status`)}, '')`, sql.ref(`${name}.run_at_ms`), sql.ref(`${name}.lease_until_ms`), sql.ref(`${name}.task_id`)]
  return sql<boolean>`${taskId} in (${sql.join(rows.map((row) => row.taskId))})
    and (${status} = 'queued' and ${runAtMs} <= ${rows[0]?.nowMs} or ${status} = 'running' and ${leaseUntilMs} < ${rows[0]?.nowMs})
    and ${isOfKnownType(name, rows[0]?.nowMs ?? 0)} and ${isFirstOfLane(name)}`
}
