import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { DatabaseQueue } from '../../../src/storage/queue/database-queue.ts'
import type { AttemptResult } from '../../../src/storage/queue/task-queue.ts'
import { createRunStore, type NewRun } from '../../../src/storage/run-store.ts'
import { createTaskStore, type ClaimedTask } from '../../../src/storage/task-store.ts'
import { aNewRun } from '../../builders.ts'

let dataDir: string
let database: Database
let nowMs: number
let errors: unknown[]
const queues: DatabaseQueue[] = []

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-queue-'))
  database = await openDatabase({ dataDir })
  nowMs = 10_000
  errors = []
})
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.drain(0)))
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function aQueue(over: { owner?: string; concurrency?: number; pollMs?: number } = {}): DatabaseQueue {
  const queue = new DatabaseQueue({
    tasks: createTaskStore(database),
    owner: 'boot-1',
    concurrency: 4,
    nowMs: () => nowMs,
    onError: (error) => errors.push(error),
    pollMs: 5,
    ...over,
  })
  queues.push(queue)
  return queue
}

const insert = async (over: Partial<NewRun> = {}): Promise<NewRun> => {
  const run = aNewRun(over)
  await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
  return run
}

const end = async (task: ClaimedTask): Promise<AttemptResult> => {
  await database.db.transaction().execute((trx) => createTaskStore(database).end(trx, task.taskId, 'completed'))
  return { kind: 'ended' }
}

/** Collects what the handler is given until `count` attempts have begun. */
function collect(count: number) {
  const attempts: ClaimedTask[] = []
  const all = Promise.withResolvers<ClaimedTask[]>()
  return {
    all: all.promise,
    add(task: ClaimedTask) {
      attempts.push(task)
      if (attempts.length === count) all.resolve(attempts)
    },
  }
}

test('a stored task starts when it is announced, and one that nobody announced at the next poll', async () => {
  const seen = collect(2)
  const queue = aQueue()
  await queue.start(async (task) => {
    seen.add(task)
    return end(task)
  })
  const announced = await insert()
  queue.announce()
  const silent = await insert()
  expect((await seen.all).map((task) => task.runId).toSorted()).toEqual([announced.runId, silent.runId].toSorted())
})

test('never more tasks run at once than the limit, and every one of them runs', async () => {
  const total = 40
  for (let index = 0; index < total; index++) await insert()
  const seen = collect(total)
  let running = 0
  let most = 0
  await aQueue({ concurrency: 4 }).start(async (task) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    seen.add(task)
    return end(task)
  })
  expect(new Set((await seen.all).map((task) => task.runId)).size).toBe(total)
  expect(most).toBe(4)
})

test('a task that asks for a retry comes again when its time has come, with the attempts counted', async () => {
  const seen = collect(2)
  await insert()
  await aQueue().start(async (task) => {
    seen.add(task)
    if (task.attempt === 2) return end(task)
    nowMs += 1_000
    return { kind: 'retry', delayMs: 500, error: 'MUR_MODEL_DOWN' }
  })
  const advancing = setInterval(() => (nowMs += 100), 1)
  expect((await seen.all).map((task) => task.attempt)).toEqual([1, 2])
  clearInterval(advancing)
})

test('cancelling fires the signal of the run at work and of no other', async () => {
  const [first, second] = [await insert(), await insert()]
  const started = collect(2)
  const ended = collect(2)
  const reasons = new Map<string, unknown>()
  const queue = aQueue()
  await queue.start(async (task, signal) => {
    started.add(task)
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve())
    })
    reasons.set(task.runId, signal.reason)
    ended.add(task)
    return end(task)
  })
  await started.all
  expect(queue.cancel(first.runId)).toBe(true)
  expect(queue.cancel('no such run')).toBe(false)
  const drained = queue.drain(1)
  await ended.all
  await drained
  expect(reasons.get(first.runId)).toBe('cancelled')
  expect(reasons.get(second.runId)).toBe('draining')
})

test('draining gives back what did not finish in time, without counting the attempt', async () => {
  await insert()
  const started = collect(1)
  const queue = aQueue()
  await queue.start(async (task, signal) => {
    started.add(task)
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve())
    })
    return { kind: 'retry', delayMs: 60_000, error: 'drained' }
  })
  await started.all
  await queue.drain(1)
  expect(await createTaskStore(database).countOpen()).toEqual({ queued: 1, running: 0 })
  const [again] = await createTaskStore(database).claim({ owner: 'boot-2', limit: 1, nowMs, leaseMs: 1_000 })
  expect(again?.attempt).toBe(1)
})

test('a new boot takes up at once what the boot before it left running', async () => {
  const left = await insert()
  await createTaskStore(database).claim({ owner: 'dead-boot', limit: 1, nowMs, leaseMs: 60_000 })
  const seen = collect(1)
  await aQueue({ owner: 'boot-2' }).start(async (task) => {
    seen.add(task)
    return end(task)
  })
  expect(await seen.all).toEqual([expect.objectContaining({ runId: left.runId, attempt: 2 })])
})

test('a task whose handler throws comes again later and stops nobody else', async () => {
  const broken = await insert()
  const fine = await insert()
  const seen = collect(2)
  await aQueue({ concurrency: 2 }).start(async (task) => {
    if (task.runId === broken.runId && task.attempt === 1) {
      nowMs += 5_000
      throw new Error('store gone')
    }
    seen.add(task)
    return end(task)
  })
  const advancing = setInterval(() => (nowMs += 100), 1)
  expect((await seen.all).map((task) => task.runId)).toEqual([fine.runId, broken.runId])
  clearInterval(advancing)
  expect(errors).toEqual([expect.objectContaining({ message: 'store gone' })])
})

test('more work is begun as soon as there may be more, and none is broken off when there may be less', async () => {
  let fullness = 0
  const queue = new DatabaseQueue({ tasks: createTaskStore(database), owner: 'boot-1', concurrency: 1, nowMs: () => nowMs, onError: (error) => errors.push(error), onFull: () => void fullness++, pollMs: 60_000 })
  queues.push(queue)
  for (let run = 0; run < 4; run++) await insert()
  const { promise: three, resolve: atThree } = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<void>()
  const begun: ClaimedTask[] = []
  await queue.start(async (task) => {
    begun.push(task)
    if (begun.length === 1) queue.setConcurrency(3)
    if (begun.length === 3) atThree()
    await finish.promise
    return end(task)
  })
  await three
  while (fullness === 0) await new Promise(setImmediate)
  expect(queue.activeCount).toBe(3)
  queue.setConcurrency(1)
  expect(queue.activeCount).toBe(3)
  finish.resolve()
  await queue.drain(1_000)
  expect(begun.length).toBeGreaterThanOrEqual(3)
  expect(errors).toEqual([])
})
