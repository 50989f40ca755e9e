import { Queue, Worker } from 'bullmq'
import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { openDatabase } from '../../src/storage/database.ts'
import { newRunId, newTaskId } from '../../src/storage/ids.ts'
import { BullmqQueue } from '../../src/storage/queue/bullmq-queue.ts'
import { DatabaseQueue } from '../../src/storage/queue/database-queue.ts'
import { queuedTaskOf } from '../../src/storage/queue/task-order.ts'
import type { TaskQueue } from '../../src/storage/queue/task-queue.ts'
import type { Request, WorkspaceId } from '../../src/storage/records.ts'
import { RedisLink } from '../../src/storage/redis/redis-link.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { startRedis } from '../../test/support/redis.ts'
import type { Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import type { Load } from './load.ts'

/** As in the figures of bare BullMQ that we hold it against. */
const concurrency = 50

interface Paced {
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of this process, for a task. */
  readonly cpuMs: number
}

/** Tasks that do nothing, from being added to being done: bare BullMQ, our queue over it, and our queue over the table alone. */
export async function measureBroker({ newDataDir, isQuick }: Load): Promise<readonly Report[]> {
  const count = isQuick ? 200 : 5_000
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const found: Paced[] = []
  try {
    found.push(await paceBare(redis.url, count))
    for (const over of ['BullMQ and table', 'table alone'] as const) found.push(await paceOurs(over, { redisUrl: redis.url, databaseUrl: postgres.url, dataDir: newDataDir(), count }))
  } finally {
    await Promise.all([postgres.stop(), redis.stop()])
  }
  return [
    {
      title: `Tasks that do nothing, ${concurrency} at once, ${count.toLocaleString('en-US')} of them`,
      head: ['queue', '', 'tasks/s', 'added to done p50 ms', 'p99 ms', 'CPU ms/task'],
      rows: found.map(({ name, perSecond, p50Ms, p99Ms, cpuMs }) => [name, '', perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), cpuMs.toFixed(2)]),
      notes: [
        'Ours stores run and task in PostgreSQL, claims it there and ends it there, which a broker alone does not. That is what a crash of Redis costs nothing for.',
        'Bare: added one by one by as many senders as there are workers.',
      ],
      data: found,
    },
  ]
}

/** Adds with as many senders as there are workers, so that the line stays short and the time is not that of the line. */
async function pace(name: string, count: number, add: (index: number) => Promise<void>, whenDone: (resolve: (index: number) => void) => void): Promise<Paced> {
  const added = new Map<number, number>()
  const waits: number[] = []
  const waiting = new Map<number, () => void>()
  whenDone((index) => {
    waits.push(performance.now() - (added.get(index) ?? 0))
    waiting.get(index)?.()
  })
  const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()]
  let next = 0
  const send = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      added.set(index, performance.now())
      const done = new Promise<void>((resolve) => waiting.set(index, resolve))
      await add(index)
      await done
      waiting.delete(index)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, send))
  const { user, system } = process.cpuUsage(usedBefore)
  return { name, perSecond: (count * 1_000) / (performance.now() - startedAt), p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99), cpuMs: (user + system) / 1_000 / count }
}

async function paceBare(url: string, count: number): Promise<Paced> {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new Queue<{ index: number }>('bare', { connection })
  let finish: (index: number) => void = () => {}
  const worker = new Worker<{ index: number }>('bare', async ({ data }) => finish(data.index), { connection, concurrency, removeOnComplete: { count: 0 } })
  await worker.waitUntilReady()
  const found = await pace('bare BullMQ', count, async (index) => void (await queue.add('task', { index })), (done) => (finish = done))
  await worker.close()
  await queue.close()
  connection.disconnect()
  return found
}

interface OwnOptions {
  readonly redisUrl: string
  readonly databaseUrl: string
  readonly dataDir: string
  readonly count: number
}

const request: Request = { workspaceId: 'Tbench' as WorkspaceId, surface: 'door', channelId: 'C', userId: 'U', text: 'x', files: [], mentionable: [], isReply: false }

async function paceOurs(over: 'BullMQ and table' | 'table alone', { redisUrl, databaseUrl, dataDir, count }: OwnOptions): Promise<Paced> {
  const database = await openDatabase({ url: databaseUrl, dataDir })
  const [runs, tasks] = [createRunStore(database.db), createTaskStore(database)]
  const onError = (error: unknown) => console.error(error)
  const links: RedisLink[] = []
  const makeQueue = (): TaskQueue => {
    const options = { tasks, owner: randomUUID(), concurrency, nowMs: Date.now, onError }
    if (over === 'table alone') return new DatabaseQueue(options)
    const link = new RedisLink({ url: redisUrl, prefix: over, onError })
    links.push(link)
    return new BullmqQueue({ ...options, link })
  }
  const queue = makeQueue()
  // Of an edge, which takes in and does no work.
  const intake = over === 'BullMQ and table' ? makeQueue() : queue
  let finish: (index: number) => void = () => {}
  const indexes = new Map<string, number>()
  await queue.start(async (task) => {
    await database.db.transaction().execute((trx) => tasks.end(trx, task, 'completed'))
    finish(indexes.get(task.taskId) ?? -1)
    return { kind: 'ended' }
  })
  const add = async (index: number): Promise<void> => {
    const [runId, taskId] = [newRunId(), newTaskId()]
    indexes.set(taskId, index)
    const run = { runId, taskId, request, priority: 'medium' as const, lane: `run:${runId}`, maxAttempts: 5, nowMs: Date.now() }
    await database.db.transaction().execute((trx) => runs.insertOnce(trx, run, []))
    intake.announce([queuedTaskOf(run)])
  }
  const found = await pace(`ours, ${over}`, count, add, (done) => (finish = done))
  for (const one of new Set([queue, intake])) await one.drain(1_000)
  for (const link of links) link.close()
  await database.close()
  return found
}
