import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { FailureClass } from './failure-class.ts'
import type { AgentId, RouteDecision, RunId, RunStatus, WorkflowId, WorkspaceId } from './records.ts'

/** Everything that is known of one ended run, in one row. */
export interface RunFact {
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly channelId: string
  readonly userId: string
  readonly parentRunId: RunId | undefined
  readonly specialtyId: string | undefined
  /** Who decided the route, and the form of its swarm. */
  readonly layer: RouteDecision['layer'] | undefined
  readonly topology: string | undefined
  readonly agentId: AgentId | undefined
  /** The model that gave the answer. */
  readonly modelId: string | undefined
  readonly workflowId: WorkflowId | undefined
  readonly version: number | undefined
  readonly patternId: string | undefined
  readonly outcome: RunStatus
  readonly tier: number | undefined
  readonly errorCode: string | undefined
  readonly failureClass: FailureClass | undefined
  /** 1 to 5, of the runs a judge looked at. */
  readonly quality: number | undefined
  readonly ups: number
  readonly downs: number
  readonly corrections: number
  /** Share of the thumbs that are up, 0 to 1; undefined without a thumb. */
  readonly satisfaction: number | undefined
  readonly costMicroUsd: number
  readonly savedMicroUsd: number
  /** Model calls, failed ones included. */
  readonly calls: number
  /** From the request to the beginning, of the answer itself, and from the request to the end. */
  readonly waitMs: number | undefined
  readonly answerMs: number | undefined
  readonly durationMs: number
  readonly createdAtMs: number
  readonly finishedAtMs: number
}

export interface FactsWanted {
  readonly workspaceId: WorkspaceId
  /** Ended at or after this. */
  readonly fromMs: number
  /** Ended before this; default: no bound. */
  readonly toMs?: number
  readonly goalId?: string
  readonly workflowId?: WorkflowId
  /** Default and bound: 5,000. */
  readonly limit?: number
}

const maxFacts = 5_000

/**
 * The ended runs as one table to be queried, for example `db.selectFrom(runFacts(db).as('fact')).select(...).groupBy('fact.layer')`.
 * The index `runs_ended` serves `workspace_id` with a span of `finished_at_ms`; ask for both.
 */
export function runFacts(db: Pick<Db, 'selectFrom'>) {
  const thumbs = (kind: string) => sql<number>`(select count(*) from feedback where feedback.run_id = runs.run_id and feedback.kind = ${sql.lit(kind)})`
  return db
    .selectFrom('runs')
    .select([
      'run_id', 'workspace_id', 'channel_id', 'user_id', 'parent_run_id', 'specialty_id', 'layer', 'topology', 'agent_id', 'model_id', 'workflow_id', 'workflow_version', 'pattern_id',
      'tier', 'error_code', 'failure_class', 'quality', 'cost_micro_usd', 'answer_ms', 'created_at_ms', 'finished_at_ms',
    ])
    .select(({ ref, fn }) => [
      ref('status').as('outcome'),
      fn.coalesce('goal_id', 'channel_id').as('goal_id'),
      thumbs('up').as('ups'),
      thumbs('down').as('downs'),
      thumbs('correction').as('corrections'),
      sql<number | null>`(select avg(case kind when 'up' then 1.0 else 0.0 end) from feedback where feedback.run_id = runs.run_id and feedback.kind in ('up', 'down'))`.as('satisfaction'),
      sql<number>`(select coalesce(sum(saved_micro_usd), 0) from ledger where ledger.run_id = runs.run_id)`.as('saved_micro_usd'),
      sql<number>`(select count(*) from ledger where ledger.run_id = runs.run_id)`.as('calls'),
      sql<number | null>`started_at_ms - created_at_ms`.as('wait_ms'),
      sql<number>`finished_at_ms - created_at_ms`.as('duration_ms'),
    ])
    .where('finished_at_ms', 'is not', null)
}

