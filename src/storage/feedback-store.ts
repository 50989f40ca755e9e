import type { Db, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { FeedbackKind, FeedbackRecord, RunId, WorkspaceId } from './records.ts'

/** What more people say of one run is not read. */
const maxOfRun = 200

/** Feedback of people on runs: one thumb per person and run, which may change its mind. */
export function createFeedbackStore(db: Db) {
  return {
    /** @returns `same` when the person had said so already, `reworded` with another text, `changed` when they had said the opposite */
    async put(trx: Trx, workspaceId: WorkspaceId, feedback: FeedbackRecord): Promise<'new' | 'changed' | 'reworded' | 'same'> {
      const opposite: FeedbackKind | undefined = feedback.kind === 'up' ? 'down' : feedback.kind === 'down' ? 'up' : undefined
      const { numDeletedRows } = await trx
        .deleteFrom('feedback')
        .where('run_id', '=', feedback.runId)
        .where('user_id', '=', feedback.userId)
        .where('kind', '=', opposite ?? '')
        .executeTakeFirst()
      const inserted = await trx
        .insertInto('feedback')
        .values({
          workspace_id: workspaceId,
          run_id: feedback.runId,
          user_id: feedback.userId,
          kind: feedback.kind,
          text: feedback.text,
          created_at_ms: feedback.createdAtMs,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (Number(inserted.numInsertedOrUpdatedRows ?? 0) > 0) return numDeletedRows > 0n ? 'changed' : 'new'
      const { numUpdatedRows } = await trx
        .updateTable('feedback')
        .set({ text: feedback.text, created_at_ms: feedback.createdAtMs })
        .where('run_id', '=', feedback.runId)
        .where('user_id', '=', feedback.userId)
        .where('kind', '=', feedback.kind)
        .where('text', '!=', feedback.text)
        .executeTakeFirst()
      return numUpdatedRows > 0n ? 'reworded' : 'same'
    },

    async listForRun(runId: string): Promise<FeedbackRecord[]> {
      const { rows } = await selectOfRun(db, { runId })
      return rows.map((row) => ({
        runId: row.run_id as RunId,
        userId: row.user_id,
        kind: row.kind as FeedbackKind,
        text: row.text,
        createdAtMs: row.created_at_ms,
      }))
    },
  }
}

const selectOfRun = prepareQuery((runner, { runId }: { runId: string }) => runner.selectFrom('feedback').selectAll().where('run_id', '=', runId).orderBy('created_at_ms').limit(maxOfRun))

export type FeedbackStore = ReturnType<typeof createFeedbackStore>
