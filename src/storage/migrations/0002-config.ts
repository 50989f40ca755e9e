import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Configuration files that a workspace brought in itself. */
export function config({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('config_overrides')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('file', 'text', (column) => column.notNull())
        .addColumn('json', 'text', (column) => column.notNull())
        .addColumn('updated_by', 'text', (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('config_overrides_pk', ['workspace_id', 'file'])
        .execute()
    },
  }
}
