import type { Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'
import { inKeyOrder } from '../in-key-order.ts'

/** Agents as stored configurations, how many were spawned per day, what is known of their work, and their mail. */
export function agents(traits: EngineTraits) {
  const { integer } = traits
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('agents')
        .addColumn('agent_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('specialty_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('config', 'text', (column) => column.notNull())
        .addColumn('parent_agent_id', 'text')
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('runs_ended', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('judged_at_run', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .addColumn('last_used_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('agents_goal').on('agents').columns(['workspace_id', 'goal_id', 'status', 'last_used_at_ms']).execute()
      await schema
        .createTable('agent_days')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('goal_id', 'text', (column) => column.notNull())
        .addColumn('day', 'text', (column) => column.notNull())
        .addColumn('spawned', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('agent_days_pk', ['workspace_id', 'goal_id', 'day'])
        .execute()
      await schema
        .createTable('agent_profiles')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('metric', 'text', (column) => column.notNull())
        .addColumn('count', 'integer', (column) => column.notNull())
        .addColumn('mean', 'double precision', (column) => column.notNull())
        .addColumn('weight', 'double precision', (column) => column.notNull())
        .addColumn('updated_at_ms', integer, (column) => column.notNull())
        .addPrimaryKeyConstraint('agent_profiles_pk', ['workspace_id', 'subject', 'metric'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema
        .createTable('agent_messages')
        .addColumn('message_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('from_agent_id', 'text', (column) => column.notNull())
        .addColumn('to_agent_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('text', 'text', (column) => column.notNull())
        .addColumn('at_ms', integer, (column) => column.notNull())
        .addColumn('read_at_ms', integer)
        .execute()
      await schema.createIndex('agent_messages_inbox').on('agent_messages').columns(['to_agent_id', 'read_at_ms', 'message_id']).execute()
      await schema.alterTable('runs').addColumn('agent_id', 'text').execute()
    },
  }
}
