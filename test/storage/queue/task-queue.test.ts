import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BullmqQueue } from '../../../src/storage/queue/bullmq-queue.ts'
import { DatabaseQueue, type DatabaseQueueOptions } from '../../../src/storage/queue/database-queue.ts'
import { RedisLink } from '../../../src/storage/redis/redis-link.ts'
import { testSharedTaskQueue, testTaskQueue, type QueueUnderTest } from '../../conformance/task-queue.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'
import { redisUrl } from '../../support/redis.ts'

const onEngine = (name: string, makeQueue: QueueUnderTest['makeQueue'], isShared: boolean, close = () => {}): QueueUnderTest => {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-queue-'))
  let server: TestDatabase | undefined
  return {
    name,
    makeQueue,
    async create() {
      server = isShared ? await createTestDatabase() : undefined
      return server ? { dataDir, url: server.url } : { dataDir }
    },
    async destroy() {
      close()
      await server?.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Each queue has a link of its own, as each process has. */
function overRedis(url: string) {
  const links: RedisLink[] = []
  const prefix = `test-${randomUUID()}`
  const makeQueue = (options: DatabaseQueueOptions) => {
    const link = new RedisLink({ url, prefix, onError: options.onError, pingMs: 100 })
    links.push(link)
    return new BullmqQueue({ ...options, link, sweepMs: 100 })
  }
  return { makeQueue, close: () => links.forEach((link) => link.close()) }
}

const inProcess = (options: DatabaseQueueOptions) => new DatabaseQueue(options)
const redis = () => overRedis(redisUrl())
/** Nothing listens there. */
const nowhere = () => overRedis('redis://127.0.0.1:1')

testTaskQueue(onEngine('tasks from the table of SQLite', inProcess, false))
testTaskQueue(onEngine('tasks from the table of PostgreSQL', inProcess, true))
for (const [name, world] of [['tasks over Redis', redis()], ['tasks over a Redis that never was', nowhere()]] as const) {
  testTaskQueue(onEngine(name, world.makeQueue, true, world.close))
}
testSharedTaskQueue(onEngine('from the table', inProcess, true))
for (const [name, world] of [['over Redis', redis()], ['over a Redis that never was', nowhere()]] as const) {
  testSharedTaskQueue(onEngine(name, world.makeQueue, true, world.close))
}
