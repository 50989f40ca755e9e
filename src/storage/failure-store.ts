import type { Db, Trx } from './database.ts'
import type { FailureClass } from './failure-class.ts'
import type { RunId, WorkspaceId } from './records.ts'

/** Failures that have one cause: the same class, error and model. */
export interface FailureKind {
  readonly workspaceId: WorkspaceId
  readonly failureClass: FailureClass
  readonly errorCode: string
  /** The model that was asked first; empty where none was. */
  readonly modelId: string
}

export interface FailureTally {
  /** Runs to which this happened, and all that ended in that time. */
  readonly failed: number
  readonly ended: number
  readonly channels: number
  readonly firstAtMs: number
}

const fixedMessageTier = 4

/** Runs that nobody could answer, and when admins were told of their kind. */
export function createFailureStore(db: Db) {
  const keyOf = ({ workspaceId, failureClass, errorCode, modelId }: FailureKind) => ({ workspace_id: workspaceId, failure_class: failureClass, cause: `${errorCode} ${modelId}`.trim() })
  return {
    /** The model whose call failed first in a run. */
    async modelOf(runId: RunId): Promise<string | undefined> {
      const row = await db.selectFrom('ledger').select('model_id').where('run_id', '=', runId).where('outcome', '!=', 'ok').orderBy('at_ms').orderBy('entry_id').executeTakeFirst()
      return row?.model_id
    },

    /** @returns when admins were told last; undefined where they never were */
    async reportedAtMs(kind: FailureKind): Promise<number | undefined> {
      const row = await db.selectFrom('failure_reports').select('reported_at_ms').where((eb) => eb.and(keyOf(kind))).executeTakeFirst()
      return row?.reported_at_ms
    },

    /** Takes the report for the caller. @returns false when it was made after `beforeMs`, by whatever process */
    async claim(trx: Trx, kind: FailureKind, nowMs: number, beforeMs: number): Promise<boolean> {
      const { numInsertedOrUpdatedRows = 0n } = await trx
        .insertInto('failure_reports')
        .values({ ...keyOf(kind), reported_at_ms: nowMs })
        .onConflict((conflict) => conflict.columns(['workspace_id', 'failure_class', 'cause']).doUpdateSet({ reported_at_ms: nowMs }).where('failure_reports.reported_at_ms', '<=', beforeMs))
        .executeTakeFirst()
      return numInsertedOrUpdatedRows > 0n
    },

    /** What happened in a workspace since a moment. */
    async tally({ workspaceId, failureClass, errorCode }: FailureKind, sinceMs: number): Promise<FailureTally> {
      const ended = db.selectFrom('runs').where('workspace_id', '=', workspaceId).where('finished_at_ms', '>=', sinceMs).where('status', 'in', ['completed', 'failed'])
      const all = await ended.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      const row = await ended
        .where('failure_class', '=', failureClass)
        .where('error_code', '=', errorCode)
        .where(({ or, eb }) => or([eb('status', '=', 'failed'), eb('tier', '=', fixedMessageTier)]))
        .select(({ fn }) => [fn.countAll<number>().as('failed'), fn.count<number>('channel_id').distinct().as('channels'), fn.min('finished_at_ms').as('first')])
        .executeTakeFirstOrThrow()
      return { failed: Number(row.failed), ended: Number(all.count), channels: Number(row.channels), firstAtMs: Number(row.first ?? sinceMs) }
    },
  }
}

export type FailureStore = ReturnType<typeof createFailureStore>
