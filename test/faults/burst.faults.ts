import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { usageOf } from '../../bench/load/process-usage.ts'
import { askedOf, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { patientRetriesMs, startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { channelOf, counting, questionOf } from './steady-load.ts'

/* Far more mentions at once than can be answered meanwhile. `FAULTS_BURST=10000` makes it the burst of a large workspace, which takes minutes. */

const count = Number(process.env['FAULTS_BURST'] ?? 400)
/** Deliveries under way at once, as from Slack's several senders. */
const senders = 32
/** A run took 25 ms to 40 ms on two cores (docs/capacity.md); this is several times as long. */
const endMs = 120_000 + count * 150
/** A worker had 340 MiB at most with 600 in the queue (docs/capacity.md); what waits lies in the table, so more of it must not take more. */
const mostPeakMiB = 640

let scaled: Scaled

beforeAll(async () => {
  scaled = await startScaled({ edges: 1, workers: 2, retryDelaysMs: patientRetriesMs, model: { journalLimit: 10_000 + 4 * count } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(2)}`)
}, 240_000)
afterAll(() => scaled.close(), 60_000)

test('a burst is acknowledged as it comes and answered once each in the end, in bounded memory', async () => {
  const asked: Asked[] = []
  const numbers = counting()
  const startedMs = performance.now()
  const send = async (): Promise<void> => {
    for (let number = numbers.next().value; number < count; number = numbers.next().value) asked.push(await scaled.ask(questionOf(number), { channel: channelOf(number) }))
  }
  await Promise.all(Array.from({ length: senders }, send))
  const ackedMs = performance.now() - startedMs
  await waitUntil('all runs to end', async () => Number((await scaled.rows('select count(*)::int as open from runs where finished_at_ms is null'))[0]?.['open']) === 0, endMs)
  const endedMs = performance.now() - startedMs
  expect(await scaled.findFaults(asked, endMs)).toEqual([])
  const peaks = [...scaled.edges, ...scaled.workers].map(({ pid }) => Math.round(usageOf(pid)?.peakMiB ?? 0))
  process.stderr.write(`${count} mentions: acknowledged in ${Math.round(ackedMs)} ms, answered in ${Math.round(endedMs)} ms, peaks ${peaks.join(', ')} MiB\n`)
  expect(Math.max(...peaks)).toBeLessThan(mostPeakMiB)
  await scaled.waitForNoLeaks()
}, endMs + 320_000)
