import type { Db, Trx } from './database.ts'
import { teachingClasses, type FailureClass } from './failure-class.ts'
import type { RunId, StudyKind, WorkflowId, WorkflowRef, WorkspaceId } from './records.ts'

/**
 * What came of a study. `offered`: a version of it is tried out; `proposed`: it waits for an admin; `nothing`: there was nothing to change;
 * `overtaken`: the recipe was changed meanwhile; `unpaid`: the budget had no room; `failed`: the model did not answer as it should.
 */
export type StudyOutcome = 'offered' | 'proposed' | 'nothing' | 'overtaken' | 'unpaid' | 'failed'

export interface NewStudy {
  /** The run that does it. */
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  readonly workflowId: WorkflowId
  readonly kind: StudyKind
  /** The run that gave rise to it. */
  readonly aboutRunId: RunId
  readonly createdAtMs: number
}

export interface StudyRecord extends Pick<NewStudy, 'runId' | 'kind' | 'aboutRunId' | 'createdAtMs'> {
  /** Unset until it has ended. */
  readonly outcome: StudyOutcome | undefined
  /** Why, in words or as an error's code; may be empty. */
  readonly detail: string
}

const lookedBack = 200

/** What Murmur looked into by itself, each once; the rows bound how often it does. */
export function createStudyStore(db: Db) {
  return {
    /** @returns false when this was looked into before */
    async begin(trx: Trx, { runId, workspaceId, workflowId, kind, aboutRunId, createdAtMs }: NewStudy): Promise<boolean> {
      const { numInsertedOrUpdatedRows = 0n } = await trx
        .insertInto('studies')
        .values({ run_id: runId, workspace_id: workspaceId, workflow_id: workflowId, kind, about_run_id: aboutRunId, outcome: null, detail: null, created_at_ms: createdAtMs, ended_at_ms: null })
        .onConflict((conflict) => conflict.columns(['workflow_id', 'kind', 'about_run_id']).doNothing())
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },

    /** How many a workspace, and one of its workflows, had since a moment. */
    async countSince(trx: Trx, { workspaceId, workflowId, kind }: Pick<NewStudy, 'workspaceId' | 'workflowId' | 'kind'>, sinceMs: number): Promise<{ readonly workspace: number; readonly workflow: number }> {
      const rows = await trx.selectFrom('studies').select('workflow_id').where('workspace_id', '=', workspaceId).where('kind', '=', kind).where('created_at_ms', '>=', sinceMs).execute()
      return { workspace: rows.length, workflow: rows.filter((row) => row.workflow_id === workflowId).length }
    },

    /**
     * Of the newest 200 runs of a version that came at or after a moment: how many went wrong (by themselves, by a judge, or by a thumb down or a correction), and of
     * how many somebody said what was wrong, by a correction or words to the thumb.
     */
    async signs(trx: Trx, { workflowId, version }: WorkflowRef, fromMs: number): Promise<{ readonly bad: number; readonly explained: number }> {
      const rows = await trx
        .selectFrom('runs')
        .select(['failure_class'])
        .select(({ selectFrom }) => [
          selectFrom('feedback').select(({ fn }) => fn.countAll<number>().as('said')).whereRef('feedback.run_id', '=', 'runs.run_id').where('kind', 'in', ['down', 'correction']).as('objections'),
          selectFrom('feedback').select(({ fn }) => fn.countAll<number>().as('said')).whereRef('feedback.run_id', '=', 'runs.run_id').where(({ or, and, eb }) => or([eb('kind', '=', 'correction'), and([eb('kind', '=', 'down'), eb('text', '!=', '')])])).as('explanations'),
        ])
        .where('workflow_id', '=', workflowId)
        .where('workflow_version', '=', version)
        .where('created_at_ms', '>=', fromMs)
        .where('status', 'in', ['completed', 'failed'])
        .orderBy('run_id', 'desc')
        .limit(lookedBack)
        .execute()
      const isBad = (row: (typeof rows)[number]): boolean => Number(row.objections) > 0 || (row.failure_class !== null && teachingClasses.includes(row.failure_class as FailureClass))
      return { bad: rows.filter(isBad).length, explained: rows.filter((row) => Number(row.explanations) > 0).length }
    },

    /** Newest first. */
    async list(workflowId: WorkflowId, limit: number): Promise<StudyRecord[]> {
      const rows = await db.selectFrom('studies').selectAll().where('workflow_id', '=', workflowId).orderBy('created_at_ms', 'desc').orderBy('run_id', 'desc').limit(limit).execute()
      return rows.map((row) => ({ runId: row.run_id as RunId, kind: row.kind as StudyKind, aboutRunId: row.about_run_id as RunId, outcome: (row.outcome ?? undefined) as StudyOutcome | undefined, detail: row.detail ?? '', createdAtMs: row.created_at_ms }))
    },

    /** @returns false when it had ended before: what it leads to is done once */
    async end(trx: Trx, runId: RunId, outcome: StudyOutcome, detail: string, nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx.updateTable('studies').set({ outcome, detail, ended_at_ms: nowMs }).where('run_id', '=', runId).where('outcome', 'is', null).executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

export type StudyStore = ReturnType<typeof createStudyStore>
