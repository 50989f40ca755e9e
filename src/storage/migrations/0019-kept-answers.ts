import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Answers that people found good, by their question; and what a run's settings were, so that an answer made with others is not given. */
export function keptAnswers({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema.alterTable('runs').addColumn('settings_basis', 'text').execute()
      await schema
        .createTable('kept_answers')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('question_key', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('expires_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('kept_answers_pk', ['workspace_id', 'question_key'])
        .execute()
      await schema.createIndex('kept_answers_age').on('kept_answers').column('expires_at_ms').execute()
    },
  }
}
