import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { RedisLink } from '../../../src/storage/redis/redis-link.ts'
import { createSharedAllowances } from '../../../src/storage/redis/shared-allowances.ts'
import { redisUrl, startRedis } from '../../support/redis.ts'

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

async function aProcess(prefix: string, url = redisUrl()) {
  const link = new RedisLink({ url, prefix, onError: () => {}, pingMs: 50, commandTimeoutMs: 300 })
  closing.push(() => link.close())
  while (!link.isUp) await new Promise((resolve) => setTimeout(resolve, 5))
  return { link, allowances: createSharedAllowances(link, () => {}) }
}

const hourMs = 3_600_000
const isKnown = async ({ link }: Awaited<ReturnType<typeof aProcess>>, prefix: string): Promise<void> => {
  while ((await link.commands.exists(`${prefix}:allowance:m:requests`)) === 0);
}

test('what is left at a model server is shared, so that processes together ask no more often than it allows', async () => {
  const prefix = randomUUID()
  const [one, other] = [await aProcess(prefix), await aProcess(prefix)]
  expect(await one.allowances.take('m', 100, 0)).toBe(0)
  one.allowances.observe('m', { requests: { remaining: 4, limit: 100, resetsInMs: hourMs }, tokens: undefined })
  await isKnown(one, prefix)
  const waits: (number | undefined)[] = []
  for (let call = 0; call < 8; call++) waits.push(await [one, other][call % 2]!.allowances.take('m', 100, 10 * hourMs))
  expect(waits.map((wait) => (wait ?? 0) > 0)).toEqual([false, false, false, false, true, true, true, true])
  expect(waits.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(waits)
})

test('tokens count as well, and what has to wait too long takes nothing', async () => {
  const prefix = randomUUID()
  const process = await aProcess(prefix)
  process.allowances.observe('m', { requests: { remaining: 100, limit: 100, resetsInMs: 0 }, tokens: { remaining: 500, limit: 1_000, resetsInMs: hourMs } })
  await isKnown(process, prefix)
  expect(await process.allowances.take('m', 800, 1_000)).toBeGreaterThan(1_000)
  expect(await process.allowances.take('m', 400, 1_000)).toBe(0)
  expect(await process.allowances.take('m', 400, 1_000)).toBeGreaterThan(1_000)
})

test('what waits already is served before what the server allows anew', async () => {
  const prefix = randomUUID()
  const process = await aProcess(prefix)
  const seen = { requests: { remaining: 0, limit: 10, resetsInMs: hourMs }, tokens: undefined }
  process.allowances.observe('m', seen)
  await isKnown(process, prefix)
  const first = (await process.allowances.take('m', 1, hourMs)) ?? 0
  process.allowances.observe('m', seen)
  const second = (await process.allowances.take('m', 1, hourMs)) ?? 0
  expect(second).toBeGreaterThan(first * 1.5)
})

test('without Redis nothing is known, and the own pacer decides', async () => {
  const server = await startRedis()
  const { link, allowances } = await aProcess(randomUUID(), server.url)
  await server.stop()
  expect(await allowances.take('m', 1, 1_000)).toBeUndefined()
  while (link.isUp) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(await allowances.take('m', 1, 1_000)).toBeUndefined()
})
