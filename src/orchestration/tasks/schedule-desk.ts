import { MurmurError } from '../../errors.ts'
import type { Database } from '../../storage/database.ts'
import type { WorkspaceId } from '../../storage/records.ts'
import type { ScheduleRecord } from '../../storage/schedule-records.ts'
import { newScheduleId, type ScheduleStore } from '../../storage/schedule-store.ts'
import { nextOccurrence } from './occurrences.ts'

export interface ScheduleDeskDeps {
  readonly database: Database
  readonly schedules: ScheduleStore
  readonly nowMs: () => number
  /** The scheduler looks again. */
  readonly wake: () => void
}

export const maxPerChannel = 20
export const maxPerWorkspace = 200

export type NewSchedule = Omit<ScheduleRecord, 'scheduleId' | 'nextAtMs'>

/** Makes, lists and ends schedules. */
export function createScheduleDesk({ database, schedules, nowMs, wake }: ScheduleDeskDeps) {
  return {
    /**
     * Stores a schedule, once for each key. When it resolves, it survives a crash.
     * @throws {MurmurError} MUR_REQUEST_INVALID when there are too many, or it would never be due
     */
    async create(wanted: NewSchedule, dedupeKey: string): Promise<ScheduleRecord> {
      const atMs = nowMs()
      const nextAtMs = nextOccurrence(wanted.rule, wanted.timeZone, atMs)
      if (nextAtMs === undefined) throw new MurmurError('MUR_REQUEST_INVALID', { wanted: 'a time to come', found: 'one that is over' })
      const schedule: ScheduleRecord = { ...wanted, scheduleId: newScheduleId(), nextAtMs }
      const { workspaceId, channelId } = wanted.request
      const scheduleId = await database.db.transaction().execute(async (trx) => {
        const id = await schedules.insertOnce(trx, schedule, `schedule-made:${dedupeKey}`, atMs)
        refuseAbove(await schedules.count(trx, workspaceId, channelId), maxPerChannel, 'in a channel')
        refuseAbove(await schedules.count(trx, workspaceId), maxPerWorkspace, 'in a workspace')
        return id
      })
      await database.flush()
      wake()
      return { ...schedule, scheduleId }
    },

    list: (workspaceId: WorkspaceId, channelId: string): Promise<ScheduleRecord[]> => schedules.listChannel(workspaceId, channelId),

    find: (scheduleId: string): Promise<ScheduleRecord | undefined> => schedules.find(scheduleId),

    /** @returns false when it was over already */
    async cancel({ scheduleId }: ScheduleRecord): Promise<boolean> {
      const wasActive = await schedules.cancel(scheduleId)
      await database.flush()
      return wasActive
    },
  }
}

export type ScheduleDesk = ReturnType<typeof createScheduleDesk>

/** Counted with the new one, whose transaction is undone then. */
function refuseAbove(count: number, most: number, where: string): void {
  if (count > most) throw new MurmurError('MUR_REQUEST_INVALID', { wanted: `at most ${most} schedules ${where}`, found: 'one more', hint: 'End one with `/swarm unschedule`; `/swarm schedules` lists them.' })
}
