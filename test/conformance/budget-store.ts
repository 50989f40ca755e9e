import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBudgetStore, type BudgetStore, type NewReservation } from '../../src/storage/budget-store.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { RunId, WorkspaceId } from '../../src/storage/records.ts'
import { seededRandom } from '../fakes/seeded-random.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId
let days = 0

/** What holding and spending money does on every engine. */
export function testBudgetStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the budget store on ${name}`, () => {
    let database: Database
    let store: BudgetStore

    beforeAll(async () => {
      database = await openDatabase(await create())
      store = createBudgetStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    /** A reservation on a day of its own, so that tests do not share a cap. */
    const aHold = (over: Partial<NewReservation> & { limit?: number; day?: string } = {}): NewReservation => {
      const { limit = 100, day = `day-${++days}`, ...rest } = over
      const runId: RunId = rest.runId ?? newRunId()
      return {
        workspaceId,
        runId,
        stepKey: 'model:answer:0',
        scopes: [
          { scope: 'workspace', day, limitMicroUsd: 1_000_000 },
          { scope: 'goal:C1', day, limitMicroUsd: limit },
          { scope: `run:${runId}`, day: 'all', limitMicroUsd: 1_000_000 },
        ],
        amountMicroUsd: 30,
        expiresAtMs: 1_000,
        ...rest,
      }
    }
    const settle = (hold: NewReservation, actual: number) => database.db.transaction().execute((trx) => store.settle(trx, hold, actual))
    const stateOf = ({ scopes }: NewReservation) => store.state(workspaceId, scopes[1] ?? { scope: '', day: '', limitMicroUsd: 0 })

    test('what is held counts against the cap, and what was settled takes its place', async () => {
      const day = 'day-settle'
      const first = aHold({ day })
      expect(await store.reserve(first)).toEqual({ ok: true })
      expect(await stateOf(first)).toMatchObject({ reservedMicroUsd: 30, settledMicroUsd: 0 })
      await settle(first, 12)
      expect(await stateOf(first)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 12, limitMicroUsd: 100 })
    })

    test('the call that would pass the cap is refused by one micro-dollar, and nothing is held then', async () => {
      const day = 'day-edge'
      expect(await store.reserve(aHold({ day, amountMicroUsd: 60 }))).toEqual({ ok: true })
      const tooMuch = aHold({ day, amountMicroUsd: 41 })
      expect(await store.reserve(tooMuch)).toMatchObject({ ok: false, refused: { scope: 'goal:C1', reservedMicroUsd: 60 } })
      expect(await store.state(workspaceId, { scope: 'workspace', day, limitMicroUsd: 0 })).toMatchObject({ reservedMicroUsd: 60 })
      expect(await store.reserve(aHold({ day, amountMicroUsd: 40 }))).toEqual({ ok: true })
    })

    test('the first call of a day is refused as well when it alone is dearer than the cap', async () => {
      const hold = aHold({ amountMicroUsd: 101 })
      expect(await store.reserve(hold)).toMatchObject({ ok: false, refused: { scope: 'goal:C1' } })
      expect(await stateOf(hold)).toMatchObject({ reservedMicroUsd: 0 })
    })

    test('the same step holds once, however often a restarted run asks', async () => {
      const hold = aHold()
      for (let attempt = 0; attempt < 3; attempt++) expect(await store.reserve(hold)).toEqual({ ok: true })
      expect(await stateOf(hold)).toMatchObject({ reservedMicroUsd: 30 })
      await settle(hold, 30)
      expect(await stateOf(hold)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 30 })
    })

    test('a restarted run that needs more than it held before holds the new amount, or is refused', async () => {
      const day = 'day-dearer'
      const before = aHold({ day, amountMicroUsd: 20 })
      await store.reserve(before)
      const after = { ...before, amountMicroUsd: 90 }
      expect(await store.reserve(after)).toEqual({ ok: true })
      expect(await stateOf(before)).toMatchObject({ reservedMicroUsd: 90 })
      expect(await store.reserve({ ...before, amountMicroUsd: 101 })).toMatchObject({ ok: false })
      expect(await stateOf(before)).toMatchObject({ reservedMicroUsd: 0 })
    })

    test('a run that is taken up again on the next day gives back yesterday and holds today', async () => {
      const yesterday = aHold({ day: 'day-1st' })
      await store.reserve(yesterday)
      const today = { ...aHold({ day: 'day-2nd', amountMicroUsd: 25 }), runId: yesterday.runId }
      expect(await store.reserve(today)).toEqual({ ok: true })
      expect(await stateOf(yesterday)).toMatchObject({ reservedMicroUsd: 0 })
      expect(await stateOf(today)).toMatchObject({ reservedMicroUsd: 25 })
      await settle(today, 5)
      expect(await stateOf(yesterday)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 0 })
      expect(await stateOf(today)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 5 })
    })

    test('a process that was thought dead settles on its own day and leaves no scope below zero', async () => {
      const yesterday = aHold({ day: 'day-old' })
      await store.reserve(yesterday)
      const today = { ...aHold({ day: 'day-new' }), runId: yesterday.runId }
      await store.reserve(today)
      await settle(yesterday, 4)
      await settle(today, 6)
      expect(await stateOf(yesterday)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 4 })
      expect(await stateOf(today)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 6 })
    })

    test('holds that expire while others settle them block nobody', async () => {
      const day = 'day-cross'
      const holds = Array.from({ length: 30 }, () => aHold({ day, limit: 10_000, expiresAtMs: 500 }))
      for (const hold of holds) await store.reserve(hold)
      const releases = Array.from({ length: 4 }, () => store.releaseExpired(501))
      await Promise.all([...releases, ...holds.toReversed().map((hold) => settle(hold, 1))])
      expect(await store.state(workspaceId, { scope: 'goal:C1', day, limitMicroUsd: 10_000 })).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 30 })
    })

    test('the spend of the last days is listed by the days of the scope, oldest first', async () => {
      for (const [day, actual] of [['2026-03-01', 3], ['2026-03-02', 0], ['2026-03-03', 7], ['2026-03-04', 9]] as const) {
        const hold = { ...aHold({ day }), scopes: [{ scope: 'goal:days', day, limitMicroUsd: 1_000 }] }
        await store.reserve(hold)
        await settle(hold, actual)
      }
      expect(await store.spendByDay(workspaceId, 'goal:days', 2)).toEqual([
        { day: '2026-03-03', settledMicroUsd: 7 },
        { day: '2026-03-04', settledMicroUsd: 9 },
      ])
    })

    test('what a dead run held is given back when it expires, once, and a late end still counts', async () => {
      const hold = aHold({ expiresAtMs: 500 })
      await store.reserve(hold)
      expect(await store.releaseExpired(499)).toBe(0)
      const released = await Promise.all([store.releaseExpired(501), store.releaseExpired(501)])
      expect(released.toSorted()).toEqual([0, 1])
      expect(await stateOf(hold)).toMatchObject({ reservedMicroUsd: 0 })
      await settle(hold, 7)
      expect(await stateOf(hold)).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: 7 })
    })

    test('a run that ends gives back all that its steps still hold, and nobody else does', async () => {
      const day = 'day-release'
      const runId = newRunId()
      const [one, two, other] = [aHold({ day, runId }), aHold({ day, runId, stepKey: 'model:answer:1' }), aHold({ day, amountMicroUsd: 10 })]
      for (const hold of [one, two, other]) expect(await store.reserve(hold)).toEqual({ ok: true })
      await settle(two, 5)
      await database.db.transaction().execute((trx) => store.releaseRun(trx, runId))
      await database.db.transaction().execute((trx) => store.releaseRun(trx, runId))
      expect(await stateOf(one)).toMatchObject({ reservedMicroUsd: 10, settledMicroUsd: 5 })
    })

    test('a raise adds to the cap of its day only', async () => {
      const hold = aHold({ amountMicroUsd: 150 })
      const scope = hold.scopes[1] ?? { scope: '', day: '', limitMicroUsd: 0 }
      expect(await store.reserve(hold)).toMatchObject({ ok: false })
      await database.db.transaction().execute((trx) => store.raise(trx, workspaceId, scope, 50))
      expect(await store.reserve(hold)).toEqual({ ok: true })
      expect(await store.reserve(aHold({ day: scope.day, amountMicroUsd: 1 }))).toMatchObject({ ok: false })
      expect(await store.reserve(aHold({ amountMicroUsd: 150 }))).toMatchObject({ ok: false })
    })

    test('a warning of a day is given to one of many who ask at once', async () => {
      const hold = aHold()
      await store.reserve(hold)
      const day = hold.scopes[1]?.day ?? ''
      const asked = await Promise.all(Array.from({ length: 8 }, () => store.markWarned(workspaceId, 'goal:C1', day)))
      expect(asked.filter(Boolean)).toHaveLength(1)
    })

    test('200 runs at once with failures never pass the cap, and the sums are exact', async () => {
      const day = 'day-torture'
      const limit = 2_000
      const random = seededRandom(42)
      let settled = 0
      let most = 0
      const watch = async () => {
        const state = await store.state(workspaceId, { scope: 'goal:C1', day, limitMicroUsd: limit })
        most = Math.max(most, state.reservedMicroUsd + state.settledMicroUsd)
      }
      const run = async (): Promise<void> => {
        const runId = newRunId()
        for (let call = 0; call < 3; call++) {
          const amountMicroUsd = 10 + Math.floor(random() * 40)
          const hold = aHold({ day, limit, runId, stepKey: `model:answer:${call}`, amountMicroUsd, expiresAtMs: 1e15 })
          if (!(await store.reserve(hold)).ok) return
          await watch()
          const actual = random() < 0.2 ? 0 : Math.floor(random() * (amountMicroUsd + 1))
          await settle(hold, actual)
          settled += actual
        }
      }
      await Promise.all(Array.from({ length: 200 }, run))
      await watch()
      expect(most).toBeLessThanOrEqual(limit)
      expect(most).toBeGreaterThan(limit * 0.9)
      expect(await store.state(workspaceId, { scope: 'goal:C1', day, limitMicroUsd: limit })).toMatchObject({ reservedMicroUsd: 0, settledMicroUsd: settled })
    })

    test('limits and projects are kept per workspace', async () => {
      await store.setLimits(workspaceId, 'goal:C1', { agentsPerDay: 3 }, 'U1', 1)
      await store.setLimits(workspaceId, 'goal:C1', { agentsPerDay: 4 }, 'U1', 2)
      expect(await store.limitsOf(workspaceId, 'goal:C1')).toEqual({ agentsPerDay: 4 })
      expect(await store.limitsOf('T2' as WorkspaceId, 'goal:C1')).toBeUndefined()
      await store.setGoalOfChannel(workspaceId, 'C7', 'apollo')
      await store.setGoalOfChannel(workspaceId, 'C7', 'gemini')
      expect(await store.goalOfChannel(workspaceId, 'C7')).toBe('gemini')
      await store.setGoalOfChannel(workspaceId, 'C7', undefined)
      expect(await store.goalOfChannel(workspaceId, 'C7')).toBeUndefined()
    })
  })
}

