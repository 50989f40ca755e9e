import type { Database, Db, Trx } from './database.ts'
import { prepareQuery, type QueryRunner } from './prepared-query.ts'
import type { Recipe, RunId, VersionRecord, WorkflowId, WorkflowRecord, WorkflowState, WorkspaceId } from './records.ts'
import type { WorkflowsTable, WorkflowVersionsTable } from './schema.ts'

export type NewWorkflow = Pick<WorkflowRecord, 'workflowId' | 'workspaceId' | 'goalId' | 'name' | 'patternId'>

/** A version as it is proposed; its number, parent and time come from the store. */
export type NewVersion = Pick<VersionRecord, 'source' | 'authorId' | 'reason' | 'recipe' | 'runId'>

/** `current`: for all requests from now on; a share: as the canary. */
export type Deployment = 'current' | { readonly share: number }

/** Versions of one workflow; reached by nobody in years, but nothing may grow without end. */
export const maxVersions = 10_000
/** Bound of every listing. */
const maxListed = 500

/** Workflows and their versions: versions are only ever added, the workflow says which of them is in force. */
export function createWorkflowStore({ db, traits }: Database) {
  /** The row is locked until the transaction ends, so that two changes at once follow each other. */
  const lock = async (trx: Trx, workflowId: WorkflowId): Promise<WorkflowRecord | undefined> => {
    const { rows } = await (traits.locksRows ? lockWorkflow : selectWorkflow)(trx, { workflowId })
    return rows[0] && asWorkflow(rows[0])
  }
  return {
    /** Makes a workflow with its first version, in force at once. */
    async create(trx: Trx, workflow: NewWorkflow, first: NewVersion, nowMs: number): Promise<VersionRecord> {
      const { workflowId, workspaceId, goalId, name, patternId } = workflow
      await trx
        .insertInto('workflows')
        .values({ workflow_id: workflowId, workspace_id: workspaceId, goal_id: goalId, name, pattern_id: patternId ?? null, state: 'active', current_version: 1, canary_version: null, canary_share: null, watched_from_ms: null, created_at_ms: nowMs, updated_at_ms: nowMs })
        .execute()
      return insertVersion(trx, { ...first, workflowId, version: 1, parentVersion: undefined, createdAtMs: nowMs })
    },

    /** The row, which nobody else changes until the transaction ends. */
    lock,

    /**
     * Adds a version made from the newest state and deploys it. Changes made at the same time follow each other: each sees the
     * one before, and none is lost.
     * @param change gets the workflow and the version in force; undefined changes nothing
     * @returns undefined when there is no such workflow or nothing was changed
     */
    async addVersion(trx: Trx, workflowId: WorkflowId, change: (workflow: WorkflowRecord, current: VersionRecord) => NewVersion | undefined, deployment: Deployment, nowMs: number): Promise<VersionRecord | undefined> {
      const workflow = await lock(trx, workflowId)
      const current = workflow && (await findVersion(trx, workflowId, workflow.currentVersion))
      const proposed = workflow && current && change(workflow, current)
      if (!proposed) return undefined
      const { newest } = await trx.selectFrom('workflow_versions').select(({ fn }) => fn.max('version').as('newest')).where('workflow_id', '=', workflowId).executeTakeFirstOrThrow()
      const version = newest + 1
      if (version > maxVersions) return undefined
      const added = await insertVersion(trx, { ...proposed, workflowId, version, parentVersion: current.version, createdAtMs: nowMs })
      await point(trx, workflowId, deployment === 'current' ? { currentVersion: version, canary: undefined } : { canary: { version, share: deployment.share } }, nowMs)
      return added
    },

    /**
     * Moves what is in force: a rollback, a promotion, the end of a canary, a pause.
     * @param move gets the workflow as it is; undefined moves nothing
     * @returns the workflow as it is afterwards; undefined when there is none or nothing was moved
     */
    async move(trx: Trx, workflowId: WorkflowId, move: (workflow: WorkflowRecord) => WorkflowMove | undefined, nowMs: number): Promise<WorkflowRecord | undefined> {
      const workflow = await lock(trx, workflowId)
      const moved = workflow && move(workflow)
      if (!moved) return undefined
      await point(trx, workflowId, moved, nowMs)
      return { ...workflow, ...moved, updatedAtMs: nowMs }
    },

    /** @param runner the transaction, for who is in one */
    async find(workflowId: string, runner: Db | Trx = db): Promise<WorkflowRecord | undefined> {
      const { rows } = await selectWorkflow(runner, { workflowId })
      return rows[0] && asWorkflow(rows[0])
    },

    version: (workflowId: WorkflowId, version: number, runner: Db | Trx = db): Promise<VersionRecord | undefined> => findVersion(runner, workflowId, version),

    /** The newest version that somebody made because of a run. */
    async versionMadeBy(runId: RunId, authorId: string): Promise<VersionRecord | undefined> {
      const row = await db.selectFrom('workflow_versions').selectAll().where('run_id', '=', runId).where('author_id', '=', authorId).orderBy('created_at_ms', 'desc').orderBy('version', 'desc').executeTakeFirst()
      return row && asVersion(row)
    },

    /** Newest first. */
    async versions(workflowId: WorkflowId, limit = maxListed): Promise<VersionRecord[]> {
      const rows = await db.selectFrom('workflow_versions').selectAll().where('workflow_id', '=', workflowId).orderBy('version', 'desc').limit(Math.min(limit, maxListed)).execute()
      return rows.map(asVersion)
    },

    /** Goals of a workspace, but one, that have workflows in use; changed last first. */
    async otherGoals(workspaceId: WorkspaceId, goalId: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('workflows')
        .select(['goal_id'])
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '!=', goalId)
        .where('state', '=', 'active' satisfies WorkflowState)
        .groupBy('goal_id')
        .orderBy(({ fn }) => fn.max('updated_at_ms'), 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => row.goal_id)
    },

    /** Those of a goal that are not deleted, changed last first. */
    async listGoal(workspaceId: WorkspaceId, goalId: string, limit = maxListed): Promise<WorkflowRecord[]> {
      const rows = await db
        .selectFrom('workflows')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('state', '!=', 'deleted' satisfies WorkflowState)
        .orderBy('updated_at_ms', 'desc')
        .limit(Math.min(limit, maxListed))
        .execute()
      return rows.map(asWorkflow)
    },
  }
}

