import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import type { FailureClass } from './failure-class.ts'
import type { WorkspaceId } from './records.ts'

/**
 * Another way to an answer. `plain`: the same model with a fixed prompt and no tools; `other_model`: the same specialist without tools on
 * a model that has not failed; `other_specialist`: the one that came second for the request, without tools; `stored`: an earlier answer.
 */
export const remedyNames = ['plain', 'other_model', 'other_specialist', 'stored'] as const
export type RemedyName = (typeof remedyNames)[number]

/** One remedy that a run has tried. */
export interface TriedRemedy {
  readonly remedy: RemedyName
  readonly isSuccess: boolean
}

/** How often a remedy was tried and helped; both fade, so that the last twenty or so count. */
export interface RemedyRecord {
  readonly tries: number
  readonly successes: number
}

const retention = 0.95

/** What helped after failures, by workspace and class: a row for each remedy. */
export function createRemedyStore({ db }: Pick<Database, 'db'>) {
  return {
    async read(workspaceId: WorkspaceId, failureClass: FailureClass): Promise<ReadonlyMap<RemedyName, RemedyRecord>> {
      const rows = await db.selectFrom('remedies').select(['remedy', 'tries', 'successes']).where('workspace_id', '=', workspaceId).where('failure_class', '=', failureClass).execute()
      return new Map(rows.map(({ remedy, tries, successes }) => [remedy as RemedyName, { tries, successes }]))
    },

    async note(trx: Trx, workspaceId: WorkspaceId, failureClass: FailureClass, tried: readonly TriedRemedy[], nowMs: number): Promise<void> {
      // In one order for everybody, so that no two transactions wait for each other.
      for (const { remedy, isSuccess } of tried.toSorted((a, b) => (a.remedy < b.remedy ? -1 : 1))) {
        const gained = isSuccess ? 1 : 0
        await trx
          .insertInto('remedies')
          .values({ workspace_id: workspaceId, failure_class: failureClass, remedy, tries: 1, successes: gained, updated_at_ms: nowMs })
          .onConflict((conflict) =>
            conflict.columns(['workspace_id', 'failure_class', 'remedy']).doUpdateSet({
              tries: sql`remedies.tries * ${sql.lit(retention)} + 1`,
              successes: sql`remedies.successes * ${sql.lit(retention)} + ${sql.lit(gained)}`,
              updated_at_ms: nowMs,
            }),
          )
          .execute()
      }
    },
  }
}

export type RemedyStore = ReturnType<typeof createRemedyStore>
