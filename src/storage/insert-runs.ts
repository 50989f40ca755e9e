import type { Trx } from './database.ts'
import { insertKeys, insertRunRows, insertTaskRows } from './intake-queries.ts'
import { portionsOf } from './prepared-query.ts'
import { orderOf } from './queue/task-order.ts'
import { priorities, type Priority, type Request, type RunId, type TaskId, type TaskType } from './records.ts'

export interface NewRun {
  readonly runId: RunId
  readonly taskId: TaskId
  readonly request: Request
  readonly priority: Priority
  readonly lane: string
  readonly maxAttempts: number
  readonly nowMs: number
  readonly deadlineMs?: number | undefined
  /** Default: answer. */
  readonly type?: TaskType
  /** Runs it is made of. */
  readonly parts?: number
  /** The run it is a part of; its task waits until that one releases it. */
  readonly parentRunId?: RunId
}

/** A run that is to be stored unless one of its keys was accepted before. */
export interface AskedRun {
  readonly run: NewRun
  readonly dedupeKeys: readonly string[]
}

/**
 * Stores requests, their runs and tasks, each unless one of its keys was accepted before or belongs to one that stands before it.
 * @returns the id of each one's run: its own, or that of the run which has its key
 */
export async function insertRuns(trx: Trx, asked: readonly AskedRun[]): Promise<RunId[]> {
  const taken = await takeKeys(trx, asked)
  const runIds: RunId[] = []
  for (const one of asked) {
    const { run, dedupeKeys } = one
    runIds.push((taken.get(run.runId) ?? 0) === dedupeKeys.length ? run.runId : await findEarlier(trx, one))
  }
  const fresh = asked.filter(({ run }, index) => runIds[index] === run.runId).map(({ run }) => run)
  // No other transaction knows these rows yet, so it does not matter which are written first, and none waits for the answer to another.
  await Promise.all([
    ...portionsOf(fresh.map(asRunRow)).map((rows) => insertRunRows(trx, rows)),
    ...portionsOf(fresh.map(asTaskRow)).map((rows) => insertTaskRows(trx, rows)),
  ])
  return runIds
}

/** @returns how many of its keys each run has got */
async function takeKeys(trx: Trx, asked: readonly AskedRun[]): Promise<ReadonlyMap<string, number>> {
  const rows = asked.flatMap(({ run, dedupeKeys }) => dedupeKeys.map((key) => ({ workspace_id: run.request.workspaceId, dedupe_key: key, run_id: run.runId, accepted_at_ms: run.nowMs })))
  const taken = new Map<string, number>()
  // By their names, so that no two transactions wait for each other's; of equal ones the first comes first.
  for (const some of portionsOf(rows.toSorted((a, b) => compare(a.workspace_id, b.workspace_id) || compare(a.dedupe_key, b.dedupe_key)))) {
    for (const { run_id: runId } of (await insertKeys(trx, some)).rows) taken.set(runId, (taken.get(runId) ?? 0) + 1)
  }
  return taken
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Two events of one message share only one key, so one key taken before is enough to be late; the late one's other key then points
 * to the first run as well.
 */
async function findEarlier(trx: Trx, { run, dedupeKeys }: AskedRun): Promise<RunId> {
  const { workspaceId } = run.request
  const held = await trx
    .selectFrom('accepted_keys')
    .select('run_id')
    .where('workspace_id', '=', workspaceId)
    .where('dedupe_key', 'in', dedupeKeys)
    .where('run_id', '!=', run.runId)
    .executeTakeFirstOrThrow()
  const earlier = held.run_id as RunId
  await trx.updateTable('accepted_keys').set({ run_id: earlier }).where('workspace_id', '=', workspaceId).where('run_id', '=', run.runId).execute()
  return earlier
}

const asRunRow = ({ runId, parentRunId, request, nowMs }: NewRun) => ({
  run_id: runId,
  parent_run_id: parentRunId ?? null,
  workspace_id: request.workspaceId,
  channel_id: request.channelId,
  user_id: request.userId,
  thread_id: request.threadId ?? null,
  request: JSON.stringify(request),
  created_at_ms: nowMs,
})

function asTaskRow(run: NewRun) {
  const { level, dueMs } = orderOf(run.priority, run.nowMs, run.deadlineMs)
  return {
    task_id: run.taskId,
    run_id: run.runId,
    workspace_id: run.request.workspaceId,
    type: run.type ?? 'answer',
    status: run.parentRunId === undefined ? 'queued' : 'waiting',
    priority: priorities.indexOf(run.priority),
    level,
    due_ms: dueMs,
    parts: run.parts ?? 0,
    lane: run.lane,
    run_at_ms: run.nowMs,
    max_attempts: run.maxAttempts,
    created_at_ms: run.nowMs,
  }
}
