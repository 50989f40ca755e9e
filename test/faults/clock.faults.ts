import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { patientRetriesMs, startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { projectRoot } from '../support/source-tree.ts'
import { channelOf, questionOf } from './steady-load.ts'

/* The clocks of one worker and of one edge jump, each by itself, while runs are at work. */

const hourMs = 3_600_000
const minuteMs = 60_000
const limitMs = 240_000
const dir = mkdtempSync(join(tmpdir(), 'murmur-clock-'))
const jumping = ['worker-1', 'edge-1']
const fileOf = (name: string): string => join(dir, name)
const jump = (name: string, ms: number): void => writeFileSync(fileOf(name), String(ms))
for (const name of jumping) jump(name, 0)

let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  const preload = pathToFileURL(join(projectRoot, 'test/support/jumping-clock.mjs')).href
  scaled = await startScaled({
    edges: 2,
    workers: 2,
    retryDelaysMs: patientRetriesMs,
    model: { latencyMs: 40 },
    environmentOf: (name): Record<string, string> => (jumping.includes(name) ? { NODE_OPTIONS: `--import=${preload}`, CLOCK_OFFSET_FILE: fileOf(name) } : {}),
  })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(6)}`)
}, limitMs)
afterAll(async () => {
  await scaled.close()
  rmSync(dir, { recursive: true, force: true })
}, 120_000)

const ask = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) asked.push(await scaled.ask(questionOf(asked.length), { channel: channelOf(asked.length) }))
}
const leases = () => scaled.rows("select lease_owner, lease_until_ms from tasks where status = 'running' order by task_id")

test.each([
  ['an hour ahead', hourMs],
  ['an hour back', -hourMs],
])('a clock that jumps %s takes no run from anybody, holds none back, and pays nothing twice', async (_name, offsetMs) => {
  scaled.model.hold({ match: isAnswerCall })
  await ask(8)
  await scaled.model.waitFor('the calls', () => scaled.model.held >= 8)
  const before = await leases()
  jump('worker-1', offsetMs)
  // Both workers have renewed what they hold since then, and looked for what others let go of.
  await waitUntil('renewed leases', async () => (await leases()).every((row, index) => Number(row['lease_until_ms']) > Number(before[index]?.['lease_until_ms'])), 60_000)
  const renewed = await leases()
  await waitUntil('leases renewed again', async () => (await leases()).every((row, index) => Number(row['lease_until_ms']) > Number(renewed[index]?.['lease_until_ms'])), 60_000)
  expect((await leases()).map((row) => row['lease_owner'])).toEqual(before.map((row) => row['lease_owner']))
  expect((await leases()).every((row) => Math.abs(Number(row['lease_until_ms']) - Date.now()) < 60_000)).toBe(true)
  scaled.model.release()
  await ask(4)
  expect(await scaled.findFaults(asked)).toEqual([])
  jump('worker-1', 0)
}, limitMs)

const clockOf = async (edge: number): Promise<string> => ((await (await fetch(`${scaled.edges[edge]?.url}/readyz`)).json()) as { checks: Record<string, string> }).checks['clock'] ?? ''
const countRefused = (): number => scaled.edges[0]?.log.filter((line) => line.includes('request is stale')).length ?? 0

test.each([
  ['six minutes ahead', 6 * minuteMs, 'ok, the clock of this machine is 360 s ahead of the database\'s, and this process refuses'],
  ['four minutes ahead', 4 * minuteMs, 'ok, the clock of this machine is 240 s ahead'],
  ['six minutes behind', -6 * minuteMs, 'ok, the clock of this machine is 360 s behind'],
])('an edge whose clock is %s says so and stays in service, and what is acknowledged is answered once', async (_name, offsetMs, said) => {
  const refused = countRefused()
  jump('edge-1', offsetMs)
  await waitUntil('the edge to say so', async () => (await clockOf(0)).startsWith(said))
  expect(await clockOf(1)).toBe('ok')
  expect(scaled.edges[0]?.log.some((line) => line.includes('the clock of this machine is'))).toBe(true)
  await ask(6)
  expect(await scaled.findFaults(asked)).toEqual([])
  expect(countRefused() > refused).toBe(offsetMs > 5 * minuteMs)
  jump('edge-1', 0)
  await waitUntil('the edge to be right again', async () => (await clockOf(0)) === 'ok')
}, limitMs)

test('nothing is left of it', async () => {
  await expect(scaled.waitForNoLeaks()).resolves.toBeUndefined()
}, limitMs)
