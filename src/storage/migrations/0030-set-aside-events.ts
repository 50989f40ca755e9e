import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Events that a reader could not handle: how often it was tried, and since when it is passed over. */
export function setAsideEvents({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('set_aside_events')
        .addColumn('reader', 'text', (column) => column.notNull())
        .addColumn('seq', integer, (column) => column.notNull())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text')
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('error_code', 'text', (column) => column.notNull())
        .addColumn('tries', 'integer', (column) => column.notNull())
        .addColumn('tried_at_ms', integer, (column) => column.notNull())
        .addColumn('set_aside_at_ms', integer)
        .addPrimaryKeyConstraint('set_aside_events_pk', ['reader', 'seq'])
        .execute()
    },
  }
}