export type WorkflowStore = ReturnType<typeof createWorkflowStore>

/** What of a workflow may change. */
export type WorkflowMove = Partial<Pick<WorkflowRecord, 'name' | 'patternId' | 'state' | 'currentVersion' | 'canary' | 'watchedFromMs'>>

async function point(trx: Trx, workflowId: WorkflowId, move: WorkflowMove, nowMs: number): Promise<void> {
  const { name, patternId, state, currentVersion, canary, watchedFromMs } = move
  await trx
    .updateTable('workflows')
    .set({
      updated_at_ms: nowMs,
      ...(name === undefined ? {} : { name }),
      ...('patternId' in move ? { pattern_id: patternId ?? null } : {}),
      ...(state === undefined ? {} : { state }),
      ...(currentVersion === undefined ? {} : { current_version: currentVersion }),
      ...('canary' in move ? { canary_version: canary?.version ?? null, canary_share: canary?.share ?? null } : {}),
      ...(watchedFromMs === undefined ? {} : { watched_from_ms: watchedFromMs }),
    })
    .where('workflow_id', '=', workflowId)
    .execute()
}

async function insertVersion(trx: Trx, record: VersionRecord): Promise<VersionRecord> {
  await trx
    .insertInto('workflow_versions')
    .values({
      workflow_id: record.workflowId,
      version: record.version,
      parent_version: record.parentVersion ?? null,
      source: record.source,
      author_id: record.authorId,
      reason: record.reason,
      recipe: JSON.stringify(record.recipe),
      run_id: record.runId ?? null,
      created_at_ms: record.createdAtMs,
    })
    .execute()
  return record
}

async function findVersion(db: Db | Trx, workflowId: WorkflowId, version: number): Promise<VersionRecord | undefined> {
  const { rows } = await selectVersion(db, { workflowId, version })
  return rows[0] && asVersion(rows[0])
}

const whereWorkflow = (runner: QueryRunner, workflowId: string) => runner.selectFrom('workflows').selectAll().where('workflow_id', '=', workflowId)
const selectWorkflow = prepareQuery((runner, { workflowId }: { workflowId: string }) => whereWorkflow(runner, workflowId))
const lockWorkflow = prepareQuery((runner, { workflowId }: { workflowId: string }) => whereWorkflow(runner, workflowId).forUpdate())
const selectVersion = prepareQuery((runner, { workflowId, version }: { workflowId: string; version: number }) =>
  runner.selectFrom('workflow_versions').selectAll().where('workflow_id', '=', workflowId).where('version', '=', version),
)

const asWorkflow = (row: WorkflowsTable): WorkflowRecord => ({
  workflowId: row.workflow_id as WorkflowId,
  workspaceId: row.workspace_id as WorkspaceId,
  goalId: row.goal_id,
  name: row.name,
  patternId: row.pattern_id ?? undefined,
  state: row.state as WorkflowState,
  currentVersion: row.current_version,
  canary: row.canary_version === null ? undefined : { version: row.canary_version, share: row.canary_share ?? 0 },
  watchedFromMs: row.watched_from_ms ?? undefined,
  createdAtMs: row.created_at_ms,
  updatedAtMs: row.updated_at_ms,
})

const asVersion = (row: WorkflowVersionsTable): VersionRecord => ({
  workflowId: row.workflow_id as WorkflowId,
  version: row.version,
  parentVersion: row.parent_version ?? undefined,
  source: row.source as VersionRecord['source'],
  authorId: row.author_id,
  reason: row.reason,
  recipe: JSON.parse(row.recipe) as Recipe,
  runId: (row.run_id ?? undefined) as RunId | undefined,
  createdAtMs: row.created_at_ms,
})
