import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, askedOf, sentences } from './script-model.ts'
import { alice, waitUntil, type Asked } from './start-scenario.ts'
import { startScaled, type Scaled } from './start-scaled.ts'

let scaled: Scaled
const asked: Asked[] = []
let asks = 0

beforeAll(async () => {
  scaled = await startScaled({ edges: 2, workers: 2, model: { latencyMs: 40 } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(6)}`)
}, 120_000)
afterAll(() => scaled.close())

const channelOf = (index: number): string => `C0FRESH${String(index % 60).padStart(4, '0')}`
const ask = async (options: Parameters<Scaled['ask']>[1] = {}): Promise<Asked> => {
  const one = await scaled.ask(`Well, and now? What do you say to that, for the ${++asks}. time?`, { channel: channelOf(asks), ...options })
  asked.push(one)
  return one
}

test('requests are answered once, whichever edge takes which delivery of them', async () => {
  for (let index = 0; index < 6; index++) {
    scaled.workspace.faults.add({ kind: 'duplicate_delivery', times: 2 })
    await ask()
  }
  expect(await scaled.findFaults(asked)).toEqual([])
}, 120_000)

test('what is said in one thread is answered in its order, whichever worker does it', async () => {
  const first = await ask()
  for (let index = 0; index < 4; index++) await ask({ channel: first.channel, threadTs: first.ts })
  expect(await scaled.findFaults(asked)).toEqual([])
  const runs = await scaled.rows(`select started_at_ms, finished_at_ms from runs where thread_id = '${first.ts}' order by run_id`)
  for (const [index, run] of runs.slice(1).entries()) expect(Number(run['started_at_ms'])).toBeGreaterThanOrEqual(Number(runs[index]?.['finished_at_ms']))
}, 120_000)

test('a worker that dies in the middle has its runs taken over, and nothing is lost, posted twice or paid twice', async () => {
  scaled.model.hold({ match: isAnswerCall })
  for (let index = 0; index < 6; index++) await ask()
  await scaled.model.waitFor('the calls', () => scaled.model.held === 6)
  await scaled.kill('worker', 0)
  scaled.model.release()
  expect(await scaled.findFaults(asked)).toEqual([])
  await scaled.start('worker', 0)
}, 150_000)

test('a stop reaches the run in whichever worker it is', async () => {
  scaled.model.hold({ match: isAnswerCall })
  const one = await scaled.ask('Well, and now? What do you say to that, to be stopped?', { channel: channelOf(50) })
  await scaled.model.waitFor('the call', () => scaled.model.held === 1)
  await scaled.workspace.stop({ user: alice, channel: one.channel, threadTs: one.ts })
  await waitUntil('the stop', async () => (await scaled.rows(`select status from runs where thread_id = '${one.ts}'`))[0]?.['status'] === 'cancelled')
  scaled.model.release()
  expect(scaled.answers(one).length).toBeLessThanOrEqual(1)
}, 120_000)
