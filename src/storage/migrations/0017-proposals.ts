import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Improvements that wait for an admin, and the workspaces that want it so. */
export function proposals({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('approval_rules')
        .addColumn('workspace_id', 'text', (column) => column.primaryKey())
        .addColumn('is_on', 'integer', (column) => column.notNull())
        .addColumn('changed_by', 'text', (column) => column.notNull())
        .addColumn('changed_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema
        .createTable('proposals')
        .addColumn('proposal_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('author_id', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('change', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('decided_by', 'text')
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('proposals_goal').on('proposals').columns(['workspace_id', 'goal_id', 'state', 'proposal_id']).execute()
    },
  }
}
