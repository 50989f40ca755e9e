import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import { createSharedLimits } from '../../../src/storage/redis/shared-limits.ts'
import { RedisLink } from '../../../src/storage/redis/redis-link.ts'
import { redisUrl, startRedis } from '../../support/redis.ts'
import { startProxy } from '../../support/tcp-proxy.ts'

const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

/** The limits as one process sees them. */
async function aProcess(prefix: string, url = redisUrl()) {
  const link = new RedisLink({ url, prefix, onError: () => {}, pingMs: 50, commandTimeoutMs: 300 })
  const limits = createSharedLimits(link, () => {})
  closing.push(() => link.close(), () => limits.close())
  await until(() => link.isUp)
  return { link, limits }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5))
}

const pace = { intervalMs: 60_000, burst: 3, maxWaiting: 2 }
const never = new AbortController().signal

test('a channel that one process strained is paced for all of them together', async () => {
  const prefix = randomUUID()
  const [{ limits: one, link }, { limits: other }] = [await aProcess(prefix), await aProcess(prefix)]
  expect(await other.takeTurn('C1', pace)).toEqual({ waitMs: 0, isRefused: false })
  one.strain('C1', 60_000)
  await until(async () => (await link.commands.exists(`${prefix}:strain:C1`)) === 1)
  const turns = []
  for (const limits of [one, other, one, other, one, other]) turns.push(await limits.takeTurn('C1', pace))
  expect(turns.map((turn) => [Math.round((turn?.waitMs ?? 0) / 60_000), turn?.isRefused])).toEqual([
    [0, false],
    [0, false],
    [0, false],
    [1, false],
    [2, false],
    [3, true],
  ])
  expect(await other.takeTurn('C2', pace)).toEqual({ waitMs: 0, isRefused: false })
})

test('places are had by so many at a time in all processes, and go to those who wait', async () => {
  const prefix = randomUUID()
  const processes = [await aProcess(prefix), await aProcess(prefix), await aProcess(prefix)]
  let inside = 0
  let most = 0
  const visit = async (index: number): Promise<void> => {
    const leave = await processes[index % 3]?.limits.enter('openai', 2, never)
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 2))
    inside--
    leave?.()
  }
  await Promise.all(Array.from({ length: 12 }, (_, index) => visit(index)))
  expect(most).toBe(2)
})

test('who waits for a place stops waiting when it is stopped', async () => {
  const { limits } = await aProcess(randomUUID())
  await limits.enter('openai', 1, never)
  const stopping = new AbortController()
  const waiting = limits.enter('openai', 1, stopping.signal)
  stopping.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})

test('without an answer of Redis nobody waits for it, and each process is left to its own limits', async () => {
  const server = await startRedis()
  const proxy = await startProxy(server.url)
  const { limits, link } = await aProcess(randomUUID(), proxy.url)
  proxy.silence()
  expect(await limits.takeTurn('C1', pace)).toBeUndefined()
  const leave = await limits.enter('openai', 1, never)
  leave()
  await until(() => !link.isUp)
  proxy.allow()
  await until(() => link.isUp)
  expect(await limits.takeTurn('C1', pace)).toEqual({ waitMs: 0, isRefused: false })
  await proxy.close()
  await server.stop()
})

test('messages reach the other processes and not the one that says them', async () => {
  const prefix = randomUUID()
  const [one, other] = [await aProcess(prefix), await aProcess(prefix)]
  const heard: string[] = []
  one.link.hear('stop', (text) => void heard.push(`one ${text}`))
  other.link.hear('stop', (text) => void heard.push(`other ${text}`))
  // Until the subscription stands, what is said is not heard.
  await until(() => {
    one.link.tell('stop', 'run 1')
    return heard.length > 0
  })
  expect(new Set(heard)).toEqual(new Set(['other run 1']))
})
