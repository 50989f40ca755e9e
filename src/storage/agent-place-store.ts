import type { Database } from './database.ts'
import { prepareQuery } from './prepared-query.ts'

/** An agent at work for a goal in one process. */
export interface AgentPlace {
  readonly workspaceId: string
  readonly goalId: string
  readonly agentId: string
  /** The process. */
  readonly owner: string
}

export interface PlaceTerms {
  /** Agents of the goal that may be at work at once, in all processes together. */
  readonly limit: number
  readonly nowMs: number
  /** From then on it no longer counts, unless it was kept. */
  readonly untilMs: number
}

/** Counts the agents at work across processes, exactly: whoever counts a goal's agents holds its row, so one counts after the other. */
export function createAgentPlaceStore({ db }: Database) {
  return {
    /** @returns false when as many other agents of the goal are at work as may be; an agent at work in several processes counts once */
    take: (place: AgentPlace, { limit, nowMs, untilMs }: PlaceTerms): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        await holdGoal(trx, place)
        const { rows } = await countOthers(trx, { ...place, nowMs })
        if (Number(rows[0]?.count ?? 0) >= limit) return false
        await insertPlace(trx, { ...place, untilMs })
        return true
      }),

    async leave(place: AgentPlace): Promise<void> {
      await deletePlace(db, place)
    },

    async keep(owner: string, untilMs: number): Promise<void> {
      await db.updateTable('agent_places').set({ until_ms: untilMs }).where('owner', '=', owner).execute()
    },

    /** Drops what processes left that are gone. */
    async dropLapsed(beforeMs: number): Promise<void> {
      await db.deleteFrom('agent_places').where('until_ms', '<', beforeMs).execute()
    },
  }
}

export type AgentPlaceStore = ReturnType<typeof createAgentPlaceStore>

const holdGoal = prepareQuery((runner, { workspaceId, goalId }: AgentPlace) =>
  runner
    .insertInto('agent_place_turns')
    .values((row) => ({ workspace_id: workspaceId, goal_id: goalId, turns: row.lit(1) }))
    .onConflict((conflict) => conflict.columns(['workspace_id', 'goal_id']).doUpdateSet((row) => ({ turns: row('agent_place_turns.turns', '+', row.lit(1)) }))),
)

const countOthers = prepareQuery((runner, { workspaceId, goalId, agentId, nowMs }: AgentPlace & { readonly nowMs: number }) =>
  runner
    .selectFrom('agent_places')
    .select(({ fn }) => fn.count<number>('agent_id').distinct().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('goal_id', '=', goalId)
    .where('agent_id', '!=', agentId)
    .where('until_ms', '>', nowMs),
)

const insertPlace = prepareQuery((runner, { workspaceId, goalId, agentId, owner, untilMs }: AgentPlace & { readonly untilMs: number }) =>
  runner
    .insertInto('agent_places')
    .values({ workspace_id: workspaceId, goal_id: goalId, agent_id: agentId, owner, until_ms: untilMs })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'goal_id', 'agent_id', 'owner']).doUpdateSet((row) => ({ until_ms: row.ref('excluded.until_ms') }))),
)

const deletePlace = prepareQuery((runner, { workspaceId, goalId, agentId, owner }: AgentPlace) =>
  runner.deleteFrom('agent_places').where('workspace_id', '=', workspaceId).where('goal_id', '=', goalId).where('agent_id', '=', agentId).where('owner', '=', owner),
)
