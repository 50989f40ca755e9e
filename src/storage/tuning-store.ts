import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, WorkspaceId } from './records.ts'
import { isGood, isNoOutage, isRelated } from './run-outcome.ts'
import type { Schema } from './schema.ts'
import type { Tally } from './trial-record.ts'

/** `proposed`: it waits for an admin; `trial`: it serves a share of the runs; `in_force`: it did better, and the newest such serves the others; `taken_back`: by its figures or by a person. */
export type TuningState = 'proposed' | 'trial' | 'in_force' | 'taken_back'

export interface TuningRecord {
  readonly workspaceId: WorkspaceId
  /** `weights`, or `temperature:<specialty>`. */
  readonly name: string
  /** Counts from 1; version 0 is what is configured. */
  readonly version: number
  readonly againstVersion: number
  readonly value: unknown
  /** What it changes, such as `pastPerformance up`. */
  readonly step: string
  readonly state: TuningState
  readonly figures: { readonly candidate: Tally; readonly control: Tally } | undefined
  /** The admin that took it back or declined it; empty where its figures did, or nobody. */
  readonly endedBy: string
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
}

type TuningKey = Pick<TuningRecord, 'workspaceId' | 'name' | 'version'>

/** How a run that a setting had a part in ended. */
export interface TunedOutcome {
  readonly runId: RunId
  readonly isGood: boolean
}

const maxListed = 200
const newestRuns = 300

