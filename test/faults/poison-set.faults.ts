import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { isFinishedAnswer, waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { channelOf, questionOf } from './steady-load.ts'

/* A request that takes down whichever worker has it. */

const metricsToken = 'token-of-the-test'
const limitMs = 400_000
let scaled: Scaled

beforeAll(async () => {
  scaled = await startScaled({ edges: 1, workers: 2, environment: { MURMUR_METRICS_TOKEN: metricsToken } })
  scriptAnswers(scaled.model, sentences(3))
}, 240_000)
afterAll(() => scaled.close(), 60_000)

const isPoison = (body: Readonly<Record<string, unknown>>): boolean => isAnswerCall(body) && JSON.stringify(body).includes('poison')
const runOf = async ({ ts }: Asked) => (await scaled.rows(`select status, error_code from runs where thread_id = '${ts}'`))[0]

async function isAtWork(index: number): Promise<boolean> {
  const response = await fetch(`${scaled.process('worker', index).url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
  return /^murmur_runs_active 1$/m.test(await response.text())
}

/** Kills the worker that has the request, and says which it was. */
async function killWhoHasIt(): Promise<number> {
  const index = (await isAtWork(0)) ? 0 : 1
  expect(await isAtWork(index)).toBe(true)
  await scaled.kill('worker', index)
  await waitUntil('the call to be cut', () => scaled.model.held === 0)
  return index
}

test('it is taken over and given up after a bound, and the other worker answers what others ask meanwhile', async () => {
  const { model } = scaled
  model.hold({ match: isPoison })
  const poison = await scaled.ask('Well, and now? What do you say to that, poison?', { channel: channelOf(50) })
  const others: Asked[] = []
  for (let kills = 0; kills < 3; kills++) {
    await waitUntil('the call that kills', () => model.held > 0, 120_000)
    const killed = await killWhoHasIt()
    // After the second it counts as begun eleven times, for a takeover takes as long as a lease.
    if (kills === 1) await scaled.rows('update tasks set attempts = 11 where status = \'running\'')
    const other = await scaled.ask(questionOf(kills), { channel: channelOf(kills) })
    await waitUntil('the answer of the other worker', () => scaled.answers(other).some(isFinishedAnswer), 60_000)
    others.push(other)
    await scaled.start('worker', killed)
  }
  await waitUntil('the end of the run', async () => (await runOf(poison))?.['status'] === 'failed', 120_000)
  model.release()
  expect(await runOf(poison)).toMatchObject({ error_code: 'MUR_RUN_GIVEN_UP' })
  await waitUntil('the word to the person', () => scaled.answers(poison).some(({ text }) => text.includes('begun 12 times')))
  for (const other of others) expect(await runOf(other)).toMatchObject({ status: 'completed' })
  expect(await scaled.rows('select step_key from reservations')).toEqual([])
  await scaled.waitForNoLeaks()
}, limitMs)
