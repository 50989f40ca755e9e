import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { RunId, WorkflowRef, WorkspaceId } from './records.ts'

/** Whether it was right to take a request for one of an automation, as an audit found. */
export interface HitAudit extends WorkflowRef {
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  readonly isRight: boolean
  readonly reason: string
  readonly atMs: number
}

/** What is known of the requests that an automation took, of the newest 2,000. */
export interface HitCounts {
  readonly hits: number
  readonly audits: number
  /** Hits of which an audit or a person has said something. */
  readonly looked: number
  /** Those of them that were wrong. */
  readonly wrong: number
}

export interface HitQuery extends WorkflowRef {
  /** Only requests that came from this moment on. */
  readonly fromMs?: number | undefined
}

/** Counting more takes longer than the event loop may stand still. */
const newestHits = 2_000

/** Audits of automations. What people said of hits is read from their feedback each time, so a later thumb counts. */
export function createHitAuditStore(db: Db) {
  return {
    /** The same run again changes nothing. */
    async put(trx: Trx, { runId, workspaceId, workflowId, version, isRight, reason, atMs }: HitAudit): Promise<void> {
      const row = { run_id: runId, workspace_id: workspaceId, workflow_id: workflowId, version, is_right: isRight ? 1 : 0, reason, at_ms: atMs }
      await trx.insertInto('hit_audits').values(row).onConflict((conflict) => conflict.doNothing()).execute()
    },

    async find(runId: string): Promise<HitAudit | undefined> {
      const { rows } = await selectAudit(db, { runId })
      const row = rows[0]
      return row && { runId: row.run_id as RunId, workspaceId: row.workspace_id as WorkspaceId, workflowId: row.workflow_id as WorkflowRef['workflowId'], version: row.version, isRight: row.is_right === 1, reason: row.reason, atMs: row.at_ms }
    },

    /**
     * A person who named somebody else has the last word; a thumb up says that all was well; a thumb down speaks of the answer, so an
     * audit that found the hit right outweighs it.
     */
    async count({ workflowId, version, fromMs = 0 }: HitQuery, runner: Db | Trx = db): Promise<HitCounts> {
      const said = (kind: 'up' | 'down' | 'correction') => sql<number>`CASE WHEN EXISTS (SELECT 1 FROM feedback WHERE feedback.run_id = runs.run_id AND feedback.kind = ${sql.lit(kind)}) THEN 1 ELSE 0 END`
      const hits = runner
        .selectFrom('runs')
        .leftJoin('hit_audits', 'hit_audits.run_id', 'runs.run_id')
        .select(['hit_audits.is_right', said('up').as('up'), said('down').as('down'), said('correction').as('correction')])
        .where('runs.workflow_id', '=', workflowId)
        .where('runs.workflow_version', '=', version)
        .where('runs.layer', '=', 'automation')
        .where('runs.created_at_ms', '>=', fromMs)
        .orderBy('runs.run_id', 'desc')
        .limit(newestHits)
      const sum = (condition: string) => sql<number>`coalesce(sum(CASE WHEN ${sql.raw(condition)} THEN 1 ELSE 0 END), 0)`
      const row = await runner
        .selectFrom(hits.as('hits'))
        .select(({ fn }) => [
          fn.countAll<number>().as('hits'),
          fn.count<number>('is_right').as('audits'),
          sum('is_right IS NOT NULL OR up + down + correction > 0').as('looked'),
          sum('correction = 1 OR (up = 0 AND (is_right = 0 OR (is_right IS NULL AND down = 1))) OR (up = 1 AND down = 1 AND (is_right IS NULL OR is_right = 0))').as('wrong'),
        ])
        .executeTakeFirstOrThrow()
      return { hits: Number(row.hits), audits: Number(row.audits), looked: Number(row.looked), wrong: Number(row.wrong) }
    },
  }
}

const selectAudit = prepareQuery((runner, { runId }: { runId: string }) => runner.selectFrom('hit_audits').selectAll().where('run_id', '=', runId))

export type HitAuditStore = ReturnType<typeof createHitAuditStore>