/** Versions of settings that are tuned, and what came of runs with them; outcomes are read from the runs, so a later thumb counts. */
export function createTuningStore(db: Db) {
  return {
    /** Of one setting, or of all of a workspace; newest first. */
    async list(workspaceId: WorkspaceId, name?: string, runner: Db | Trx = db): Promise<TuningRecord[]> {
      const rows = await runner
        .selectFrom('tunings')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
        .orderBy('started_at_ms', 'desc')
        .orderBy('version', 'desc')
        .limit(maxListed)
        .execute()
      return rows.map(asTuning)
    },

    /** @returns false when somebody has begun this version before */
    async begin(trx: Trx, tuning: Pick<TuningRecord, 'workspaceId' | 'name' | 'version' | 'againstVersion' | 'value' | 'step'> & { readonly state?: 'trial' | 'proposed' }, nowMs: number): Promise<boolean> {
      const { workspaceId, name, version, againstVersion, value, step, state = 'trial' } = tuning
      const { numInsertedOrUpdatedRows = 0n } = await trx
        .insertInto('tunings')
        .values({ workspace_id: workspaceId, name, version, against_version: againstVersion, value: JSON.stringify(value), step, state, figures: null, ended_by: null, started_at_ms: nowMs, ended_at_ms: null })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },

    /** Begins the trial of what was proposed, or takes it back. @returns false when it was decided before */
    async decide(trx: Trx, tuning: TuningKey, isApproved: boolean, by: string, nowMs: number): Promise<boolean> {
      return moveOn(trx, tuning, 'proposed', isApproved ? { state: 'trial', started_at_ms: nowMs } : { state: 'taken_back', ended_by: by, ended_at_ms: nowMs })
    },

    /** @returns false when its trial was over before */
    async end(trx: Trx, tuning: TuningKey, state: 'in_force' | 'taken_back', figures: TuningRecord['figures'], nowMs: number): Promise<boolean> {
      return moveOn(trx, tuning, 'trial', { state, figures: figures ? JSON.stringify(figures) : null, ended_at_ms: nowMs })
    },

    /** What is configured counts again. @returns how many versions were taken back */
    async reset(workspaceId: WorkspaceId, name: string, by: string, nowMs: number): Promise<number> {
      const { numUpdatedRows } = await db
        .updateTable('tunings')
        .set({ state: 'taken_back', ended_by: by, ended_at_ms: nowMs })
        .where('workspace_id', '=', workspaceId)
        .where('name', '=', name)
        .where('state', 'in', ['proposed', 'trial', 'in_force'])
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** In the transaction that decides how a run is done. */
    async noteRun(trx: Trx, run: { readonly runId: RunId; readonly workspaceId: WorkspaceId }, name: string, version: number): Promise<void> {
      await putRun(trx, { runId: run.runId, name, workspaceId: run.workspaceId, version })
    },

    /** Settings that had a part in these runs. */
    async namesOf(runIds: readonly string[]): Promise<{ readonly workspaceId: WorkspaceId; readonly name: string }[]> {
      if (runIds.length === 0) return []
      const rows = await db.selectFrom('run_tunings').select(['workspace_id', 'name']).distinct().where('run_id', 'in', runIds).execute()
      return rows.map((row) => ({ workspaceId: row.workspace_id as WorkspaceId, name: row.name }))
    },

    /** Runs with a version that ended and say something, oldest first; of too many the newest. */
    async outcomes({ workspaceId, name, version, limit }: { readonly workspaceId: WorkspaceId; readonly name: string; readonly version: number; readonly limit: number }, runner: Db | Trx = db): Promise<TunedOutcome[]> {
      const rows = await runner
        .selectFrom('run_tunings')
        .innerJoin('runs', 'runs.run_id', 'run_tunings.run_id')
        .select(['runs.run_id', isGood.as('is_good')])
        .where('run_tunings.workspace_id', '=', workspaceId)
        .where('run_tunings.name', '=', name)
        .where('run_tunings.version', '=', version)
        .where('runs.status', 'in', ['completed', 'failed'])
        .where(isRelated)
        .where(isNoOutage)
        .orderBy('run_tunings.run_id', 'desc')
        .limit(limit)
        .execute()
      return rows.toReversed().map((row) => ({ runId: row.run_id as RunId, isGood: Number(row.is_good) === 1 }))
    },

    /** Of the newest runs with a version, how many somebody gave a thumb: counting all would take longer with every run. */
    async countRated({ workspaceId, name, version }: { readonly workspaceId: WorkspaceId; readonly name: string; readonly version: number }): Promise<number> {
      const newest = db.selectFrom('run_tunings').select('run_id').where('workspace_id', '=', workspaceId).where('name', '=', name).where('version', '=', version).orderBy('run_id', 'desc').limit(newestRuns)
      const row = await db
        .selectFrom(newest.as('newest'))
        .innerJoin('feedback', 'feedback.run_id', 'newest.run_id')
        .select(sql<number>`count(DISTINCT newest.run_id)`.as('rated'))
        .where('feedback.kind', 'in', ['up', 'down'])
        .executeTakeFirstOrThrow()
      return Number(row.rated)
    },
  }
}

const putRun = prepareQuery((runner, { runId, name, workspaceId, version }: { runId: string; name: string; workspaceId: string; version: number }) =>
  runner
    .insertInto('run_tunings')
    .values({ run_id: runId, name, workspace_id: workspaceId, version })
    .onConflict((conflict) => conflict.doNothing()),
)

export type TuningStore = ReturnType<typeof createTuningStore>

const asTuning = (row: Schema['tunings']): TuningRecord => ({
  workspaceId: row.workspace_id as WorkspaceId,
  name: row.name,
  version: row.version,
  againstVersion: row.against_version,
  value: JSON.parse(row.value) as unknown,
  step: row.step,
  state: row.state as TuningState,
  figures: row.figures === null ? undefined : (JSON.parse(row.figures) as NonNullable<TuningRecord['figures']>),
  endedBy: row.ended_by ?? '',
  startedAtMs: row.started_at_ms,
  endedAtMs: row.ended_at_ms ?? undefined,
})

/** From one state to another, once. @returns false when it was in another by then */
async function moveOn(trx: Trx, { workspaceId, name, version }: TuningKey, from: TuningState, values: Partial<Schema['tunings']>): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('tunings')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name)
    .where('version', '=', version)
    .where('state', '=', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
