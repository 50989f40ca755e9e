import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What the learned router has to learn from, and the model it has made of it. */
export function routeLessons({ integer, blob }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('route_lessons')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('seq', integer, (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('specialty_id', 'text', (column) => column.notNull())
        .addColumn('named_id', 'text')
        .addColumn('user_id', 'text')
        .addColumn('text', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('route_lessons_pk', ['workspace_id', 'seq'])
        .execute()
      await schema.createIndex('route_lessons_kind').on('route_lessons').columns(['workspace_id', 'kind']).execute()
      await schema
        .createTable('route_models')
        .addColumn('workspace_id', 'text', (column) => column.primaryKey())
        .addColumn('basis', 'text', (column) => column.notNull())
        .addColumn('up_to', integer, (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .execute()
      await schema
        .createTable('route_model_parts')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('part', 'integer', (column) => column.notNull())
        .addColumn('bytes', sql.raw(blob), (column) => column.notNull())
        .addPrimaryKeyConstraint('route_model_parts_pk', ['workspace_id', 'version', 'part'])
        .execute()
    },
  }
}
