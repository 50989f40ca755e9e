import { mkdirSync } from 'node:fs'
import type pg from 'pg'
import { startSet } from '../../playground/start-set.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { startRedis } from '../../test/support/redis.ts'
import type { Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import { startChild } from '../start-child.ts'
import type { Load } from './load.ts'
import { usageOf } from './process-usage.ts'
import { createDatabase, deliverAll, senders, waitForEnds } from './send-load.ts'

const latenciesMs = [0, 1_000] as const
const workerCounts = [1, 2, 4] as const

interface Case {
  readonly latencyMs: number
  readonly workers: number
  readonly count: number
  readonly acksPerSecond: number
  readonly ackP50Ms: number
  readonly ackP99Ms: number
  readonly runsPerSecond: number
  readonly runP50Ms: number
  readonly runP99Ms: number
  /** CPU of the edge and of all workers, for each run. */
  readonly edgeCpuMs: number
  readonly workerCpuMs: number
  readonly edgePeakMiB: number
  readonly workerPeakMiB: number
}

/**
 * Mentions as fast as they are acknowledged, over signed HTTP, through one edge to 1, 2 and 4 workers on PostgreSQL and Redis, until the
 * last one is answered in Slack.
 */
export async function measureSet({ slack, newDataDir, isQuick }: Load): Promise<readonly Report[]> {
  const [postgres, redis] = [await startPostgres(), await startRedis()]
  const found: Case[] = []
  try {
    for (const latencyMs of latenciesMs) {
      const model = await startChild<{ baseUrl: string }>('servers/model-server.ts', [String(latencyMs)])
      try {
        for (const workers of workerCounts) {
          if (isQuick && workers > 2) continue
          found.push(await measureCase({ slack, newDataDir, modelUrl: model.facts.baseUrl, serverUrl: postgres.url, redisUrl: redis.url, latencyMs, workers, count: isQuick ? 40 : 600 }))
        }
      } finally {
        await model.stop()
      }
    }
  } finally {
    await Promise.all([postgres.stop(), redis.stop()])
  }
  return [describe(found)]
}

interface CaseOptions extends Pick<Load, 'slack' | 'newDataDir'> {
  readonly modelUrl: string
  readonly serverUrl: string
  readonly redisUrl: string
  readonly latencyMs: number
  readonly workers: number
  readonly count: number
}

async function measureCase({ slack, newDataDir, modelUrl, serverUrl, redisUrl, latencyMs, workers, count }: CaseOptions): Promise<Case> {
  const { url, client } = await createDatabase(serverUrl, `load_${latencyMs}_${workers}`)
  const dataDir = newDataDir()
  mkdirSync(dataDir, { recursive: true })
  const redis = new URL(redisUrl)
  // Each case has a Redis database of its own.
  redis.pathname = `/${latenciesMs.indexOf(latencyMs as 0) * workerCounts.length + workerCounts.indexOf(workers as 1)}`
  let appUrl = ''
  const set = await startSet({
    workspace: { ...slack, connect: (given) => void (appUrl = given) },
    dataDir,
    edges: 1,
    workers,
    stores: { databaseUrl: url, redisUrl: redis.href, chromaUrl: undefined },
    openAiBaseUrl: modelUrl,
    openAiApiKey: 'bench',
    // What is remembered of answers and what is learnt is measured elsewhere.
    environment: { LOG_LEVEL: 'warn' },
  })
  try {
    await warmUp(appUrl, slack, client, workers * 8)
    const before = usages(set.processes)
    const startedAt = performance.now()
    const acks = await deliverAll(appUrl, slack, count)
    const ackedMs = performance.now() - startedAt
    await waitForEnds(client, workers * 8 + count)
    const endedMs = performance.now() - startedAt
    const after = usages(set.processes)
    const times = await client.query<{ ms: string }>('select finished_at_ms - created_at_ms as ms from runs order by run_id offset $1', [workers * 8])
    const runMs = times.rows.map(({ ms }) => Number(ms))
    const spent = (role: string) => [...after].filter(([name]) => name.startsWith(role)).map(([name, usage]) => ({ cpuMs: usage.cpuMs - (before.get(name)?.cpuMs ?? 0), peakMiB: usage.peakMiB }))
    const [edge, work] = [spent('edge'), spent('worker')]
    const cpuEach = (all: readonly { cpuMs: number }[]) => all.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / count
    const most = (all: readonly { peakMiB: number }[]) => Math.max(...all.map(({ peakMiB }) => peakMiB))
    return {
      latencyMs,
      workers,
      count,
      acksPerSecond: (count * 1_000) / ackedMs,
      ackP50Ms: quantile(acks, 0.5),
      ackP99Ms: quantile(acks, 0.99),
      runsPerSecond: (count * 1_000) / endedMs,
      runP50Ms: quantile(runMs, 0.5),
      runP99Ms: quantile(runMs, 0.99),
      edgeCpuMs: cpuEach(edge),
      workerCpuMs: cpuEach(work),
      edgePeakMiB: most(edge),
      workerPeakMiB: most(work),
    }
  } finally {
    await set.close()
    await client.end()
  }
}

function usages(processes: ReadonlyMap<string, { readonly pid: number }>) {
  return new Map([...processes].map(([name, { pid }]) => [name, usageOf(pid) ?? { cpuMs: Number.NaN, peakMiB: Number.NaN }]))
}

/** Every worker has then loaded what a run needs. */
async function warmUp(appUrl: string, slack: Load['slack'], client: pg.Client, count: number): Promise<void> {
  await deliverAll(appUrl, slack, count)
  await waitForEnds(client, count)
}

function describe(found: readonly Case[]): Report {
  return {
    title: `One edge, several workers, PostgreSQL and Redis: all mentions at once, ${senders} deliveries under way`,
    head: ['model', 'workers', 'acks/s', 'ack p50 ms', 'p99', 'runs/s', 'run p50 ms', 'p99', 'edge CPU ms/run', 'worker CPU ms/run', 'edge peak MiB', 'worker peak MiB'],
    rows: found.map((one) => [
      one.latencyMs === 0 ? 'at once' : `${one.latencyMs / 1_000} s`,
      String(one.workers),
      ...[one.acksPerSecond, one.ackP50Ms, one.ackP99Ms, one.runsPerSecond, one.runP50Ms, one.runP99Ms].map((value) => value.toFixed(0)),
      one.edgeCpuMs.toFixed(1),
      one.workerCpuMs.toFixed(1),
      one.edgePeakMiB.toFixed(0),
      one.workerPeakMiB.toFixed(0),
    ]),
    notes: [
      `${found[0]?.count ?? 0} mentions in ${found.length} cases; the time of a run counts from its acceptance, so it holds its wait in the queue.`,
      'PostgreSQL runs without fsync, on the same machine as Redis, the model, Slack and the sender: where cores are few, these take most of them.',
    ],
    data: found,
  }
}
