import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { atHour, hourOf } from '../../src/learning/foresight/cues.ts'
import { fade } from '../../src/learning/foresight/foresight.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { createHabitStore, type HabitNote, type HabitStore } from '../../src/storage/habit-store.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createWarmupStore, type NewWarmup } from '../../src/storage/warmup-store.ts'
import { aNewRun } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const dayMs = 24 * 3_600_000

/** What the store of habits, and that of what was foreseen, do on every engine. */
export function testHabitStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`habits on ${name}`, () => {
    let database: Database
    let habits: HabitStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      habits = createHabitStore(database, fade)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const workspaceId = 'T1' as WorkspaceId
    let seq = 0
    const aNote = (over: Partial<HabitNote> = {}): HabitNote => ({ workspaceId, goalId: 'C1', cue: 'after:writer', specialtyId: 'planner', atMs: 0, ...over })
    const noted = (...notes: HabitNote[]) => ({ seq: ++seq, notes })

    test('adds up what was seen, fading what is old, and keeps goals and cues apart', async () => {
      await habits.note([noted(aNote()), noted(aNote({ atMs: 28 * dayMs })), noted(aNote({ goalId: 'C2' }), aNote({ cue: 'recipe:w' }))])
      const [row, ...others] = await habits.at(workspaceId, 'C1', ['after:writer', 'after:nobody'])
      expect(row).toEqual({ workspaceId, goalId: 'C1', cue: 'after:writer', specialtyId: 'planner', weight: 1.5, updatedAtMs: 28 * dayMs })
      expect(others).toEqual([])
      expect((await habits.everywhere('after:writer')).map(({ goalId }) => goalId)).toEqual(['C1', 'C2'])
      expect(await habits.at('T2' as WorkspaceId, 'C1', ['after:writer'])).toEqual([])
    })

    test('an hour counts once, however many requests it has, and an event once, however often it comes', async () => {
      const at = 10 * dayMs + 5
      const anHour = (atMs: number) => aNote({ goalId: 'C3', cue: atHour(at), atMs, onceSinceMs: hourOf(atMs) })
      const events = [noted(anHour(at)), noted(anHour(at + 60_000)), noted(anHour(at + 7 * dayMs))]
      await Promise.all([habits.note(events), habits.note(events)])
      const [row] = await habits.at(workspaceId, 'C3', [atHour(at)])
      expect(row?.weight).toBeCloseTo(1 + 0.5 ** 0.25, 3)
    })

    test('finds the run before, if it was routed and has ended', async () => {
      const runs = createRunStore(database.db)
      const [first, second] = [aNewRun(), aNewRun()]
      await database.db.transaction().execute(async (trx) => {
        for (const run of [first, second]) await runs.insertOnce(trx, run, [])
      })
      const before = () => habits.runBefore(workspaceId, 'C1', second.runId)
      expect(await habits.runBefore(workspaceId, 'C1', first.runId)).toBeUndefined()
      expect(await before()).toBeUndefined()
      await database.db.transaction().execute(async (trx) => {
        await runs.setRoute(trx, first.runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
        await runs.finish(trx, first.runId, { status: 'completed', answer: '', tier: 1, errorCode: undefined }, 700)
      })
      expect(await before()).toEqual({ specialtyId: 'writer', workflowId: undefined, finishedAtMs: 700 })
    })

    describe('what was foreseen', () => {
      const aWarmup = (over: Partial<NewWarmup> = {}): NewWarmup => ({ workspaceId, goalId: 'C1', specialtyId: 'planner', reason: 'after:writer', chance: 0.75, atMs: 1_000, untilMs: 2_000, ...over })
      const hit = (over: object = {}) => ({ workspaceId, goalId: 'C1', specialtyId: 'planner', runId: 'r', askedAtMs: 1_500, ...over })

      test('is open once for a specialty of a goal, ends as a hit or a miss, and is counted', async () => {
        const warmups = createWarmupStore(database)
        const opened = await Promise.all([warmups.open(aWarmup()), warmups.open(aWarmup())])
        expect(opened.filter((id) => id !== undefined)).toHaveLength(1)
        for (const other of [{ specialtyId: 'writer' }, { goalId: 'C2' }, { askedAtMs: 2_001 }, { askedAtMs: 999 }]) await warmups.hit(hit(other))
        expect(await warmups.record(workspaceId, 0)).toEqual({ hits: 0, misses: 0, open: 1, expectedHits: 0 })
        await warmups.hit(hit())
        await warmups.hit(hit())
        await warmups.open(aWarmup({ atMs: 3_000, untilMs: 4_000, chance: 0.5 }))
        await warmups.expire(4_500)
        expect(await warmups.record(workspaceId, 0)).toEqual({ hits: 1, misses: 0, open: 1, expectedHits: 0.75 })
        await warmups.expire(4_001 + 30 * 60_000)
        expect(await warmups.record(workspaceId, 0)).toEqual({ hits: 1, misses: 1, open: 0, expectedHits: 1.25 })
        expect(await warmups.record(workspaceId, 2_000)).toMatchObject({ hits: 0, misses: 1 })
        expect(await warmups.record('T2' as WorkspaceId, 0)).toEqual({ hits: 0, misses: 0, open: 0, expectedHits: 0 })
      })

      test('one that could not be carried out leaves nothing', async () => {
        const warmups = createWarmupStore(database)
        const id = await warmups.open(aWarmup({ goalId: 'C9' }))
        await warmups.drop(id ?? '')
        expect(await warmups.open(aWarmup({ goalId: 'C9' }))).toBeDefined()
      })
    })
  })
}
