import type { ExpressionBuilder } from 'kysely'
import type { Database, Trx } from './database.ts'
import { prepareQuery } from './prepared-query.ts'
import type { WorkspaceId } from './records.ts'
import type { Schema } from './schema.ts'

/** A goal whose patterns are to be grouped anew, as this process has taken it on. */
export interface RegroupingTurn {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  /** Runs that had come since the last time when it was taken on. */
  readonly waiting: number
  readonly owner: string
}

export interface TurnQuery {
  /** Names this process among those that share the store. */
  readonly owner: string
  readonly nowMs: number
  /** Until when nobody else takes it on. */
  readonly untilMs: number
  /** Goals with any new run are due that were grouped before this moment. */
  readonly groupedBeforeMs: number
}

/** Which goals are to be grouped anew: counted in the transactions that put runs into patterns, and taken on by one process at a time. */
export function createRegroupingStore({ db, traits }: Database) {
  /** Where there is one process only, what another one has taken on is a dead one's. */
  const isFree = ({ eb, or }: ExpressionBuilder<Schema, 'pattern_regroupings'>, { owner, nowMs }: TurnQuery) =>
    or([eb('owner', 'is', null), eb('owned_until_ms', '<=', nowMs), ...(traits.isSingleProcess ? [eb('owner', '!=', owner)] : [])])
  return {
    /** One run more. @param dueFrom where the goal is new: so many runs make it due. @returns whether it is due now */
    async count(trx: Trx, { workspaceId, goalId }: Pick<RegroupingTurn, 'workspaceId' | 'goalId'>, dueFrom: number, nowMs: number): Promise<boolean> {
      const { rows } = await countRun(trx, { workspaceId, goalId, dueFrom, nowMs })
      return rows.some((row) => row.waiting >= row.due_from)
    },

    /** Takes on the goal with the most new runs among those that are due. */
    async take(query: TurnQuery): Promise<RegroupingTurn | undefined> {
      const { owner, untilMs, groupedBeforeMs } = query
      const isOpen = (expression: ExpressionBuilder<Schema, 'pattern_regroupings'>) => {
        const { eb, and, or, ref } = expression
        return and([eb('waiting', '>', 0), or([eb('waiting', '>=', ref('due_from')), eb('regrouped_at_ms', '<=', groupedBeforeMs)]), isFree(expression, query)])
      }
      const found = await db.selectFrom('pattern_regroupings').select(['workspace_id', 'goal_id']).where(isOpen).orderBy('waiting', 'desc').limit(1).executeTakeFirst()
      if (!found) return undefined
      const row = await db
        .updateTable('pattern_regroupings')
        .set({ owner, owned_until_ms: untilMs })
        .where('workspace_id', '=', found.workspace_id)
        .where('goal_id', '=', found.goal_id)
        .where(isOpen)
        .returning('waiting')
        .executeTakeFirst()
      return row && { workspaceId: found.workspace_id as WorkspaceId, goalId: found.goal_id, waiting: row.waiting, owner }
    },

    /** Gives a turn back as it was. */
    async release({ workspaceId, goalId, owner }: RegroupingTurn): Promise<void> {
      await db.updateTable('pattern_regroupings').set({ owner: null, owned_until_ms: 0 }).where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('owner', '=', owner).execute()
    },

    /**
     * Ends a turn in the transaction of what it changed; runs that came meanwhile count for the next.
     * @returns false when another process has taken it on since: then nothing of it may stay
     */
    async end(trx: Trx, { workspaceId, goalId, waiting, owner }: RegroupingTurn, dueFrom: number, nowMs: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('pattern_regroupings')
        .set((row) => ({ waiting: row('waiting', '-', waiting), due_from: dueFrom, regrouped_at_ms: nowMs, owner: null, owned_until_ms: 0 }))
        .where('workspace_id', '=', workspaceId)
        .where('goal_id', '=', goalId)
        .where('owner', '=', owner)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

const countRun = prepareQuery((runner, { workspaceId, goalId, dueFrom, nowMs }: { workspaceId: string; goalId: string; dueFrom: number; nowMs: number }) =>
  runner
    .insertInto('pattern_regroupings')
    .values({ workspace_id: workspaceId, goal_id: goalId, waiting: 1, due_from: dueFrom, regrouped_at_ms: nowMs, owner: null, owned_until_ms: 0 })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'goal_id']).doUpdateSet((row) => ({ waiting: row('pattern_regroupings.waiting', '+', 1) })))
    .returning(['waiting', 'due_from']),
)

export type RegroupingStore = ReturnType<typeof createRegroupingStore>
