import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** How many runs of a goal came since its patterns were grouped anew, and which process is at it. */
export function patternRegroupings({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('pattern_regroupings')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('waiting', 'integer', (column) => column.notNull())
        .addColumn('due_from', 'integer', (column) => column.notNull())
        .addColumn('regrouped_at_ms', integer, (column) => column.notNull())
        .addColumn('owner', 'text')
        .addColumn('owned_until_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('pattern_regroupings_pk', ['workspace_id', 'goal_id'])
        .execute()
      await schema.createIndex('pattern_regroupings_waiting').on('pattern_regroupings').columns(['waiting']).execute()
    },
  }
}
