import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { RunId, RunRecord, WorkflowId } from './records.ts'
import { asRunRecord } from './run-store.ts'

export interface DueQuery {
  /** So many answers in full the version in force must have given. */
  readonly leastRuns: number
  /** Workflows that were replayed after this moment are not due. */
  readonly replayedBeforeMs: number
  readonly limit: number
}

/** Past requests of workflows, as far as they can be answered anew: what stood in the request is all that is needed. */
export function createReplayStore(db: Db) {
  const full = (version: number, workflowId: WorkflowId) => db.selectFrom('runs').selectAll().where('workflow_id', '=', workflowId).where('workflow_version', '=', version).where('status', '=', 'completed').where('tier', '=', 1)
  return {
    /** The newest run of each workflow that is due; where something is tried out already it is not. */
    async due({ leastRuns, replayedBeforeMs, limit }: DueQuery): Promise<RunId[]> {
      const rows = await db
        .selectFrom('workflows')
        .innerJoin('runs', (join) => join.onRef('runs.workflow_id', '=', 'workflows.workflow_id').onRef('runs.workflow_version', '=', 'workflows.current_version'))
        .select(({ fn }) => fn.max('runs.run_id').as('newest'))
        .where('workflows.state', '=', 'active')
        .where('workflows.canary_version', 'is', null)
        .where('runs.status', '=', 'completed')
        .where('runs.tier', '=', 1)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('studies').select('studies.run_id').whereRef('studies.workflow_id', '=', 'workflows.workflow_id').where('studies.kind', '=', 'replay').where('studies.created_at_ms', '>=', replayedBeforeMs))),
        )
        .groupBy('workflows.workflow_id')
        .having(sql<boolean>`count(*) >= ${leastRuns}`)
        .limit(limit)
        .execute()
      return rows.map(({ newest }) => newest as RunId)
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
