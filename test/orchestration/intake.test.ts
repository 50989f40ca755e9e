import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIntake } from '../../src/orchestration/intake.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import type { QueuedTask } from '../../src/storage/queue/task-order.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aRequest } from '../builders.ts'

let dataDir: string
let database: Database
let transactions: number
let flushes: number
let announced: (readonly QueuedTask[])[]
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-intake-'))
  database = await openDatabase({ dataDir })
  transactions = 0
  flushes = 0
  announced = []
})
afterEach(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function open(over: Partial<Database> = {}) {
  const runs = createRunStore(database.db)
  const counted = new Proxy(database.db, {
    get: (db, name) => {
      if (name === 'transaction') transactions++
      const value: unknown = Reflect.get(db, name, db)
      return typeof value === 'function' ? value.bind(db) : value
    },
  })
  const flush = async () => {
    flushes++
    await database.flush()
  }
  return createIntake({
    database: { ...database, db: counted, flush, ...over },
    runs,
    documents: { keepLongText: async () => {} },
    queue: { announce: (tasks: readonly QueuedTask[] = []) => void announced.push(tasks) } as never,
    nowMs: () => 5,
  })
}

test('requests that come together are stored by one transaction, made sure of by one disk wait, and announced together', async () => {
  const accept = open()
  const accepted = await Promise.all(Array.from({ length: 20 }, (_, index) => accept(aRequest({ messageId: String(index) }), [`event:${index}`, `message:${index}`])))
  expect(accepted.every(({ isNew }) => isNew)).toBe(true)
  expect(new Set(accepted.map(({ runId }) => runId)).size).toBe(20)
  expect([transactions, flushes, announced.map((tasks) => tasks.length)]).toEqual([1, 1, [20]])
  expect((await createRunStore(database.db).findAll(accepted.map(({ runId }) => runId))).size).toBe(20)
})

test('of two deliveries of a message that come together one makes the run, and the other gets it', async () => {
  const accept = open()
  const [mention, message, again] = await Promise.all([accept(aRequest(), ['event:1', 'message:x']), accept(aRequest(), ['event:2', 'message:x']), accept(aRequest(), ['event:1', 'message:x'])])
  expect([mention, message, again].map(({ isNew }) => isNew)).toEqual([true, false, false])
  expect(new Set([mention, message, again].map(({ runId }) => runId)).size).toBe(1)
  expect(await accept(aRequest(), ['event:2'])).toEqual({ isNew: false, runId: mention.runId })
  expect(announced.map((tasks) => tasks.length)).toEqual([1])
})

test('one that cannot be stored refuses nobody that came with it', async () => {
  const accept = open()
  const beforeStart = () => {
    throw new RangeError('no room for this one')
  }
  const [before, bad, after] = await Promise.allSettled([accept(aRequest(), ['event:1']), accept(aRequest(), ['event:2'], { beforeStart }), accept(aRequest(), ['event:3'])])
  expect([before.status, bad.status, after.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await createRunStore(database.db).listChannel(aRequest().workspaceId, aRequest().channelId)).toHaveLength(2)
  // It left nothing behind, so it can be sent again.
  expect(await accept(aRequest(), ['event:2'])).toMatchObject({ isNew: true })
})

test('nobody is told that a request is stored, and no queue of it, when it is not sure to be on disk', async () => {
  const accept = open({ flush: async () => Promise.reject(new Error('the disk takes no more')) })
  const both = await Promise.allSettled([accept(aRequest(), ['event:1']), accept(aRequest(), ['event:2'])])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(announced).toEqual([])
})
