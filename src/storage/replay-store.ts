import type { Db } from './database.ts'
import type { RunRecord, WorkflowId } from './records.ts'
import { asRunRecord } from './run-store.ts'

export interface DueQuery {
  /** Workflows that were replayed after this moment are not due. */
  readonly replayedBeforeMs: number
  /** Only those with a greater id: what is many is looked through piece by piece. */
  readonly afterId: string
  readonly limit: number
}

/** Past requests of workflows, as far as they can be answered anew: what stood in the request is all that is needed. */
export function createReplayStore(db: Db) {
  const full = (version: number, workflowId: WorkflowId) => db.selectFrom('runs').selectAll().where('workflow_id', '=', workflowId).where('workflow_version', '=', version).where('status', '=', 'completed').where('tier', '=', 1)
  return {
    /** Workflows in use, by their ids, that were not replayed lately; where something is tried out already none is due. */
    async due({ replayedBeforeMs, afterId, limit }: DueQuery): Promise<{ readonly workflowId: WorkflowId; readonly version: number }[]> {
      const rows = await db
        .selectFrom('workflows')
        .select(['workflow_id', 'current_version'])
        .where('state', '=', 'active')
        .where('canary_version', 'is', null)
        .where('workflow_id', '>', afterId)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('studies').select('studies.run_id').whereRef('studies.workflow_id', '=', 'workflows.workflow_id').where('studies.kind', '=', 'replay').where('studies.created_at_ms', '>=', replayedBeforeMs))),
        )
        .orderBy('workflow_id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ workflowId: row.workflow_id as WorkflowId, version: row.current_version }))
    },

    /** Answered in full, newest first. */
    async requests(workflowId: WorkflowId, version: number, limit: number): Promise<RunRecord[]> {
      return (await full(version, workflowId).orderBy('run_id', 'desc').limit(limit).execute()).map(asRunRecord)
    },

    /** What people said of answers by a workflow, newest first: remarks, and reasons of thumbs down. */
    async remarks(workflowId: WorkflowId, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('feedback')
        .innerJoin('runs', 'runs.run_id', 'feedback.run_id')
        .select('feedback.text')
        .where('runs.workflow_id', '=', workflowId)
        .where('feedback.kind', 'in', ['improve', 'down'])
        .where('feedback.text', '!=', '')
        .orderBy('feedback.created_at_ms', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ text }) => text)
    },
  }
}

export type ReplayStore = ReturnType<typeof createReplayStore>
