import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'
import { inKeyOrder } from '../in-key-order.ts'

/** Counts by day and hour, how far they go, how long runs waited for people, and what was prepared ahead. */
export function stats(traits: EngineTraits) {
  const { integer } = traits
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('stat_days')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('measure', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('count', integer, (column) => column.notNull())
        .addColumn('total', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('stat_days_pk', ['workspace_id', 'day', 'measure', 'subject'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema
        .createTable('stat_hours')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('hour_ms', integer, (column) => column.notNull())
        .addColumn('runs', integer, (column) => column.notNull())
        .addColumn('cost_micro_usd', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('stat_hours_pk', ['workspace_id', 'hour_ms'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema
        .createTable('stat_progress')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('seq', integer, (column) => column.notNull())
        .execute()
      await schema.alterTable('runs').addColumn('waiting_since_ms', integer).execute()
      await schema.alterTable('runs').addColumn('waited_ms', integer).execute()
      await schema
        .createTable('habits')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('cue', 'text', (column) => column.notNull())
        .addColumn('specialty_id', 'text', (column) => column.notNull())
        .addColumn('weight', 'double precision', (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('habits_pk', ['workspace_id', 'goal_id', 'cue', 'specialty_id'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema.createIndex('habits_cue').on('habits').columns(['cue', 'weight']).execute()
      await schema
        .createTable('warmups')
        .addColumn('warmup_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('specialty_id', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('chance', 'double precision', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('at_ms', integer, (column) => column.notNull())
        .addColumn('until_ms', integer, (column) => column.notNull())
        .addColumn('run_id', 'text')
        .execute()
      // At most one of a kind is open, however many processes think of it.
      await schema.createIndex('warmups_open').unique().on('warmups').columns(['workspace_id', 'goal_id', 'specialty_id']).where(sql.ref('state'), '=', 'open').execute()
      await schema.createIndex('warmups_time').on('warmups').columns(['workspace_id', 'at_ms', 'state']).execute()
    },
  }
}
