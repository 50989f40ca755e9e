import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'
import { inKeyOrder } from '../in-key-order.ts'

/** Limits, what was spent and is held per scope and day, open reservations, and which channel belongs to which project. */
export function budgets(traits: EngineTraits) {
  const { integer } = traits
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('budget_limits')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('limits', 'text', (column) => column.notNull())
        .addColumn('updated_by', 'text', (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('budget_limits_pk', ['workspace_id', 'scope'])
        .execute()
      await schema
        .createTable('budget_spend')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('reserved_micro_usd', integer, (column) => column.notNull().defaultTo(0))
        .addColumn('settled_micro_usd', integer, (column) => column.notNull().defaultTo(0))
        .addColumn('limit_micro_usd', integer, (column) => column.notNull())
        .addColumn('raised_micro_usd', integer, (column) => column.notNull().defaultTo(0))
        .addColumn('warned', 'integer', (column) => column.notNull().defaultTo(0))
        .addPrimaryKeyConstraint('budget_spend_pk', ['workspace_id', 'scope', 'day'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema
        .createTable('reservations')
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('step_key', 'text', (column) => column.notNull())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('scopes', 'text', (column) => column.notNull())
        .addColumn('amount_micro_usd', integer, (column) => column.notNull())
        .addColumn('expires_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('reservations_pk', ['run_id', 'step_key'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema.createIndex('reservations_expiry').on('reservations').column('expires_at_ms').execute()
      await schema
        .createTable('goal_channels')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('channel_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('goal_channels_pk', ['workspace_id', 'channel_id'])
        .execute()
      await schema.createIndex('runs_workspace').on('runs').columns(['workspace_id', 'run_id']).execute()
      await schema.createIndex('feedback_user').on('feedback').columns(['workspace_id', 'user_id', 'created_at_ms']).execute()
      await schema.createIndex('tasks_waiting').on('tasks').column('task_id').where(sql.ref('status'), '=', 'waiting').execute()
      await schema.alterTable('runs').addColumn('waiting_for', 'text').execute()
      await schema.alterTable('ledger').addColumn('reserved_micro_usd', integer).execute()
      await schema.alterTable('ledger').addColumn('saved_micro_usd', integer).execute()
    },
  }
}
