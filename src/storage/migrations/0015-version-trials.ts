import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Versions of workflows that have to show themselves against the one they replaced. */
export function versionTrials({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('version_trials')
        .addColumn('workflow_id', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('against_version', 'integer', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('figures', 'text')
        .addColumn('started_at_ms', integer, (column) => column.notNull())
        .addColumn('ended_at_ms', integer)
        .addPrimaryKeyConstraint('version_trials_pk', ['workflow_id', 'version'])
        .execute()
    },
  }
}
