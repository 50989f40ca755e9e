import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { v7 } from 'uuid'
import type { Db, Trx } from './database.ts'
import { insertKeys } from './intake-queries.ts'
import type { Priority, Request, ScheduleId, WorkspaceId } from './records.ts'
import type { ScheduleRecord, ScheduleRule } from './schedule-records.ts'
import type { SchedulesTable } from './schema.ts'

/** Word for word the condition of the partial indexes. */
const isActive = sql<boolean>`status = 'active'`
const maxListed = 100

export const newScheduleId = (): ScheduleId => v7() as ScheduleId

export function createScheduleStore(db: Db) {
  const active = () => db.selectFrom('schedules').selectAll().where(isActive)
  return {
    /**
     * Stores a schedule, unless the key was taken before.
     * @returns the id of the one that holds the key
     */
    async insertOnce(trx: Trx, schedule: ScheduleRecord, dedupeKey: string, nowMs: number): Promise<ScheduleId> {
      const { scheduleId, request } = schedule
      const key = { workspace_id: request.workspaceId, dedupe_key: dedupeKey }
      const { rows } = await insertKeys(trx, [{ ...key, run_id: scheduleId, accepted_at_ms: nowMs }])
      if (rows.length === 0) {
        const first = await trx.selectFrom('accepted_keys').select('run_id').where('workspace_id', '=', key.workspace_id).where('dedupe_key', '=', dedupeKey).executeTakeFirstOrThrow()
        return first.run_id as ScheduleId
      }
      await trx.insertInto('schedules').values(asRow(schedule, nowMs)).execute()
      return scheduleId
    },

    async find(scheduleId: string): Promise<ScheduleRecord | undefined> {
      const row = await active().where('schedule_id', '=', scheduleId).executeTakeFirst()
      return row && asRecord(row)
    },

    /** Those of a channel, the next first. */
    async listChannel(workspaceId: WorkspaceId, channelId: string): Promise<ScheduleRecord[]> {
      const rows = await active().where('workspace_id', '=', workspaceId).where('channel_id', '=', channelId).orderBy('next_at_ms').limit(maxListed).execute()
      return rows.map(asRecord)
    },

    async count(trx: Trx, workspaceId: WorkspaceId, channelId?: string): Promise<number> {
      const all = trx.selectFrom('schedules').select(({ fn }) => fn.countAll<number>().as('count')).where(isActive).where('workspace_id', '=', workspaceId)
      const { count } = await (channelId === undefined ? all : all.where('channel_id', '=', channelId)).executeTakeFirstOrThrow()
      return Number(count)
    },

    /** What is due, the earliest first. */
    async due(nowMs: number, limit: number): Promise<ScheduleRecord[]> {
      return (await active().where('next_at_ms', '<=', nowMs).orderBy('next_at_ms').limit(limit).execute()).map(asRecord)
    },

    /** The moment at which the next one is due. */
    async nextAtMs(): Promise<number | undefined> {
      const row = await db.selectFrom('schedules').select(({ fn }) => fn.min('next_at_ms').as('at')).where(isActive).executeTakeFirst()
      return row?.at ?? undefined
    },

    /**
     * Takes an occurrence: from now on the next one counts, or none.
     * @returns false when somebody else took it, or it was cancelled
     */
    async advance(trx: Trx, scheduleId: ScheduleId, fromMs: number, nextAtMs: number | undefined): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('schedules')
        .set({ next_at_ms: nextAtMs ?? null, ...(nextAtMs === undefined ? { status: 'done' } : {}) })
        .where('schedule_id', '=', scheduleId)
        .where('next_at_ms', '=', fromMs)
        .where(isActive)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** @returns false when it was over already */
    async cancel(scheduleId: ScheduleId): Promise<boolean> {
      const { numUpdatedRows } = await db.updateTable('schedules').set({ status: 'cancelled', next_at_ms: null }).where('schedule_id', '=', scheduleId).where(isActive).executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

export type ScheduleStore = ReturnType<typeof createScheduleStore>

const asRow = ({ scheduleId, request, priority, rule, timeZone, nextAtMs }: ScheduleRecord, nowMs: number): SchedulesTable => ({
  schedule_id: scheduleId,
  workspace_id: request.workspaceId,
  channel_id: request.channelId,
  user_id: request.userId,
  request: JSON.stringify(request),
  priority,
  rule: JSON.stringify(rule),
  time_zone: timeZone,
  status: 'active',
  next_at_ms: nextAtMs,
  created_at_ms: nowMs,
})

const asRecord = (row: Selectable<SchedulesTable>): ScheduleRecord => ({
  scheduleId: row.schedule_id as ScheduleId,
  request: JSON.parse(row.request) as Request,
  priority: row.priority as Priority,
  rule: JSON.parse(row.rule) as ScheduleRule,
  timeZone: row.time_zone,
  nextAtMs: row.next_at_ms ?? 0,
})
