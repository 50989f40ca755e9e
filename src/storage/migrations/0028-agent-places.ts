import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Which agents are at work, in which process and until when that counts; and one row a goal, which whoever counts them holds. */
export function agentPlaces({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('agent_places')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('agent_id', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('until_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('agent_places_pk', ['workspace_id', 'goal_id', 'agent_id', 'owner'])
        .execute()
      await schema.createIndex('agent_places_owner').on('agent_places').columns(['owner']).execute()
      await schema
        .createTable('agent_place_turns')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('turns', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('agent_place_turns_pk', ['workspace_id', 'goal_id'])
        .execute()
    },
  }
}
