import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Settings that are tuned by what comes of runs: their versions by workspace, and which version a run was done with. */
export function tunings({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('tunings')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('against_version', 'integer', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('step', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('figures', 'text')
        .addColumn('ended_by', 'text')
        .addColumn('started_at_ms', integer, (column) => column.notNull())
        .addColumn('ended_at_ms', integer)
        .addPrimaryKeyConstraint('tunings_pk', ['workspace_id', 'name', 'version'])
        .execute()
      await schema
        .createTable('run_tunings')
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('run_tunings_pk', ['run_id', 'name'])
        .execute()
      await schema.createIndex('run_tunings_version').on('run_tunings').columns(['workspace_id', 'name', 'version', 'run_id']).execute()
    },
  }
}
