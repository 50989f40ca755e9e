import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { askedOf, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { patientRetriesMs, startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { counting, startLoad, type SteadyLoad } from './steady-load.ts'

/*
 * Servers and processes die by kill -9 while people go on asking, and come back with what they had on disk. People whose
 * deliveries are not acknowledged send them again, as Slack does.
 */

let scaled: Scaled
const asked: Asked[] = []
const numbers = counting()
const people = 4
const limitMs = 240_000
/** Of one process: ten in the pool of the store and a few readers beside it; see docs/capacity.md. */
const mostConnections = 14

beforeAll(async () => {
  scaled = await startScaled({ edges: 2, workers: 2, mortal: true, retryDelaysMs: patientRetriesMs, model: { latencyMs: 40, chunkDelayMs: 2 } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(10)}`)
}, limitMs)
afterAll(() => scaled.close(), 60_000)

let load: SteadyLoad
const more = (count: number, from = load.asked.length): Promise<boolean> => waitUntil(`${count} more requests`, () => load.asked.length >= from + count, 120_000)

/** Everybody asks before, during and after; what was asked is then looked at. @returns what is wrong */
async function underLoad(fault: () => Promise<void>): Promise<string[]> {
  load = startLoad(scaled, people, numbers)
  try {
    await more(8)
    await fault()
    await more(8)
  } catch (error) {
    // Else those who still wait for a server that is away would be waited for, and what was wrong said after that.
    void load.stop().catch(() => {})
    throw error
  }
  await load.stop()
  asked.push(...load.asked)
  return scaled.findFaults(asked)
}

const readiness = (): Promise<number[]> => Promise.all([...scaled.edges, ...scaled.workers].map(async ({ url }) => (await fetch(`${url}/readyz`)).status))
const allReady = (): Promise<boolean> => waitUntil('all processes to be ready', async () => (await readiness()).every((status) => status === 200), 60_000)
const isReadyFor = async (what: string): Promise<boolean[]> =>
  Promise.all([...scaled.edges, ...scaled.workers].map(async ({ url }) => ((await (await fetch(`${url}/readyz`)).json()) as { checks: Record<string, string> }).checks[what]?.startsWith('ok') ?? false))

afterEach(async () => {
  await waitUntil('no transaction to be open', async () => (await scaled.connections()).inTransaction === 0, 30_000)
  expect((await scaled.connections()).open).toBeLessThanOrEqual((scaled.edges.length + scaled.workers.length) * mostConnections)
  await scaled.waitForNoLeaks()
}, limitMs)

test('PostgreSQL dies by kill -9: nothing is acknowledged until it is back, and then everything goes on by itself', async () => {
  const faults = await underLoad(async () => {
    await scaled.servers.postgres.kill()
    scaled.noteLoss()
    // From then on all have seen what was stored before it died, and have said so.
    await waitUntil('all processes to see it', async () => (await readiness()).every((status) => status === 503), 60_000)
    const [before, refused] = [load.acknowledged, load.refused]
    await waitUntil('refused deliveries', () => load.refused >= refused + 8, 60_000)
    expect(load.acknowledged).toBe(before)
    await scaled.servers.postgres.restart()
    scaled.noteLoss()
    await allReady()
  })
  expect(faults).toEqual([])
}, limitMs)

test('PostgreSQL dies three times in a row', async () => {
  const faults = await underLoad(async () => {
    for (let count = 0; count < 3; count++) {
      await scaled.servers.postgres.kill()
      await scaled.servers.postgres.restart()
      scaled.noteLoss()
      await more(2)
    }
    await allReady()
  })
  expect(faults).toEqual([])
}, limitMs)

test('Chroma dies by kill -9: people get their answers without it, and it is used again when it is back', async () => {
  const faults = await underLoad(async () => {
    await scaled.servers.chroma.kill()
    await waitUntil('the loss to be seen', async () => (await isReadyFor('vectors')).every((isIt) => !isIt), 30_000)
    await more(8)
    await scaled.servers.chroma.restart()
    await allReady()
  })
  expect(faults).toEqual([])
}, limitMs)

test('an edge, a worker, Redis, PostgreSQL and Chroma die at once', async () => {
  const faults = await underLoad(async () => {
    const { postgres, chroma } = scaled.servers
    await Promise.all([scaled.kill('edge', 0), scaled.kill('worker', 0), scaled.loseRedis(), postgres.kill(), chroma.kill()])
    await Promise.all([scaled.returnRedis(), postgres.restart(), chroma.restart()])
    scaled.noteLoss()
    await Promise.all([scaled.start('edge', 0), scaled.start('worker', 0)])
    await allReady()
  })
  expect(faults).toEqual([])
}, limitMs)
