import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'
import { inKeyOrder } from '../in-key-order.ts'

/** Runs, tasks, steps, posts, ledger, events, feedback, installations. */
export function firstSlice(traits: EngineTraits) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const { schema } = db
      const bigint = traits.integer
      await schema
        .createTable('accepted_keys')
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('dedupe_key', 'text', (column) => column.notNull())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('accepted_at_ms', bigint, (column) => column.notNull())
        .addPrimaryKeyConstraint('accepted_keys_pk', ['workspace_id', 'dedupe_key'])
        .$call(inKeyOrder(traits))
        .execute()
      await schema.createIndex('accepted_keys_age').on('accepted_keys').column('accepted_at_ms').execute()
      await schema
        .createTable('runs')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('channel_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('thread_id', 'text')
        .addColumn('request', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('specialty_id', 'text')
        .addColumn('route', 'text')
        .addColumn('answer', 'text')
        .addColumn('tier', 'integer')
        .addColumn('cost_micro_usd', bigint, (column) => column.notNull().defaultTo(0))
        .addColumn('error_code', 'text')
        .addColumn('cancelled_by', 'text')
        .addColumn('created_at_ms', bigint, (column) => column.notNull())
        .addColumn('started_at_ms', bigint)
        .addColumn('finished_at_ms', bigint)
        .execute()
      await schema.createIndex('runs_thread').on('runs').columns(['workspace_id', 'channel_id', 'thread_id', 'run_id']).execute()
      await schema.createIndex('runs_channel').on('runs').columns(['workspace_id', 'channel_id', 'run_id']).execute()
      await schema.createIndex('runs_user').on('runs').columns(['workspace_id', 'user_id', 'run_id']).execute()
      await schema
        .createTable('tasks')
        .addColumn('task_id', 'text', (column) => column.primaryKey())
        .addColumn('run_id', 'text', (column) => column.notNull())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('priority', 'integer', (column) => column.notNull())
        .addColumn('lane', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('run_at_ms', bigint, (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('max_attempts', 'integer', (column) => column.notNull())
        .addColumn('lease_owner', 'text')
        .addColumn('lease_until_ms', bigint)
        .addColumn('last_error', 'text')
        .addColumn('created_at_ms', bigint, (column) => column.notNull())
        .$call(inKeyOrder(traits))
        .execute()
      // Partial: claiming looks at open tasks only, however many finished ones are kept.
      await schema.createIndex('tasks_open').on('tasks').columns(['priority', 'task_id']).where(sql.ref('status'), 'in', ['queued', 'running']).execute()
      await schema.createIndex('tasks_lane').on('tasks').columns(['lane', 'task_id']).where(sql.ref('status'), 'in', ['queued', 'running']).execute()
      await schema.createIndex('tasks_run').on('tasks').column('run_id').execute()
      await createJournal(db, traits)
      await createRecords(db, traits)
    },
  }
}

async function createJournal({ schema }: Kysely<unknown>, traits: EngineTraits): Promise<void> {
  const { integer } = traits
  await schema
    .createTable('steps')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('step_key', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('result', 'text')
    .addColumn('at_ms', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('steps_pk', ['run_id', 'step_key'])
    .$call(inKeyOrder(traits))
    .execute()
  await schema
    .createTable('posts')
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('message_id', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('step_key', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('posts_pk', ['workspace_id', 'channel_id', 'message_id'])
    .$call(inKeyOrder(traits))
    .execute()
  await schema
    .createTable('ledger')
    .addColumn('entry_id', 'text', (column) => column.primaryKey())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('goal_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('step_key', 'text', (column) => column.notNull())
    .addColumn('model_id', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('amount_micro_usd', integer)
    .addColumn('input_tokens', 'integer', (column) => column.notNull())
    .addColumn('cached_input_tokens', 'integer', (column) => column.notNull())
    .addColumn('output_tokens', 'integer', (column) => column.notNull())
    .addColumn('latency_ms', 'integer', (column) => column.notNull())
    .addColumn('at_ms', integer, (column) => column.notNull())
    .$call(inKeyOrder(traits))
    .execute()
  await schema.createIndex('ledger_goal').on('ledger').columns(['workspace_id', 'goal_id', 'at_ms']).execute()
  await schema.createIndex('ledger_run').on('ledger').column('run_id').execute()
}

async function createRecords({ schema }: Kysely<unknown>, { integer, sequence, needsAutoIncrement }: EngineTraits): Promise<void> {
  await schema
    .createTable('events')
    .addColumn('seq', sequence, (column) => (needsAutoIncrement ? column.primaryKey().autoIncrement() : column.primaryKey()))
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('run_id', 'text')
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('at_ms', integer, (column) => column.notNull())
    .execute()
  await schema
    .createTable('feedback')
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('workspace_id', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('feedback_pk', ['run_id', 'user_id', 'kind'])
    .execute()
  await schema
    .createTable('installations')
    .addColumn('installation_id', 'text', (column) => column.primaryKey())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('updated_at_ms', integer, (column) => column.notNull())
    .execute()
}
