import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, askedOf, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { patientRetriesMs, startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { channelOf, questionOf } from './steady-load.ts'

let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  scaled = await startScaled({ edges: 2, workers: 2, retryDelaysMs: patientRetriesMs, model: { latencyMs: 40, chunkDelayMs: 5 } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(20)}`)
}, 240_000)
afterAll(() => scaled.close(), 60_000)

const ask = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const number = asked.length
    asked.push(await scaled.ask(questionOf(number), { channel: channelOf(number) }))
  }
}

/** Asks, and lets the fault come while the model is at work on it. */
async function inTheMiddle(fault: () => Promise<void> | void): Promise<void> {
  scaled.model.hold({ match: isAnswerCall })
  await ask(4)
  await scaled.model.waitFor('the calls', () => scaled.model.held >= 4)
  await fault()
  scaled.model.release()
}

const limitMs = 240_000

test('Redis forgets everything', async () => {
  await inTheMiddle(() => scaled.flushRedis())
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('Redis is gone, and comes back empty', async () => {
  await inTheMiddle(() => scaled.loseRedis())
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
  await scaled.returnRedis()
  await waitUntil('Redis to be used', () => scaled.workers.every(({ log }) => log.filter((line) => line.includes('Redis answers"')).length >= 2))
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('Redis stays connected and says nothing', async () => {
  await inTheMiddle(() => scaled.redis.silence())
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
  scaled.redis.allow()
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('every connection to PostgreSQL is cut while runs are at work', async () => {
  await inTheMiddle(async () => {
    await scaled.postgres.cut()
    scaled.noteLoss()
  })
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('PostgreSQL stays connected and says nothing', async () => {
  await inTheMiddle(async () => {
    scaled.postgres.silence()
    const all = [...scaled.edges, ...scaled.workers]
    await waitUntil('all processes to see it', async () => (await Promise.all(all.map(async ({ url }) => (await fetch(`${url}/readyz`)).status))).every((status) => status === 503), 60_000)
    scaled.postgres.allow()
    scaled.noteLoss()
  })
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('connections to PostgreSQL and Redis are slow, and cut again and again', async () => {
  scaled.postgres.setDelay(10)
  scaled.redis.setDelay(10)
  for (let cuts = 0; cuts < 6; cuts++) {
    await ask(2)
    await Promise.all([scaled.postgres.cut(), scaled.redis.cut()])
    scaled.noteLoss()
  }
  scaled.postgres.setDelay(0)
  scaled.redis.setDelay(0)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('PostgreSQL and Redis are far away', async () => {
  scaled.postgres.setDelay(20)
  scaled.redis.setDelay(20)
  await ask(4)
  expect(await scaled.findFaults(asked)).toEqual([])
  scaled.postgres.setDelay(0)
  scaled.redis.setDelay(0)
}, limitMs)

test('an edge and a worker die by kill -9', async () => {
  await inTheMiddle(async () => {
    await scaled.kill('edge', 0)
    await scaled.kill('worker', 1)
  })
  await ask(3)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('no connection is left over from any of these', async () => {
  await expect(scaled.waitForNoLeaks()).resolves.toBeUndefined()
}, limitMs)
