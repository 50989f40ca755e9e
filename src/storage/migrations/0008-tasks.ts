import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** The order of the queue with ageing and deadlines; tasks made of parts; runs that failed by channel. */
export function tasks({ integer }: EngineTraits) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      const { schema } = db
      await schema.alterTable('tasks').addColumn('level', integer, (column) => column.notNull().defaultTo(0)).execute()
      await schema.alterTable('tasks').addColumn('due_ms', integer, (column) => column.notNull().defaultTo(Number.MAX_SAFE_INTEGER)).execute()
      await schema.alterTable('tasks').addColumn('parts', 'integer', (column) => column.notNull().defaultTo(0)).execute()
      await schema.alterTable('tasks').addColumn('parts_ended', 'integer', (column) => column.notNull().defaultTo(0)).execute()
      await schema.alterTable('tasks').addColumn('wakes', 'integer', (column) => column.notNull().defaultTo(0)).execute()
      await schema.alterTable('tasks').addColumn('progress', 'text').execute()
      // The half hours of task-order.ts, as they were when this was written.
      await sql`update tasks set level = created_at_ms / 1800000 + priority`.execute(db)
      await schema.dropIndex('tasks_open').execute()
      await schema.createIndex('tasks_open').on('tasks').columns(['level', 'due_ms', 'task_id']).where(sql.ref('status'), 'in', ['queued', 'running']).execute()
      await schema.alterTable('runs').addColumn('parent_run_id', 'text').execute()
      await schema.createIndex('runs_parent').on('runs').columns(['parent_run_id', 'run_id']).where(sql.ref('parent_run_id'), 'is not', null).execute()
      await schema.createIndex('runs_failed').on('runs').columns(['workspace_id', 'channel_id', 'run_id']).where(sql.ref('status'), '=', 'failed').execute()
    },
  }
}
