import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { projectRoot } from '../support/source-tree.ts'
import { channelOf, questionOf } from './steady-load.ts'

/* The same work again and again: what a process keeps of it must not grow with it. */

const cycles = Number(process.env['FAULTS_CYCLES'] ?? 14)
const runsACycle = 40
/** In these caches, pools and compiled code come to their size. */
const warmUpCycles = 4
/** What a run needs while it is at work is several times as much; what is kept in bounded caches, and noise, was 300 to 1,100. */
const mostBytesARun = 2_000
const limitMs = 120_000 + cycles * 60_000
const roles = ['edge', 'worker'] as const

const dir = mkdtempSync(join(tmpdir(), 'murmur-heap-'))
const fileOf = (name: string): string => join(dir, name)
let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  const preload = pathToFileURL(join(projectRoot, 'test/support/heap-on-signal.mjs')).href
  scaled = await startScaled({
    edges: 1,
    workers: 1,
    model: { journalLimit: 10_000 + 4 * cycles * runsACycle },
    // What is learnt is kept, up to bounds of its own that these few runs do not reach.
    environment: { MURMUR_LEARNING: 'off' },
    environmentOf: (name) => ({ NODE_OPTIONS: `--import=${preload}`, HEAP_FILE: fileOf(name.split('-')[0] ?? name) }),
  })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(2)}`)
}, 240_000)
afterAll(async () => {
  await scaled.close()
  rmSync(dir, { recursive: true, force: true })
}, 60_000)

const measured = (name: string): number[] => (existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8').trimEnd().split('\n').map(Number) : [])

async function measure(): Promise<void> {
  for (const role of roles) {
    const before = measured(role).length
    process.kill(scaled.process(role, 0).pid, 'SIGUSR2')
    await waitUntil('a measurement', () => measured(role).length > before, 60_000)
  }
}

/** The median of the slopes between all pairs (Theil 1950, Sen 1968): a few points that lie apart do not move it. */
function slopeOf(points: readonly number[]): number {
  const slopes = points.flatMap((y, x) => points.slice(x + 1).map((later, i) => (later - y) / (i + 1))).toSorted((a, b) => a - b)
  return slopes[Math.floor(slopes.length / 2)] ?? 0
}

test('a process keeps no more after many runs than after some', async () => {
  for (let cycle = 0; cycle < cycles; cycle++) {
    const requests = Array.from({ length: runsACycle }, (_, index) => asked.length + index)
    asked.push(...(await Promise.all(requests.map((number) => scaled.ask(questionOf(number), { channel: channelOf(number) })))))
    await waitUntil('all runs to end', async () => Number((await scaled.rows('select count(*)::int as open from runs where finished_at_ms is null'))[0]?.['open']) === 0, 120_000)
    await measure()
  }
  for (const role of roles) {
    const bytesARun = Math.round(slopeOf(measured(role).slice(warmUpCycles)) / runsACycle)
    process.stderr.write(`${role}: ${measured(role).map((bytes) => (bytes / 1024 / 1024).toFixed(2)).join(' ')} MiB, ${bytesARun} bytes a run\n`)
    expect(bytesARun).toBeLessThan(mostBytesARun)
  }
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)
