import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What audits said of requests that an automation took, and from when on what is known of an automation counts. */
export function hitAudits({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('hit_audits')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('is_right', 'integer', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.alterTable('workflows').addColumn('watched_from_ms', integer).execute()
    },
  }
}
