import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Workflows with their versions, and which of them a run followed. */
export function workflows({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('workflows')
        .addColumn('workflow_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('pattern_id', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('current_version', 'integer', (column) => column.notNull())
        .addColumn('canary_version', 'integer')
        .addColumn('canary_share', 'double precision')
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('workflows_goal').on('workflows').columns(['workspace_id', 'goal_id', 'state', 'updated_at_ms']).execute()
      await schema
        .createTable('workflow_versions')
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('parent_version', 'integer')
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('author_id', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('recipe', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text')
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('workflow_versions_pk', ['workflow_id', 'version'])
        .execute()
      await schema.createIndex('workflow_versions_run').on('workflow_versions').column('run_id').execute()
      await schema.alterTable('runs').addColumn('workflow_id', 'text').execute()
      await schema.alterTable('runs').addColumn('workflow_version', 'integer').execute()
      await schema.createIndex('runs_workflow').on('runs').columns(['workflow_id', 'workflow_version', 'run_id']).where(sql.ref('workflow_id'), 'is not', null).execute()
    },
  }
}
