import { mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { startSet } from '../../playground/start-set.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { startRedis } from '../../test/support/redis.ts'
import type { Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import { startChild } from '../start-child.ts'
import type { Load } from './load.ts'
import { createDatabase, deliverAll, pollMs, waitForEnds } from './send-load.ts'

const runsAtWork = 6
/** So long that no run ends before its worker does. */
const modelMs = 10_000
const timeoutMs = 60_000
/** A lease is kept every few seconds: kills are spread over that time. */
const spreadMs = 5_000

interface Held {
  readonly taskId: string
  readonly owner: string
}

/** How long the runs of a worker that dies by kill -9 are nobody's: from the kill until another worker has claimed each. */
export async function measureTakeover({ slack, newDataDir, isQuick }: Load): Promise<readonly Report[]> {
  const [postgres, redis, model] = [await startPostgres(), await startRedis(), await startChild<{ baseUrl: string }>('servers/model-server.ts', [String(modelMs)])]
  const { url, client } = await createDatabase(postgres.url, 'takeover')
  const dataDir = newDataDir()
  mkdirSync(dataDir, { recursive: true })
  let appUrl = ''
  const set = await startSet({
    workspace: { ...slack, connect: (given) => void (appUrl = given) },
    dataDir,
    edges: 1,
    workers: 1,
    stores: { databaseUrl: url, redisUrl: redis.url, chromaUrl: undefined },
    openAiBaseUrl: model.facts.baseUrl,
    openAiApiKey: 'bench',
    environment: { LOG_LEVEL: 'warn' },
  })
  const foundMs: number[] = []
  try {
    const times = isQuick ? 1 : 5
    for (let time = 0; time < times; time++) {
      await deliverAll(appUrl, slack, runsAtWork)
      const held = await waitForHeld(client)
      await set.start(`worker-${time + 2}`)
      await sleep((spreadMs * time) / times)
      const killedAt = performance.now()
      await set.stop(`worker-${time + 1}`, 'SIGKILL')
      foundMs.push(...(await watchTakeover(client, held, killedAt)))
      await waitForEnds(client, (time + 1) * runsAtWork)
    }
  } finally {
    await set.close()
    await client.end()
    await Promise.all([model.stop(), postgres.stop(), redis.stop()])
  }
  return [
    {
      title: `A worker dies with ${runsAtWork} runs at work: from kill -9 until another worker has claimed each`,
      head: ['runs', 'soonest s', 'p50', 'latest'],
      rows: [[String(foundMs.length), ...[Math.min(...foundMs), quantile(foundMs, 0.5), Math.max(...foundMs)].map((ms) => (ms / 1_000).toFixed(1))]],
      notes: ['One edge, one worker that dies and one that is there; PostgreSQL and Redis.'],
      data: { takeoverMs: foundMs },
    },
  ]
}

async function waitForHeld(client: pg.Client): Promise<readonly Held[]> {
  const deadlineMs = Date.now() + timeoutMs
  for (;;) {
    const { rows } = await client.query<Held>(`select task_id as "taskId", lease_owner as owner from tasks where status = 'running'`)
    if (rows.length === runsAtWork) return rows
    if (Date.now() > deadlineMs) throw new Error(`Expected ${runsAtWork} runs at work within ${timeoutMs / 1_000} s, got ${rows.length}.`)
    await sleep(pollMs)
  }
}

/** @returns for each task, ms from the kill until it had another owner */
async function watchTakeover(client: pg.Client, held: readonly Held[], killedAt: number): Promise<number[]> {
  const ownerOf = new Map(held.map(({ taskId, owner }) => [taskId, owner]))
  const foundMs: number[] = []
  const deadlineMs = Date.now() + timeoutMs
  while (ownerOf.size > 0) {
    const { rows } = await client.query<Held>('select task_id as "taskId", lease_owner as owner from tasks where task_id = any($1) and lease_owner is not null', [[...ownerOf.keys()]])
    for (const { taskId, owner } of rows) {
      if (owner === ownerOf.get(taskId)) continue
      foundMs.push(performance.now() - killedAt)
      ownerOf.delete(taskId)
    }
    if (Date.now() > deadlineMs) throw new Error(`Expected all runs to be taken over within ${timeoutMs / 1_000} s, ${ownerOf.size} were not.`)
    await sleep(pollMs)
  }
  return foundMs
}
