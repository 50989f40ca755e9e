import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { nextOccurrence } from '../../src/orchestration/tasks/occurrences.ts'
import { createScheduleDesk, maxPerChannel } from '../../src/orchestration/tasks/schedule-desk.ts'
import { Scheduler } from '../../src/orchestration/tasks/scheduler.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import type { Request } from '../../src/storage/records.ts'
import type { ScheduleRule } from '../../src/storage/schedule-records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createScheduleStore } from '../../src/storage/schedule-store.ts'
import { aRequest } from '../builders.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'
import type { StoreUnderTest } from './state-store.ts'

const minute = 60_000
const hour = 60 * minute

/** Each occurrence is done once, under a driven clock, by as many processes as there are. */
export function testScheduler({ name, create, destroy }: StoreUnderTest): void {
  describe(`schedules on ${name}`, () => {
    let database: Database
    let clock: ManualClock
    let channels = 0
    const errors: unknown[] = []
    beforeAll(async () => {
      database = await openDatabase(await create())
      clock = new ManualClock(Date.parse('2027-03-26T10:00Z'))
    })
    afterAll(async () => {
      await database.close()
      await destroy()
      expect(errors).toEqual([])
    })

    const freshPlace = (): Partial<Request> => ({ channelId: `C${++channels}`, text: 'sum up the news' })
    const aScheduler = () => {
      const { db } = database
      return new Scheduler({ database, schedules: createScheduleStore(db), runs: createRunStore(db), queue: { announce: () => {} }, nowMs: clock.now, onError: (error) => errors.push(error) })
    }
    const desk = () => createScheduleDesk({ database, schedules: createScheduleStore(database.db), nowMs: clock.now, wake: () => {} })
    const schedule = (rule: ScheduleRule, place = freshPlace(), key = `key-${Math.random()}`) => desk().create({ request: aRequest(place), priority: 'high', rule, timeZone: 'Europe/Berlin' }, key)
    const runsOf = async (channelId: string): Promise<Request[]> => {
      const rows = await database.db.selectFrom('runs').select('request').where('channel_id', '=', channelId).orderBy('run_id').execute()
      return rows.map(({ request }) => JSON.parse(request) as Request)
    }
    const every = (ms: number): ScheduleRule => ({ kind: 'interval', everyMs: ms, anchorMs: clock.now() })

    test.each([1, 2])('two processes at once make one run of each occurrence, over the change of clocks (seed %i)', async (seed) => {
      clock = new ManualClock(Date.parse('2027-03-26T10:00Z') + seed * 1_000)
      const random = seededRandom(seed)
      const rules: ScheduleRule[] = [every(2 * hour), every(6 * hour), { kind: 'weekly', days: [1, 2, 3, 4, 5], hour: 9, minute: 0 }, { kind: 'weekly', days: [6, 7], hour: 2, minute: 30 }, { kind: 'once', atMs: clock.now() + 30 * hour }]
      const made = await Promise.all(rules.map((rule) => schedule(rule)))
      const [startMs, processes] = [clock.now(), [aScheduler(), aScheduler()]]
      for (let step = 0; step < 200; step++) {
        clock.advance(pickNumber(random, 50) * minute)
        const [first, second] = processes
        await Promise.all([first?.fireDue(), random() < 0.8 ? second?.fireDue() : 0])
      }
      await Promise.all(processes.map((one) => one.fireDue()))
      for (const { request, rule, timeZone, scheduleId } of made) {
        const wanted: number[] = []
        for (let at = nextOccurrence(rule, timeZone, startMs); at !== undefined && at <= clock.now(); at = nextOccurrence(rule, timeZone, at)) wanted.push(at)
        const marks = (await runsOf(request.channelId)).map(({ scheduled }) => scheduled)
        expect(wanted.length).toBeGreaterThan(0)
        expect(marks.map((mark) => mark?.dueAtMs)).toEqual(wanted)
        expect(marks.every((mark) => mark?.scheduleId === scheduleId && mark.missed === undefined)).toBe(true)
        await desk().cancel({ ...made[0], scheduleId } as (typeof made)[number])
      }
    })

    test('what was missed by less than an hour is made up for, and only the last of it', async () => {
      const { request } = await schedule(every(20 * minute))
      clock.advance(90 * minute)
      await aScheduler().fireDue()
      const [only, ...more] = await runsOf(request.channelId)
      expect(only?.scheduled?.missed).toBeUndefined()
      expect(only?.scheduled?.dueAtMs).toBe(clock.now() - 10 * minute)
      expect(more).toEqual([])
    })

    test('what was missed by more is skipped, and said with the next time', async () => {
      const { request } = await schedule({ kind: 'once', atMs: clock.now() + hour })
      clock.advance(2 * hour + minute)
      await aScheduler().fireDue()
      const [only] = await runsOf(request.channelId)
      expect(only?.scheduled?.missed).toMatch(/^This was due (today|yesterday) at \d+:\d\d \(Europe\/Berlin\), while I was not running, so it is skipped\. It was the only time/)
      expect(await desk().list(request.workspaceId, request.channelId)).toEqual([])
    })

    test('one that was ended is not done any more', async () => {
      const made = await schedule(every(hour))
      expect([await desk().cancel(made), await desk().cancel(made)]).toEqual([true, false])
      clock.advance(2 * hour)
      await aScheduler().fireDue()
      expect(await runsOf(made.request.channelId)).toEqual([])
    })

    test('the same command makes one schedule', async () => {
      const place = freshPlace()
      const [one, two] = [await schedule(every(hour), place, 'same'), await schedule(every(hour), place, 'same')]
      expect(two.scheduleId).toBe(one.scheduleId)
      expect(await desk().list(one.request.workspaceId, one.request.channelId)).toMatchObject([{ scheduleId: one.scheduleId, priority: 'high', timeZone: 'Europe/Berlin' }])
    })

    test('a channel has a limited number of them', async () => {
      const place = freshPlace()
      for (let count = 0; count < maxPerChannel; count++) await schedule(every(hour), place)
      await expect(schedule(every(hour), place)).rejects.toThrow(`at most ${maxPerChannel} schedules in a channel`)
    })
  })
}
