import { expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { redisUrl, startRedis } from './redis.ts'

test('the server of the run answers', async () => {
  const client = new Redis(redisUrl())
  expect(await client.ping()).toBe('PONG')
  client.disconnect()
})

test('a server that comes back after its end has forgotten everything', async () => {
  const first = await startRedis()
  const client = new Redis(first.url)
  client.on('error', () => {})
  await client.set('kept', 'yes')
  await first.stop()
  const second = await startRedis(first.port)
  expect(await client.get('kept')).toBeNull()
  client.disconnect()
  await second.stop()
})
