import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { Queue } from 'bullmq'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { BullmqQueue } from '../../../src/storage/queue/bullmq-queue.ts'
import { brokerPriority, orderOf, queuedTaskOf } from '../../../src/storage/queue/task-order.ts'
import { RedisLink } from '../../../src/storage/redis/redis-link.ts'
import type { NewRun } from '../../../src/storage/insert-runs.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createTaskStore, type ClaimedTask } from '../../../src/storage/task-store.ts'
import { aNewRun } from '../../builders.ts'
import { startRedis } from '../../support/redis.ts'

let redis: Awaited<ReturnType<typeof startRedis>>
let database: Database
const dataDir = mkdtempSync(join(tmpdir(), 'murmur-bullmq-'))
const prefix = `test-${randomUUID()}`
const queues: BullmqQueue[] = []
const links: RedisLink[] = []

beforeAll(async () => {
  redis = await startRedis()
  database = await openDatabase({ dataDir })
})
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.drain(0)))
  for (const link of links.splice(0)) link.close()
  await database.db.deleteFrom('tasks').execute()
})
afterAll(async () => {
  await database.close()
  await redis.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** It never looks into the table by itself, so that what begins was brought by Redis. */
async function aQueue(over: { concurrency?: number } = {}) {
  const link = new RedisLink({ url: redis.url, prefix, onError: () => {}, pingMs: 50 })
  links.push(link)
  const queue = new BullmqQueue({ link, tasks: createTaskStore(database), owner: 'boot-1', concurrency: 4, nowMs: Date.now, onError: () => {}, pollMs: 600_000, sweepMs: 50, ...over })
  queues.push(queue)
  await until(() => link.isUp)
  return queue
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}

const insert = async (over: Partial<NewRun> = {}): Promise<NewRun> => {
  const run = aNewRun({ nowMs: Date.now(), ...over })
  await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
  return run
}

const end = async (task: ClaimedTask) => {
  await database.db.transaction().execute((trx) => createTaskStore(database).end(trx, task, 'completed'))
  return { kind: 'ended' } as const
}

const openTasks = async () => {
  const { queued, running } = await createTaskStore(database).countOpen()
  return queued + running
}

test('a task is begun when it is announced, in the order of urgency where there is no room for all', async () => {
  const begun: string[] = []
  const gate = Promise.withResolvers<void>()
  const queue = await aQueue({ concurrency: 1 })
  await queue.start(async (task) => {
    begun.push(task.runId)
    if (begun.length === 1) await gate.promise
    return end(task)
  })
  const first = await insert()
  queue.announce([queuedTaskOf(first)])
  await until(() => begun.length === 1)
  const [low, soon, critical] = [await insert({ priority: 'low' }), await insert({ deadlineMs: Date.now() + 60_000 }), await insert({ priority: 'critical' })]
  const medium = await insert()
  queue.announce([low, medium, soon, critical].map(queuedTaskOf))
  const inspected = new Queue('tasks', { connection: links[0]!.commands, prefix })
  await until(async () => (await inspected.getPrioritizedCount()) === 4)
  gate.resolve()
  await until(async () => (await openTasks()) === 0)
  expect(begun).toEqual([first, critical, soon, medium, low].map(({ runId }) => runId))
})

test('tasks announced together share jobs, and a process passes on what it has no room for', async () => {
  const began = new Map<BullmqQueue, string[]>()
  const gate = Promise.withResolvers<void>()
  const begin = async (queue: BullmqQueue) => {
    began.set(queue, [])
    await queue.start(async (task) => {
      began.get(queue)?.push(task.runId)
      await gate.promise
      return end(task)
    })
  }
  const edge = await aQueue()
  const runs = []
  for (let index = 0; index < 12; index++) runs.push(await insert())
  edge.announce(runs.map(queuedTaskOf))
  const inspected = new Queue('tasks', { connection: links[0]!.commands, prefix })
  await until(async () => (await inspected.getPrioritizedCount()) === 2)
  const [small, other] = [await aQueue({ concurrency: 2 }), await aQueue({ concurrency: 20 })]
  await begin(small)
  await until(() => small.activeCount === 2)
  await begin(other)
  await until(() => other.activeCount === 10)
  expect(small.activeCount).toBe(2)
  gate.resolve()
  await until(async () => (await openTasks()) === 0)
  expect([...began.values()].flat().toSorted()).toEqual(runs.map(({ runId }) => runId).toSorted())
})

test('what Redis forgets is added again from the table', async () => {
  const gate = Promise.withResolvers<void>()
  const queue = await aQueue({ concurrency: 1 })
  const begun: string[] = []
  await queue.start(async (task) => {
    begun.push(task.runId)
    await gate.promise
    return end(task)
  })
  const runs = []
  for (let index = 0; index < 10; index++) runs.push(await insert())
  queue.announce(runs.map(queuedTaskOf))
  await until(() => begun.length === 1)
  await links[0]?.commands.flushall()
  gate.resolve()
  await until(async () => (await openTasks()) === 0)
  expect(begun.toSorted()).toEqual(runs.map(({ runId }) => runId).toSorted())
})

test('while Redis is gone tasks come from the table, and over Redis again when it is back', async () => {
  const queue = await aQueue()
  const begun: string[] = []
  await queue.start(async (task) => {
    begun.push(task.runId)
    return end(task)
  })
  const step = async () => {
    const run = await insert()
    queue.announce([queuedTaskOf(run)])
    await until(() => begun.includes(run.runId))
  }
  await step()
  expect(await queue.health()).toBeUndefined()
  await redis.stop()
  await until(() => links[0]?.isUp === false)
  expect(await queue.health()).toContain('Redis does not answer')
  await step()
  redis = await startRedis(redis.port)
  await until(() => links[0]?.isUp === true)
  await step()
  expect(await queue.health()).toBeUndefined()
  expect(new Set(begun).size).toBe(begun.length)
})

test('room that is made while everything is at work is used at once', async () => {
  const queue = await aQueue({ concurrency: 1 })
  const finish = Promise.withResolvers<void>()
  await queue.start(async (task) => {
    await finish.promise
    return end(task)
  })
  const runs = [await insert(), await insert(), await insert()]
  queue.announce(runs.map(queuedTaskOf))
  await until(() => queue.activeCount === 1)
  queue.setConcurrency(3)
  await until(() => queue.activeCount > 1)
  expect(queue.activeCount).toBeLessThanOrEqual(3)
  await until(() => queue.activeCount === 3)
  finish.resolve()
  await until(async () => (await openTasks()) === 0)
})

test('what one process takes in and has no room for is done by another', async () => {
  const [full, idle] = [await aQueue({ concurrency: 1 }), await aQueue({ concurrency: 4 })]
  const finish = Promise.withResolvers<void>()
  const doneBy: string[] = []
  const handler = (name: string) => async (task: ClaimedTask) => {
    doneBy.push(name)
    await finish.promise
    return end(task)
  }
  await full.start(handler('full'))
  await idle.start(handler('idle'))
  for (let index = 0; index < 4; index++) full.announce([queuedTaskOf(await insert())])
  await until(() => doneBy.length === 4)
  expect(doneBy.filter((name) => name === 'full').length).toBeLessThanOrEqual(1)
  finish.resolve()
  await until(async () => (await openTasks()) === 0)
})

test('a retry comes when its time has come, and what a stopped process gave back comes to another', async () => {
  // Of one boot, because another one takes everything of a store that only one process can have open.
  const [first, second] = [await aQueue(), await aQueue()]
  const attempts: number[] = []
  const started = Promise.withResolvers<void>()
  await first.start(async (task, signal) => {
    attempts.push(task.attempt)
    if (task.attempt === 1) return { kind: 'retry', delayMs: 100, error: 'MUR_MODEL_BUSY' }
    started.resolve()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return { kind: 'retry', delayMs: 0, error: 'drained' }
  })
  const run = await insert()
  first.announce([queuedTaskOf(run)])
  await started.promise
  const taken = Promise.withResolvers<ClaimedTask>()
  await second.start(async (task) => {
    taken.resolve(task)
    return end(task)
  })
  await first.drain(0)
  expect((await taken.promise).attempt).toBe(2)
  expect(attempts).toEqual([1, 2])
})

test('what a later version wrote is left to the table', async () => {
  const queue = await aQueue()
  await queue.start(end)
  const written = new Queue('tasks', { connection: links[0]!.commands, prefix })
  await written.add('task', { v: 2, something: 'else' })
  const run = await insert()
  await written.add('task', { v: 2, taskId: run.taskId })
  await until(async () => (await written.getActiveCount()) + (await written.getWaitingCount()) === 0)
  await until(async () => (await openTasks()) === 0)
  expect(await written.getFailedCount()).toBe(0)
})

test('priorities of the broker keep the order of the table', () => {
  const atMs = Date.UTC(2026, 10, 28, 12)
  const orders = [
    orderOf('critical', atMs, undefined),
    orderOf('high', atMs, atMs + 60_000),
    orderOf('high', atMs, atMs + 3 * 3_600_000),
    orderOf('high', atMs, undefined),
    orderOf('low', atMs, undefined),
    orderOf('low', atMs + 2 * 3_600_000, undefined),
  ].map(brokerPriority)
  expect(orders).toEqual(orders.toSorted((a, b) => a - b))
  expect(new Set(orders).size).toBe(orders.length)
  expect(orders.every((priority) => priority >= 1 && priority <= 2 ** 21)).toBe(true)
  expect(brokerPriority(orderOf('low', Date.UTC(2060, 0, 1), undefined))).toBe(2 ** 21)
})
