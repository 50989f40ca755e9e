import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRouteLessonStore, type RouteLessonStore } from '../../src/storage/route-lesson-store.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId
const partBytes = 256 * 1_024

/** Bytes of which no two parts are the same. */
const bytesOf = (parts: number, seed: number): Uint8Array => Uint8Array.from({ length: parts * partBytes - 7 }, (_, at) => (at * 31 + (at >> 16) + seed) & 255)

/** How a learned model is kept, whatever engine it lies on. */
export function testRouteLessonStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`kept models of the learned router on ${name}`, () => {
    let database: Database
    let lessons: RouteLessonStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      lessons = createRouteLessonStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    /** Turns that others got while it was worked on. */
    async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly result: T; readonly turns: number }> {
      let [turns, isOver] = [0, false]
      const counting = (async () => {
        for (; !isOver; turns++) await nextTurn()
      })()
      const result = await work
      isOver = true
      await counting
      return { result, turns }
    }

    test('a model is read as it was kept, and others get their turn after each part of writing and reading', async () => {
      const bytes = bytesOf(12, 1)
      const kept = await turnsDuring(lessons.keepModel(workspaceId, 'v1', { basis: 'b', upTo: 5, bytes }))
      expect(kept.turns).toBeGreaterThanOrEqual(12)
      const { result, turns } = await turnsDuring(lessons.readModel(workspaceId))
      expect(turns).toBeGreaterThanOrEqual(12)
      expect(result).toMatchObject({ basis: 'b', upTo: 5 })
      expect(Buffer.compare(result?.bytes ?? new Uint8Array(), bytes)).toBe(0)
      expect(await lessons.readModel('T-none' as WorkspaceId)).toBeUndefined()
    })

    test('a model that is replaced while it is read gives the one or the other whole, and an older one replaces none', async () => {
      const here = 'T-replaced' as WorkspaceId
      const [long, short] = [bytesOf(30, 2), bytesOf(1, 3)]
      await lessons.keepModel(here, 'v1', { basis: 'b', upTo: 5, bytes: long })
      const [read] = await Promise.all([lessons.readModel(here), lessons.keepModel(here, 'v2', { basis: 'b', upTo: 6, bytes: short })])
      expect([long, short].some((one) => Buffer.compare(read?.bytes ?? new Uint8Array(), one) === 0)).toBe(true)
      await lessons.keepModel(here, 'v0', { basis: 'b', upTo: 4, bytes: long })
      const last = await lessons.readModel(here)
      expect([last?.upTo, last?.bytes.length]).toEqual([6, short.length])
    })
  })
}
