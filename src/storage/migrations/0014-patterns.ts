import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Classes of requests that recur, and which of them a run belongs to. */
export function patterns({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('patterns')
        .addColumn('pattern_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('examples', 'text', (column) => column.notNull())
        .addColumn('outcomes', 'text', (column) => column.notNull())
        .addColumn('workflow_id', 'text')
        .addColumn('runs', 'integer', (column) => column.notNull())
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .addColumn('last_seen_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('patterns_goal').on('patterns').columns(['workspace_id', 'goal_id', 'last_seen_at_ms']).execute()
      await schema.alterTable('runs').addColumn('pattern_id', 'text').execute()
      await schema.createIndex('runs_pattern').on('runs').columns(['pattern_id', 'run_id']).where(sql.ref('pattern_id'), 'is not', null).execute()
    },
  }
}
