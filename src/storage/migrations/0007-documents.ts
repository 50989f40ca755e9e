import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Long texts and files, with the passages they are quoted by. */
export function documents({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('documents')
        .addColumn('document_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('outline', 'text', (column) => column.notNull())
        .addColumn('passages', 'text', (column) => column.notNull())
        .addColumn('first_passage', 'integer', (column) => column.notNull())
        .addColumn('passage_count', 'integer', (column) => column.notNull())
        .addColumn('tokens', 'integer', (column) => column.notNull())
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('documents_run').on('documents').column('run_id').execute()
      await schema.createIndex('documents_age').on('documents').column('created_at_ms').execute()
      await schema
        .createTable('long_texts')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('at_ms', integer, (column) => column.notNull())
        .execute()
    },
  }
}
