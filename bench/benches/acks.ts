import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApp } from '../../playground/start-app.ts'
import type { Bench, Report } from '../bench.ts'
import { timeDiskWaits } from '../measure/disk-waits.ts'
import { estimate } from '../measure/statistics.ts'
import { createMention, deliver } from '../subjects/app-process.ts'
import { requests } from '../subjects/requests.ts'

const eventsPerSecond = 50
const warmUpEvents = 100
/** Beside one disk wait. */
const aimMs = 50
const probeEveryMs = 100

/** How long the whole app, in a process of its own, takes to acknowledge mentions that come at a steady rate. */
export async function measureAcks({ modelUrl, slack, newDataDir, isQuick }: Bench): Promise<Report> {
  const dataDir = newDataDir()
  mkdirSync(dataDir, { recursive: true })
  const app = await startApp({ workspace: { ...slack, connect() {} }, openAiBaseUrl: modelUrl, openAiApiKey: 'bench', dataDir, environment: { LOG_LEVEL: 'warn' } })
  const count = isQuick ? 100 : 1_500
  const probes = timeDiskWaits(dataDir, Math.ceil(((count + warmUpEvents) / eventsPerSecond) * (1_000 / probeEveryMs) * 0.9), probeEveryMs)
  const times: number[] = []
  try {
    const startMs = performance.now()
    const answers: Promise<void>[] = []
    for (let index = 0; index < warmUpEvents + count; index++) {
      // By the clock, whatever is still unanswered: a slow answer must not make the next event come later.
      const dueMs = startMs + (index * 1_000) / eventsPerSecond
      if (dueMs > performance.now()) await sleep(dueMs - performance.now())
      answers.push(timeOne(index))
    }
    await Promise.all(answers)
  } finally {
    await app.stop()
  }

  async function timeOne(index: number): Promise<void> {
    const body = createMention(slack, slack.threads[index % slack.threads.length] ?? { channelId: '', threadId: '' }, requests['one agent'])
    const sentMs = performance.now()
    const status = await deliver(app.url, slack, body)
    if (status !== 200) throw new Error(`An event was answered with ${status}.`)
    if (index >= warmUpEvents) times.push(performance.now() - sentMs)
  }
  return describe(times, await probes)
}

function describe(times: readonly number[], probes: readonly number[]): Report {
  const [ack, disk] = [estimate(times), estimate(probes)]
  const row = (name: string, { p50, p99 }: typeof ack, values: readonly number[], aim: string) => [name, '', p50.toFixed(2), p99.toFixed(2), Math.max(...values).toFixed(2), aim, String(values.length)]
  return {
    title: `Acknowledging ${eventsPerSecond} mentions a second over signed HTTP, stored before the answer`,
    head: ['', '', 'p50 ms', 'p99 ms', 'most ms', 'aim', 'count'],
    rows: [row('acknowledgement', ack, times, `p99 < ${aimMs} + disk`), row('one fdatasync meanwhile', disk, probes, '-')],
    notes: ['The app works on the mentions at the same time, in threads with a history. Sent by the clock, however late answers are.'],
    data: { ack, disk },
  }
}
