import { prepareRows } from './prepared-query.ts'
import type { RunsTable, Schema } from './schema.ts'

/** The queries with which a request, its run and its task are taken in. */

type KeyRow = Schema['accepted_keys']
type NewRunRow = Pick<RunsTable, 'run_id' | 'workspace_id' | 'parent_run_id' | 'channel_id' | 'user_id' | 'thread_id' | 'request' | 'created_at_ms'>
type NewTaskRow = Pick<Schema['tasks'], 'task_id' | 'run_id' | 'workspace_id' | 'type' | 'status' | 'priority' | 'level' | 'due_ms' | 'parts' | 'lane' | 'run_at_ms' | 'max_attempts' | 'created_at_ms'>

/** Takes the keys that nobody has, and returns whose they are. */
export const insertKeys = prepareRows((runner, rows: readonly KeyRow[]) =>
  runner
    .insertInto('accepted_keys')
    .values(rows.map((row) => ({ workspace_id: row.workspace_id, dedupe_key: row.dedupe_key, run_id: row.run_id, accepted_at_ms: row.accepted_at_ms })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('run_id'),
)

export const insertRunRows = prepareRows((runner, rows: readonly NewRunRow[]) =>
  runner.insertInto('runs').values(rows.map((row) => ({
    run_id: row.run_id,
    workspace_id: row.workspace_id,
    parent_run_id: row.parent_run_id,
    channel_id: row.channel_id,
    user_id: row.user_id,
    thread_id: row.thread_id,
    request: row.request,
    created_at_ms: row.created_at_ms,
    status: 'queued',
    cost_micro_usd: 0,
  }))),
)

export const insertTaskRows = prepareRows((runner, rows: readonly NewTaskRow[]) =>
  runner.insertInto('tasks').values(rows.map((row) => ({
    task_id: row.task_id,
    run_id: row.run_id,
    workspace_id: row.workspace_id,
    priority: row.priority,
    lane: row.lane,
    run_at_ms: row.run_at_ms,
    max_attempts: row.max_attempts,
    created_at_ms: row.created_at_ms,
    type: row.type,
    status: row.status,
    level: row.level,
    due_ms: row.due_ms,
    parts: row.parts,
    attempts: 0,
    parts_ended: 0,
    wakes: 0,
  }))),
)
