import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { projectRoot } from '../support/source-tree.ts'
import { channelOf, questionOf } from './steady-load.ts'

/* The clock of one worker jumps while runs are at work in both. */

const hourMs = 3_600_000
const dir = mkdtempSync(join(tmpdir(), 'murmur-clock-'))
const file = join(dir, 'offset')
const jump = (ms: number): void => writeFileSync(file, String(ms))
jump(0)

let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  const preload = pathToFileURL(join(projectRoot, 'test/support/jumping-clock.mjs')).href
  scaled = await startScaled({
    edges: 1,
    workers: 2,
    model: { latencyMs: 40 },
    environmentOf: (name): Record<string, string> => (name === 'worker-1' ? { NODE_OPTIONS: `--import=${preload}`, CLOCK_OFFSET_FILE: file } : {}),
  })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(6)}`)
}, 240_000)
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
  jump(offsetMs)
  // Both workers have renewed what they hold since then, and looked for what others let go of.
  await waitUntil('renewed leases', async () => (await leases()).every((row, index) => Number(row['lease_until_ms']) > Number(before[index]?.['lease_until_ms'])), 60_000)
  const renewed = await leases()
  await waitUntil('leases renewed again', async () => (await leases()).every((row, index) => Number(row['lease_until_ms']) > Number(renewed[index]?.['lease_until_ms'])), 60_000)
  expect((await leases()).map((row) => row['lease_owner'])).toEqual(before.map((row) => row['lease_owner']))
  expect((await leases()).every((row) => Math.abs(Number(row['lease_until_ms']) - Date.now()) < 60_000)).toBe(true)
  scaled.model.release()
  await ask(4)
  expect(await scaled.findFaults(asked)).toEqual([])
  jump(0)
}, 240_000)
