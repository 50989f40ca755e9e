import { prepareQuery, prepareRows } from './prepared-query.ts'
import type { RunsTable, Schema } from './schema.ts'

/** The queries on runs that every run makes. */

type KeyRow = Schema['accepted_keys']
type NewRunRow = Pick<RunsTable, 'run_id' | 'workspace_id' | 'channel_id' | 'user_id' | 'thread_id' | 'request' | 'created_at_ms'>
type NewTaskRow = Pick<Schema['tasks'], 'task_id' | 'run_id' | 'workspace_id' | 'priority' | 'lane' | 'run_at_ms' | 'max_attempts' | 'created_at_ms'>

/** Takes the keys that nobody has, and returns those. */
export const insertKeys = prepareRows((runner, rows: readonly KeyRow[]) =>
  runner
    .insertInto('accepted_keys')
    .values(rows.map((row) => ({ workspace_id: row.workspace_id, dedupe_key: row.dedupe_key, run_id: row.run_id, accepted_at_ms: row.accepted_at_ms })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('dedupe_key'),
)

export const insertRun = prepareQuery((runner, row: NewRunRow) =>
  runner.insertInto('runs').values({
    run_id: row.run_id,
    workspace_id: row.workspace_id,
    channel_id: row.channel_id,
    user_id: row.user_id,
    thread_id: row.thread_id,
    request: row.request,
    created_at_ms: row.created_at_ms,
    status: 'queued',
    cost_micro_usd: 0,
  }),
)

export const insertTask = prepareQuery((runner, row: NewTaskRow) =>
  runner.insertInto('tasks').values({
    task_id: row.task_id,
    run_id: row.run_id,
    workspace_id: row.workspace_id,
    priority: row.priority,
    lane: row.lane,
    run_at_ms: row.run_at_ms,
    max_attempts: row.max_attempts,
    created_at_ms: row.created_at_ms,
    type: 'answer',
    status: 'queued',
    attempts: 0,
  }),
)

export const selectRun = prepareQuery((runner, { runId }: { runId: string }) => runner.selectFrom('runs').selectAll().where('run_id', '=', runId))

export const startRun = prepareQuery((runner, { runId, nowMs }: { runId: string; nowMs: number }) =>
  runner
    .updateTable('runs')
    .set((row) => ({ status: 'running', waiting_for: null, started_at_ms: row.fn.coalesce('started_at_ms', row.val(nowMs)) }))
    .where('run_id', '=', runId)
    .returning('cancelled_by'),
)

/** An agent that is not named stays as it is. */
export const routeRun = prepareQuery((runner, { runId, route, specialtyId, agentId }: { runId: string; route: string; specialtyId: string; agentId: string | null }) =>
  runner
    .updateTable('runs')
    .set((row) => ({ route, specialty_id: specialtyId, agent_id: row.fn.coalesce(row.val(agentId), 'agent_id') }))
    .where('run_id', '=', runId),
)

interface EndValues {
  readonly runId: string
  readonly status: string
  readonly answer: string | null
  readonly tier: number | null
  readonly errorCode: string | null
  readonly agentId: string | null
  readonly nowMs: number
}

/** The cost is what the ledger says. */
export const endRun = prepareQuery((runner, { runId, status, answer, tier, errorCode, agentId, nowMs }: EndValues) =>
  runner
    .updateTable('runs')
    .set((row) => ({
      status,
      answer,
      tier,
      error_code: errorCode,
      agent_id: row.fn.coalesce(row.val(agentId), 'agent_id'),
      finished_at_ms: nowMs,
      cost_micro_usd: row
        .selectFrom('ledger')
        .select((sum) => sum.fn.coalesce(sum.fn.sum<number>('amount_micro_usd'), sum.lit(0)).as('cost'))
        .where('run_id', '=', runId),
    }))
    .where('run_id', '=', runId),
)
