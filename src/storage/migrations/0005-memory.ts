import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What agents remember, with its vectors, the space those are in, and how far readers of the events have come. */
export function memory({ integer, blob }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('memory_spaces')
        .addColumn('workspace_id', 'text', (column) => column.primaryKey())
        .addColumn('embedder', 'text', (column) => column.notNull())
        .addColumn('dimension', 'integer', (column) => column.notNull())
        .addColumn('version', integer, (column) => column.notNull())
        .addColumn('deleted_version', integer, (column) => column.notNull())
        .execute()
      await schema
        .createTable('memory_items')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('item_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text')
        .addColumn('run_id', 'text')
        .addColumn('agent_id', 'text')
        .addColumn('at_ms', integer, (column) => column.notNull())
        .addColumn('expires_at_ms', integer)
        .addColumn('space', 'text', (column) => column.notNull())
        .addColumn('version', integer, (column) => column.notNull())
        .addColumn('vector', sql.raw(blob), (column) => column.notNull())
        .addPrimaryKeyConstraint('memory_items_pk', ['workspace_id', 'item_id'])
        .execute()
      await schema.createIndex('memory_items_version').on('memory_items').columns(['workspace_id', 'version', 'item_id']).execute()
      await schema.createIndex('memory_items_expiry').on('memory_items').column('expires_at_ms').execute()
      await schema
        .createTable('event_cursors')
        .addColumn('reader', 'text', (column) => column.primaryKey())
        .addColumn('seq', integer, (column) => column.notNull())
        .addColumn('owner', 'text')
        .addColumn('owned_until_ms', integer, (column) => column.notNull().defaultTo(0))
        .execute()
    },
  }
}
