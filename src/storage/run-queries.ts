import { prepareQuery } from './prepared-query.ts'

/** The queries on a run that every run makes after it was taken in. */

/** Gives nothing for a run that was begun before. */
export const startRun = prepareQuery((runner, { runId, nowMs }: { runId: string; nowMs: number }) =>
  runner.updateTable('runs').set({ status: 'running', waiting_for: null, started_at_ms: nowMs }).where('run_id', '=', runId).where('started_at_ms', 'is', null).returning('cancelled_by'),
)

export const continueRun = prepareQuery((runner, { runId, nowMs }: { runId: string; nowMs: number }) =>
  runner
    .updateTable('runs')
    .set((row) => ({
      status: 'running',
      waiting_for: null,
      waited_ms: row(row.fn.coalesce('waited_ms', row.lit(0)), '+', row(row.val(nowMs), '-', row.fn.coalesce('waiting_since_ms', row.val(nowMs)))),
      waiting_since_ms: null,
    }))
    .where('run_id', '=', runId)
    .returning('cancelled_by'),
)

interface RouteValues {
  readonly runId: string
  readonly route: string
  readonly specialtyId: string
  readonly layer: string
  readonly topology: string | null
  readonly agentId: string | null
}

/** An agent that is not named stays as it is. */
export const routeRun = prepareQuery((runner, { runId, route, specialtyId, layer, topology, agentId }: RouteValues) =>
  runner
    .updateTable('runs')
    .set((row) => ({ route, specialty_id: specialtyId, layer, topology, agent_id: row.fn.coalesce(row.val(agentId), 'agent_id') }))
    .where('run_id', '=', runId),
)

interface EndValues {
  readonly runId: string
  readonly status: string
  readonly answer: string | null
  readonly tier: number | null
  readonly errorCode: string | null
  readonly agentId: string | null
  readonly goalId: string | null
  readonly modelId: string | null
  readonly failureClass: string | null
  readonly quality: number | null
  readonly answerMs: number | null
  readonly settingsBasis: string | null
  readonly nowMs: number
}

/** The cost is what the ledger says. */
export const endRun = prepareQuery((runner, { runId, status, answer, tier, errorCode, agentId, goalId, modelId, failureClass, quality, answerMs, settingsBasis, nowMs }: EndValues) =>
  runner
    .updateTable('runs')
    .set((row) => ({
      status,
      answer,
      tier,
      error_code: errorCode,
      goal_id: goalId,
      model_id: modelId,
      failure_class: failureClass,
      quality,
      answer_ms: answerMs,
      settings_basis: settingsBasis,
      agent_id: row.fn.coalesce(row.val(agentId), 'agent_id'),
      finished_at_ms: nowMs,
      cost_micro_usd: row
        .selectFrom('ledger')
        .select((sum) => sum.fn.coalesce(sum.fn.sum<number>('amount_micro_usd'), sum.lit(0)).as('cost'))
        .where('run_id', '=', runId),
    }))
    .where('run_id', '=', runId),
)
