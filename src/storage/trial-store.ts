import type { Db, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { Recipe, RunId, WorkflowId, WorkflowRef } from './records.ts'
import { isGood, isNoOutage, isRelated } from './run-outcome.ts'
import type { VersionTrialsTable } from './schema.ts'
import type { TrialRecord, TrialState } from './trial-record.ts'

/** How a run ended, as far as it says something about the recipe it followed. */
export interface VersionOutcome {
  readonly runId: RunId
  readonly version: number
  readonly isGood: boolean
}

/** Runs whose outcome is asked for. `version` 0: those of the pattern that followed no recipe. */
export interface OutcomeQuery {
  readonly workflowId: WorkflowId
  readonly patternId: string | undefined
  readonly version: number
  /** Only runs that came before this moment, or from it on. */
  readonly beforeMs?: number
  readonly fromMs?: number
  /** True: a provider that is away counts, because the version itself names the model. */
  readonly countsOutages?: boolean
  readonly limit: number
}

/** Trials of versions; the outcomes they are judged by are read from the runs and their feedback, so a later thumb counts. */
export function createTrialStore(db: Db) {
  return {
    async start(trx: Trx, { workflowId, version }: WorkflowRef, againstVersion: number, nowMs: number): Promise<void> {
      await trx.insertInto('version_trials').values({ workflow_id: workflowId, version, against_version: againstVersion, state: 'running', figures: null, started_at_ms: nowMs, ended_at_ms: null }).execute()
    },

    /** @returns false when it was not running any more */
    async end(trx: Trx, { workflowId, version }: WorkflowRef, state: Exclude<TrialState, 'running'>, figures: TrialRecord['figures'], nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('version_trials')
        .set({ state, figures: figures ? JSON.stringify(figures) : null, ended_at_ms: nowMs })
        .where('workflow_id', '=', workflowId)
        .where('version', '=', version)
        .where('state', '=', 'running')
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** A trial that another version cut off goes on. */
    async resume(trx: Trx, { workflowId, version }: WorkflowRef): Promise<void> {
      await trx.updateTable('version_trials').set({ state: 'running', ended_at_ms: null }).where('workflow_id', '=', workflowId).where('version', '=', version).where('state', '=', 'replaced').execute()
    },

    async find({ workflowId, version }: WorkflowRef, runner: Db | Trx = db): Promise<TrialRecord | undefined> {
      const row = await runner.selectFrom('version_trials').selectAll().where('workflow_id', '=', workflowId).where('version', '=', version).executeTakeFirst()
      return row && asTrial(row)
    },

    /** Newest version first. */
    async list(workflowId: WorkflowId, runner: Db | Trx = db, limit = 100): Promise<TrialRecord[]> {
      const { rows } = await selectTrials(runner, { workflowId, limit })
      return rows.map(asTrial)
    },

    /** Whether two versions of a workflow ask other models; version 0 asks the usual one. */
    async differInModel(workflowId: WorkflowId, versions: readonly [number, number], runner: Db | Trx = db): Promise<boolean> {
      const rows = await runner.selectFrom('workflow_versions').select(['version', 'recipe']).where('workflow_id', '=', workflowId).where('version', 'in', versions).execute()
      const models = versions.map((version) => (JSON.parse(rows.find((row) => row.version === version)?.recipe ?? '{}') as Partial<Recipe>).modelId)
      return models[0] !== models[1]
    },

    /** Runs of a version that somebody gave a thumb. */
    async countRated({ workflowId, version }: WorkflowRef): Promise<number> {
      const row = await db
        .selectFrom('runs')
        .innerJoin('feedback', 'feedback.run_id', 'runs.run_id')
        .select(({ fn }) => fn.count('runs.run_id').distinct().as('rated'))
        .where('runs.workflow_id', '=', workflowId)
        .where('runs.workflow_version', '=', version)
        .where('feedback.kind', 'in', ['up', 'down'])
        .executeTakeFirstOrThrow()
      return Number(row.rated)
    },

    /** Oldest first; of too many the newest. */
    async outcomes({ workflowId, patternId, version, beforeMs, fromMs, countsOutages = false, limit }: OutcomeQuery, runner: Db | Trx = db): Promise<VersionOutcome[]> {
      if (version === 0 && patternId === undefined) return []
      const ended = runner
        .selectFrom('runs')
        .select(['run_id', isGood.as('is_good')])
        .where('status', 'in', ['completed', 'failed'])
        .where('specialty_id', 'is not', null)
        .where(isRelated)
        .$if(!countsOutages, (query) => query.where(isNoOutage))
        .$if(version === 0, (query) => query.where('pattern_id', '=', patternId ?? '').where('workflow_id', 'is', null))
        .$if(version !== 0, (query) => query.where('workflow_id', '=', workflowId).where('workflow_version', '=', version))
        .$if(beforeMs !== undefined, (query) => query.where('created_at_ms', '<', beforeMs ?? 0))
        .$if(fromMs !== undefined, (query) => query.where('created_at_ms', '>=', fromMs ?? 0))
      const rows = await ended.orderBy('run_id', 'desc').limit(limit).execute()
      return rows.toReversed().map((row) => ({ runId: row.run_id as RunId, version, isGood: Number(row.is_good) === 1 }))
    },
  }
}

const selectTrials = prepareQuery((runner, { workflowId, limit }: { workflowId: string; limit: number }) =>
  runner.selectFrom('version_trials').selectAll().where('workflow_id', '=', workflowId).orderBy('version', 'desc').limit(limit),
)

export type TrialStore = ReturnType<typeof createTrialStore>

const asTrial = (row: VersionTrialsTable): TrialRecord => ({
  workflowId: row.workflow_id as WorkflowId,
  version: row.version,
  againstVersion: row.against_version,
  state: row.state as TrialState,
  figures: row.figures === null ? undefined : (JSON.parse(row.figures) as NonNullable<TrialRecord['figures']>),
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms ?? undefined,
})
