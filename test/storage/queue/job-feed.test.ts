import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Queue } from 'bullmq'
import { JobFeed } from '../../../src/storage/queue/job-feed.ts'
import { RedisLink } from '../../../src/storage/redis/redis-link.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { startProxy, type Proxy } from '../../support/tcp-proxy.ts'

let redis: TestRedis
let proxy: Proxy

beforeAll(async () => {
  redis = await startRedis()
  proxy = await startProxy(redis.url)
})
afterAll(async () => {
  await proxy.close()
  await redis.stop()
})

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('jobs that Redis forgets while several are read at once end no process, and later ones are read', async () => {
  const link = new RedisLink({ url: proxy.url, prefix: `test-${randomUUID()}`, onError: () => {} })
  await until(() => link.isUp)
  const queue = new Queue('tasks', { connection: link.commands, prefix: link.prefix })
  const add = (from: number, count: number) => queue.addBulk(Array.from({ length: count }, (_, index) => ({ name: 'task', data: { number: from + index } })))
  await add(0, 40)
  // What the feed says to Redis takes so long that it forgets everything before.
  proxy.setDelay(50)
  const [taken, errors]: [number[], unknown[]] = [[], []]
  let forgotten: Promise<void> | undefined
  const feed = new JobFeed({
    link,
    queueName: 'tasks',
    lockMs: 15_000,
    room: () => 1_000,
    whenRoom: async () => {},
    take(data) {
      taken.push((data as { number: number }).number)
      if (taken.length === 12) forgotten = redis.flush()
    },
    onError: (error) => errors.push(error),
  })
  await until(() => forgotten !== undefined)
  await forgotten
  await until(() => errors.length > 0)
  proxy.setDelay(0)
  await add(100, 1)
  await until(() => taken.includes(100))
  await feed.close()
  await queue.close()
  link.close()
  // A rejection that nobody hears fails the test by itself.
  expect(errors.map(String)).toContainEqual(expect.stringContaining('Missing key for job'))
})
