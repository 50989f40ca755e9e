import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What was tried after a failure of a class, and how often it helped, by workspace. */
export function remedies({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('remedies')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('failure_class', 'text', (column) => column.notNull())
        .addColumn('remedy', 'text', (column) => column.notNull())
        .addColumn('tries', 'double precision', (column) => column.notNull())
        .addColumn('successes', 'double precision', (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('remedies_pk', ['workspace_id', 'failure_class', 'remedy'])
        .execute()
    },
  }
}
