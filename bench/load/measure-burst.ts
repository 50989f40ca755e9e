import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSet } from '../../playground/start-set.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { startRedis } from '../../test/support/redis.ts'
import type { Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import { startChild } from '../start-child.ts'
import { createMention, deliver } from '../subjects/app-process.ts'
import { requests } from '../subjects/requests.ts'
import type { Load } from './load.ts'
import { usageOf } from './process-usage.ts'
import { createDatabase, deliverAll, waitForEnds } from './send-load.ts'

const minuteMs = 60_000
/** After so long Slack counts a delivery as failed and sends it again. */
const patienceMs = 3_000
const [edges, workers] = [2, 3] as const
const warmUps = 24

/**
 * Mentions that come evenly over a minute, whether those before them are acknowledged or not, to two edges, beside three workers that carry out
 * what was taken in. What is not acknowledged is not sent again.
 */
export async function measureBurst({ slack, newDataDir, isQuick }: Load): Promise<readonly Report[]> {
  const [count, spanMs] = isQuick ? [100, 1_000] : [10_000, minuteMs]
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const model = await startChild<{ baseUrl: string }>('servers/model-server.ts', ['0'])
  const { url, client } = await createDatabase(postgres.url, 'burst')
  const dataDir = newDataDir()
  mkdirSync(dataDir, { recursive: true })
  let appUrl = ''
  const stores = { databaseUrl: url, redisUrl: redis.url, chromaUrl: undefined }
  const workspace = { ...slack, connect: (given: string) => void (appUrl = given) }
  const set = await startSet({ workspace, dataDir, edges, workers, stores, openAiBaseUrl: model.facts.baseUrl, openAiApiKey: 'bench', environment: { LOG_LEVEL: 'warn' } })
  try {
    await deliverAll(appUrl, slack, warmUps)
    await waitForEnds(client, warmUps)
    const cpuOf = () => new Map([...set.processes].map(([name, { pid }]) => [name, usageOf(pid)?.cpuMs ?? Number.NaN]))
    const before = cpuOf()
    const startedAt = performance.now()
    const waits = await sendEvenly(appUrl, slack, count, spanMs)
    const ackedMs = performance.now() - startedAt
    const { rows } = await client.query<{ done: string; stored: string }>('select count(*) as stored, count(finished_at_ms) as done from runs')
    const after = cpuOf()
    const spent = (role: string): number => [...after].filter(([name]) => name.startsWith(role)).reduce((sum, [name, ms]) => sum + ms - (before.get(name) ?? 0), 0)
    const inTime = waits.filter((ms) => ms <= patienceMs).length
    const found = { count, spanMs, inTime, failed: count - waits.length, p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99), ackedMs, stored: Number(rows[0]?.stored) - warmUps, done: Number(rows[0]?.done) - warmUps, edgeCpuMs: spent('edge') / count, workerCpuMs: spent('worker') }
    return [
      {
        title: `${count.toLocaleString('en-US')} mentions within ${spanMs / 1_000} s, ${edges} edges and ${workers} workers`,
        head: ['mentions', '', `acknowledged within ${patienceMs / 1_000} s`, 'p50 ms', 'p99 ms', 'last one after s', 'answered by then', 'edge CPU ms each'],
        rows: [[String(count), '', `${((100 * inTime) / count).toFixed(1)} %`, found.p50Ms.toFixed(0), found.p99Ms.toFixed(0), (ackedMs / 1_000).toFixed(1), String(found.done), found.edgeCpuMs.toFixed(2)]],
        notes: [`${found.failed} deliveries were refused. PostgreSQL without fsync, Redis, the model, Slack, the balancer and the sender were on the same machine.`],
        data: found,
      },
    ]
  } finally {
    // What is still queued is not worth the wait.
    await set.close('SIGKILL')
    await client.end()
    await model.stop()
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

/** @returns how long each took that was acknowledged, from the moment it was to be sent, in milliseconds */
async function sendEvenly(appUrl: string, slack: Load['slack'], count: number, spanMs: number): Promise<number[]> {
  const waits: number[] = []
  const startedAt = performance.now()
  const sent: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const dueAt = startedAt + (index * spanMs) / count
    const earlyMs = dueAt - performance.now()
    if (earlyMs > 0) await sleep(earlyMs)
    const spot = slack.threads[index % slack.threads.length] ?? { channelId: '', threadId: '' }
    const one = deliver(appUrl, slack, createMention(slack, spot, requests['one agent'])).then(
      (status) => void (status === 200 && waits.push(performance.now() - dueAt)),
      () => {},
    )
    sent.push(one)
  }
  await Promise.all(sent)
  return waits
}
