import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, askedOf, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { channelOf, questionOf } from './steady-load.ts'

let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  scaled = await startScaled({ edges: 2, workers: 2, model: { latencyMs: 40, chunkDelayMs: 5 } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(20)}`)
}, 240_000)
afterAll(() => scaled.close(), 60_000)
afterEach(() => scaled.waitForNoLeaks(), 200_000)

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
