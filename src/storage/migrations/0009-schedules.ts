import { sql, type Kysely } from 'kysely'
import type { EngineTraits } from '../engine-traits.ts'

/** Requests that people have made for later, once or again and again. */
export function schedules({ integer }: EngineTraits) {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema
        .createTable('schedules')
        .addColumn('schedule_id', 'text', (column) => column.primaryKey())
        .addColumn('workspace_id', 'text', (column) => column.notNull())
        .addColumn('channel_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('request', 'text', (column) => column.notNull())
        .addColumn('priority', 'text', (column) => column.notNull())
        .addColumn('rule', 'text', (column) => column.notNull())
        .addColumn('time_zone', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('next_at_ms', integer)
        .addColumn('created_at_ms', integer, (column) => column.notNull())
        .execute()
      await schema.createIndex('schedules_due').on('schedules').column('next_at_ms').where(sql.ref('status'), '=', 'active').execute()
      await schema.createIndex('schedules_channel').on('schedules').columns(['workspace_id', 'channel_id', 'schedule_id']).where(sql.ref('status'), '=', 'active').execute()
    },
  }
}
