import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** What is known of a run beside its answer: who decided, which model, how good, how long, and what went wrong. */
export function runFacts({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      for (const column of ['goal_id', 'layer', 'topology', 'model_id', 'failure_class']) await schema.alterTable('runs').addColumn(column, 'text').execute()
      await schema.alterTable('runs').addColumn('quality', 'integer').execute()
      await schema.alterTable('runs').addColumn('answer_ms', integer).execute()
      await schema.createIndex('runs_ended').on('runs').columns(['workspace_id', 'finished_at_ms']).where(sql.ref('finished_at_ms'), 'is not', null).execute()
    },
  }
}
