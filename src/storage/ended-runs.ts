import { sql } from 'kysely'
import type { Db } from './database.ts'
import { inPortions, prepareQuery, prepareRows } from './prepared-query.ts'
import type { RouteDecision, RunId, RunStatus, WorkflowId, WorkspaceId } from './records.ts'

/** An ended run as the statistics see it. */
export interface EndedRun {
  readonly workspaceId: WorkspaceId
  readonly status: RunStatus
  readonly isPart: boolean
  readonly isSwarm: boolean
  readonly specialtyId: string | undefined
  readonly layer: RouteDecision['layer'] | undefined
  /** Whose answer was given again. */
  readonly answerOf: RunId | undefined
  readonly tier: number | undefined
  readonly workflowId: WorkflowId | undefined
  /** Undefined where the price of one of its calls is unknown. */
  readonly costMicroUsd: number | undefined
  /** Added up over its calls, also those that were made side by side. */
  readonly modelMs: number
  readonly createdAtMs: number
  readonly startedAtMs: number
  readonly finishedAtMs: number
  /** How long it waited for people. */
  readonly waitedMs: number
}

/** What such requests cost before: runs of a pattern until there was a recipe for them, or the run whose answer was given again. */
export interface FormerCost {
  readonly runs: number
  readonly meanMicroUsd: number
}

/** Runs of a pattern that are looked at, newest first. */
const lookedBack = 20
const fullTier = 1

export function createEndedRuns(db: Db) {
  return {
    /** Those of these runs that have ended, and do not go again, by their ids. */
    async findAll(runIds: readonly string[]): Promise<ReadonlyMap<string, EndedRun>> {
      const rows = await inPortions([...new Set(runIds)], (some) => selectFacts(db, some.map((runId) => ({ runId }))))
      return new Map(rows.flatMap((row) => (row.finished_at_ms === null ? [] : [[row.run_id, asEndedRun(row, row.finished_at_ms)]])))
    },

    /**
     * The mean cost of the newest runs, at most 20, that belong to the pattern of a workflow, followed no workflow, were answered in full
     * and have a known price.
     */
    async costBefore(workflowId: WorkflowId): Promise<FormerCost | undefined> {
      const { rows } = await selectCostBefore(db, { workflowId })
      const { runs = 0, mean = null } = rows[0] ?? {}
      return mean === null ? undefined : { runs: Number(runs), meanMicroUsd: Number(mean) }
    },

    /** What the answer cost when it was made; undefined where the price of one of its calls is unknown. */
    async costOfAnswer(runId: RunId): Promise<FormerCost | undefined> {
      const row = await db
        .selectFrom('ledger')
        .select(({ fn }) => [fn.countAll<number>().as('calls'), fn.count<number>('amount_micro_usd').as('priced'), fn.sum<number>('amount_micro_usd').as('cost')])
        .where('run_id', '=', runId)
        .executeTakeFirstOrThrow()
      return Number(row.calls) === 0 || Number(row.priced) < Number(row.calls) ? undefined : { runs: 1, meanMicroUsd: Number(row.cost) }
    },
  }
}

export type EndedRuns = ReturnType<typeof createEndedRuns>

const selectCostBefore = prepareQuery((runner, { workflowId }: { workflowId: string }) => {
  const former = runner
    .selectFrom('runs')
    .innerJoin('workflows', 'workflows.pattern_id', 'runs.pattern_id')
    .select('runs.cost_micro_usd as cost')
    .where('workflows.workflow_id', '=', workflowId)
    .where('runs.pattern_id', 'is not', null)
    .where('runs.workflow_id', 'is', null)
    .where('runs.status', '=', 'completed')
    .where('runs.tier', '=', fullTier)
    .where(({ not, exists, selectFrom }) => not(exists(selectFrom('ledger').select('entry_id').whereRef('ledger.run_id', '=', 'runs.run_id').where('amount_micro_usd', 'is', null))))
    .orderBy('runs.run_id', 'desc')
    .limit(lookedBack)
  return runner.selectFrom(former.as('former')).select(({ fn }) => [fn.countAll<number>().as('runs'), sql<number | null>`avg(cost)`.as('mean')])
})

const selectFacts = prepareRows((runner, rows: readonly { readonly runId: string }[]) =>
  runner
    .selectFrom('runs')
    .select(['run_id', 'workspace_id', 'status', 'parent_run_id', 'specialty_id', 'layer', 'topology', 'tier', 'workflow_id', 'created_at_ms', 'started_at_ms', 'finished_at_ms', 'waited_ms'])
    .select(({ selectFrom, case: when }) => [
      when().when('layer', '=', sql.lit('cache')).then(sql.ref<string | null>('route')).else(null).end().as('cache_route'),
      selectFrom('ledger').select(({ fn }) => fn.sum<number>('amount_micro_usd').as('sum')).whereRef('ledger.run_id', '=', 'runs.run_id').as('cost'),
      selectFrom('ledger').select(({ fn }) => fn.sum<number>('latency_ms').as('sum')).whereRef('ledger.run_id', '=', 'runs.run_id').as('model_ms'),
      selectFrom('ledger').select(({ fn }) => fn.countAll<number>().as('count')).whereRef('ledger.run_id', '=', 'runs.run_id').where('amount_micro_usd', 'is', null).as('unpriced'),
    ])
    .where('run_id', 'in', rows.map(({ runId }) => runId)),
)

type FactsRow = Awaited<ReturnType<typeof selectFacts>>['rows'][number]

function asEndedRun(row: FactsRow, finishedAtMs: number): EndedRun {
  const answerOf = row.cache_route === null ? undefined : (JSON.parse(row.cache_route) as RouteDecision).answerOf
  return {
    workspaceId: row.workspace_id as WorkspaceId,
    status: row.status as RunStatus,
    isPart: row.parent_run_id !== null,
    isSwarm: row.topology !== null,
    specialtyId: row.specialty_id ?? undefined,
    layer: (row.layer ?? undefined) as RouteDecision['layer'] | undefined,
    answerOf,
    tier: row.tier ?? undefined,
    workflowId: (row.workflow_id ?? undefined) as WorkflowId | undefined,
    costMicroUsd: Number(row.unpriced) > 0 ? undefined : Number(row.cost ?? 0),
    modelMs: Number(row.model_ms ?? 0),
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms ?? finishedAtMs,
    finishedAtMs,
    waitedMs: row.waited_ms ?? 0,
  }
}
