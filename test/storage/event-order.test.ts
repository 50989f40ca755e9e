import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database, type Trx } from '../../src/storage/database.ts'
import { createEventCursors } from '../../src/storage/event-cursors.ts'
import { createEventLog, type EventLog } from '../../src/storage/event-log.ts'
import { EventReader } from '../../src/storage/event-reader.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createSetAsideStore } from '../../src/storage/set-aside-store.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'murmur-events-'))
let server: TestDatabase
let database: Database
let log: EventLog
beforeAll(async () => {
  server = await createTestDatabase()
  database = await openDatabase({ dataDir, url: server.url })
  log = createEventLog(database)
})
afterAll(async () => {
  await database.close()
  await server.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A transaction that has written an event and stays open until it is told how to end. */
async function openWriter(type: string) {
  const written = Promise.withResolvers<void>()
  const ending = Promise.withResolvers<void>()
  const done = database.db.transaction().execute(async (trx: Trx) => {
    await log.append(trx, { workspaceId: 'T1' as WorkspaceId, type, payload: {}, atMs: 1 })
    written.resolve()
    await ending.promise
  })
  await written.promise
  return {
    async commit() {
      ending.resolve()
      await done
    },
    async fail() {
      ending.reject(new Error('rolled back'))
      await done.catch(() => {})
    },
  }
}

const typesAfter = async (seq: number) => (await log.readAfter(seq)).map(({ type }) => type)

/** Reads as a poll does, until something is there. */
async function untilRead(seq: number): Promise<string[]> {
  for (;;) {
    const types = await typesAfter(seq)
    if (types.length > 0) return types
  }
}

test('on PostgreSQL an event with a lower number that is committed late is not passed over', async () => {
  const start = await log.lastSeq()
  const early = await openWriter('early')
  const late = await openWriter('late')
  await late.commit()
  expect(await typesAfter(start)).toEqual([])
  expect(await log.isHeldUp(start)).toBe(true)
  await early.commit()
  expect(await typesAfter(start)).toEqual(['early', 'late'])
  expect(await log.isHeldUp(await log.lastSeq())).toBe(false)
})

test('a number that was given back by a failed transaction holds nobody up for long', async () => {
  const start = await log.lastSeq()
  const failing = await openWriter('failing')
  const after = await openWriter('after')
  await after.commit()
  expect(await typesAfter(start)).toEqual([])
  await failing.fail()
  expect(await untilRead(start)).toEqual(['after'])
})

test('a reader gets each event once and in order while many processes write at once', async () => {
  const seen: string[] = []
  const wakes = new Set<() => void>()
  const reader = new EventReader({
    reader: 'order', events: log, cursors: createEventCursors(database), setAsides: createSetAsideStore(database, log), owner: 'one', types: ['mixed'], nowMs: Date.now, restMs: 0,
    listen: (_, wake) => (wakes.add(wake), () => wakes.delete(wake)),
    handle: async (events) => void seen.push(...events.map(({ seq }) => String(seq))),
    onError: (error) => seen.push(String(error)),
  })
  await createEventCursors(database).claim('order', 'one', Date.now(), Date.now() + 60_000)
  reader.start()
  const writers = await Promise.all(Array.from({ length: 5 }, () => openWriter('mixed')))
  await Promise.all(writers.map((writer, index) => (index === 2 ? writer.fail() : writer.commit())))
  for (const wake of wakes) wake()
  while (seen.length < 4) await new Promise((resolve) => setImmediate(resolve))
  await reader.close()
  expect(seen).toEqual(seen.toSorted((a, b) => Number(a) - Number(b)))
  expect(new Set(seen).size).toBe(4)
})
