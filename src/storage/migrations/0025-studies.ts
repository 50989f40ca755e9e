import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What Murmur looks into by itself, what a workspace has switched on or off, and which failures its admins were told of. */
export function studies({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('studies')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('about_run_id', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text')
        .addColumn('detail', 'text')
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .addColumn('ended_at_ms', integer)
        .execute()
      await schema.createIndex('studies_about').unique().on('studies').columns(['workflow_id', 'kind', 'about_run_id']).execute()
      await schema.createIndex('studies_workspace').on('studies').columns(['workspace_id', 'created_at_ms']).execute()
      await schema
        .createTable('workspace_switches')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('is_on', 'integer', (column) => column.notNull())
        .addColumn('changed_by', 'text', (column) => column.notNull())
        .addColumn('changed_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('workspace_switches_pk', ['workspace_id', 'name'])
        .execute()
      await schema
        .createTable('failure_reports')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('failure_class', 'text', (column) => column.notNull())
        .addColumn('cause', 'text', (column) => column.notNull())
        .addColumn('reported_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('failure_reports_pk', ['workspace_id', 'failure_class', 'cause'])
        .execute()
    },
  }
}
