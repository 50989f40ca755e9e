import { prepareQuery } from './prepared-query.ts'

/** The queries on a run that every run makes after it was taken in. */

export const selectRun = prepareQuery((runner, { runId }: { runId: string }) => runner.selectFrom('runs').selectAll().where('run_id', '=', runId))

export const startRun = prepareQuery((runner, { runId, nowMs }: { runId: string; nowMs: number }) =>
  runner
    .updateTable('runs')
    .set((row) => ({
      status: 'running',
      waiting_for: null,
      started_at_ms: row.fn.coalesce('started_at_ms', row.val(nowMs)),
      waited_ms: row(row.fn.coalesce('waited_ms', row.lit(0)), '+', row(row.val(nowMs), '-', row.fn.coalesce('waiting_since_ms', row.val(nowMs)))),
      waiting_since_ms: null,
    }))
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
