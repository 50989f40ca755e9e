import { prepareQuery, prepareRows } from './prepared-query.ts'
import type { RunsTable } from './schema.ts'

/** What a record is made of, by name: PostgreSQL keeps no plan of `*` (see `postgres-pool.ts`). */
const recordColumns = [
  'run_id', 'workspace_id', 'parent_run_id', 'request', 'status', 'thread_id', 'route', 'agent_id', 'workflow_id', 'workflow_version', 'pattern_id', 'goal_id', 'settings_basis',
  'answer', 'tier', 'cost_micro_usd', 'waiting_for', 'error_code', 'failure_class', 'quality', 'created_at_ms', 'started_at_ms', 'finished_at_ms',
] as const satisfies readonly (keyof RunsTable)[]

export type RecordRow = Pick<RunsTable, (typeof recordColumns)[number]>

/** Those of these runs that there are, in no order. */
export const selectRuns = prepareRows((runner, rows: readonly { readonly runId: string }[]) => runner.selectFrom('runs').select(recordColumns).where('run_id', 'in', rows.map(({ runId }) => runId)))

interface ThreadPlace {
  readonly workspaceId: string
  readonly channelId: string
  readonly threadId: string
  readonly beforeRunId: string
}

export const selectLastRouted = prepareQuery((runner, { workspaceId, channelId, threadId, beforeRunId }: ThreadPlace) =>
  runner
    .selectFrom('runs')
    .select(recordColumns)
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .where('thread_id', '=', threadId)
    .where('run_id', '<', beforeRunId)
    .where('specialty_id', 'is not', null)
    .orderBy('run_id', 'desc')
    .limit(1),
)