/** Ended runs with all that is known of them, newest first. */
export async function listRunFacts(db: Db, { workspaceId, fromMs, toMs, goalId, workflowId, limit = maxFacts }: FactsWanted): Promise<RunFact[]> {
  const rows = await db
    .selectFrom(runFacts(db).as('fact'))
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('finished_at_ms', '>=', fromMs)
    .$if(toMs !== undefined, (query) => query.where('finished_at_ms', '<', toMs ?? 0))
    .$if(goalId !== undefined, (query) => query.where('goal_id', '=', goalId ?? ''))
    .$if(workflowId !== undefined, (query) => query.where('workflow_id', '=', workflowId ?? ''))
    .orderBy('finished_at_ms', 'desc')
    .orderBy('run_id', 'desc')
    .limit(Math.min(limit, maxFacts))
    .execute()
  return rows.map((row) => ({
    runId: row.run_id as RunId,
    workspaceId: row.workspace_id as WorkspaceId,
    goalId: row.goal_id,
    channelId: row.channel_id,
    userId: row.user_id,
    parentRunId: (row.parent_run_id ?? undefined) as RunId | undefined,
    specialtyId: row.specialty_id ?? undefined,
    layer: (row.layer ?? undefined) as RouteDecision['layer'] | undefined,
    topology: row.topology ?? undefined,
    agentId: (row.agent_id ?? undefined) as AgentId | undefined,
    modelId: row.model_id ?? undefined,
    workflowId: (row.workflow_id ?? undefined) as WorkflowId | undefined,
    version: row.workflow_version ?? undefined,
    patternId: row.pattern_id ?? undefined,
    outcome: row.outcome as RunStatus,
    tier: row.tier ?? undefined,
    errorCode: row.error_code ?? undefined,
    failureClass: (row.failure_class ?? undefined) as FailureClass | undefined,
    quality: row.quality ?? undefined,
    ups: Number(row.ups),
    downs: Number(row.downs),
    corrections: Number(row.corrections),
    satisfaction: row.satisfaction === null ? undefined : Number(row.satisfaction),
    costMicroUsd: row.cost_micro_usd,
    savedMicroUsd: Number(row.saved_micro_usd),
    calls: Number(row.calls),
    waitMs: row.wait_ms ?? undefined,
    answerMs: row.answer_ms ?? undefined,
    durationMs: row.duration_ms,
    createdAtMs: row.created_at_ms,
    finishedAtMs: row.finished_at_ms ?? row.created_at_ms,
  }))
}

/** All ended runs of a workspace since a moment, newest first, read piece by piece; what ends meanwhile is not among them. @param pageSize at most 5,000 */
export async function* eachRunFact(db: Db, { workspaceId, fromMs }: Pick<FactsWanted, 'workspaceId' | 'fromMs'>, pageSize = maxFacts): AsyncGenerator<RunFact> {
  // Of those that ended in the very millisecond at which a page breaks off, which were read.
  let atBorder: readonly RunFact[] = []
  for (;;) {
    const borderMs = atBorder[0]?.finishedAtMs
    const page = await listRunFacts(db, { workspaceId, fromMs, limit: Math.min(maxFacts, pageSize + atBorder.length), ...(borderMs === undefined ? {} : { toMs: borderMs + 1 }) })
    const fresh = page.filter(({ runId }) => atBorder.every((one) => one.runId !== runId))
    yield* fresh
    const last = fresh.at(-1)
    if (!last || fresh.length < pageSize) return
    atBorder = page.filter(({ finishedAtMs }) => finishedAtMs === last.finishedAtMs)
  }
}

/** Workspaces in which a run ended since a moment. */
export async function workspacesSince(db: Db, fromMs: number): Promise<WorkspaceId[]> {
  const rows = await db.selectFrom('runs').select('workspace_id').distinct().where('finished_at_ms', '>=', fromMs).orderBy('workspace_id').execute()
  return rows.map((row) => row.workspace_id as WorkspaceId)
}
