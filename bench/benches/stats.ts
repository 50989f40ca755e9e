import { countEvent } from '../../src/learning/stats/count-event.ts'
import { seededRandom } from '../../src/learning/router/seeded-random.ts'
import { StatsDesk } from '../../src/learning/stats/stats-desk.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import type { EndedRun } from '../../src/storage/ended-runs.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createStatStore, type StatStore } from '../../src/storage/stat-store.ts'
import { createWarmupStore } from '../../src/storage/warmup-store.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import type { Bench, Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'

interface Measured {
  readonly engine: string
  readonly runs: number
  /** Microseconds of an event, counted in pages of 500. */
  readonly countUs: number
  /** Milliseconds of what `/swarm stats` and the Home read. */
  readonly reads: readonly number[]
}

const workspaceId = 'Tbench' as WorkspaceId
const endMs = Date.UTC(2026, 10, 28, 12)
const dayMs = 24 * 3_600_000
const spreadMs = 56 * dayMs
const pageSize = 500
const specialties = 13
const reads = 100

/** What counting an event costs, and what the figures of eight weeks cost to read, with few runs and with many. */
export async function measureStats(bench: Bench): Promise<Report> {
  const sizes = bench.isQuick ? [1_000] : [1_000, 100_000]
  const found: Measured[] = []
  for (const runs of sizes) {
    const embedded = await openDatabase({ dataDir: bench.newDataDir() })
    found.push(await measureAndClose(embedded, 'SQLite', runs))
    const server = await startPostgres()
    const served = await openDatabase({ dataDir: bench.newDataDir(), url: server.url })
    found.push(await measureAndClose(served, 'PostgreSQL', runs))
    await server.stop()
  }
  return {
    title: 'Statistics of eight weeks',
    head: ['engine', 'runs', 'count an event (µs)', 'read p50 (ms)', 'p95 (ms)'],
    rows: found.map(({ engine, runs, countUs, reads: times }) => [engine, runs.toLocaleString('en-US'), countUs.toFixed(0), quantile(times, 0.5).toFixed(1), quantile(times, 0.95).toFixed(1)]),
    notes: [`${specialties} specialties, spread over 56 days; read as often as a Home is opened: figures, forecasts and decisions.`],
    data: found,
  }
}

async function measureAndClose(database: Database, engine: string, runs: number): Promise<Measured> {
  try {
    return await measure(database, engine, runs)
  } finally {
    await database.close()
  }
}

async function measure(database: Database, engine: string, runs: number): Promise<Measured> {
  const stats = createStatStore(database)
  const countUs = await fill(stats, runs)
  const dayOf = async (_: WorkspaceId, atMs: number): Promise<string> => new Date(atMs).toISOString().slice(0, 10)
  const desk = new StatsDesk({ stats, warmups: createWarmupStore(database), dayOf, nowMs: () => endMs })
  const times: number[] = []
  for (let at = 0; at < reads; at++) {
    const startedAt = performance.now()
    await desk.of(workspaceId)
    times.push(performance.now() - startedAt)
  }
  return { engine, runs, countUs, reads: times }
}

async function fill(stats: StatStore, runs: number): Promise<number> {
  const random = seededRandom(1)
  const startedAt = performance.now()
  for (let from = 0; from < runs; from += pageSize) {
    const page = Array.from({ length: Math.min(pageSize, runs - from) }, (_, index) => {
      const atMs = endMs - spreadMs + ((from + index + 1) / runs) * spreadMs
      const event = { seq: from + index + 1, workspaceId, runId: 'r', type: 'workflow_completed', payload: {}, atMs }
      return countEvent(event, { day: new Date(atMs).toISOString().slice(0, 10), run: anEndedRun(atMs, random), before: { runs: 20, meanMicroUsd: 900 } })
    })
    await stats.count(page)
  }
  return ((performance.now() - startedAt) * 1_000) / runs
}

function anEndedRun(atMs: number, random: () => number): EndedRun {
  const tookMs = 500 + random() * 20_000
  return {
    workspaceId,
    status: 'completed',
    isPart: false,
    isSwarm: false,
    specialtyId: `specialty-${Math.floor(random() * specialties)}`,
    layer: random() < 0.5 ? 'automation' : 'model',
    tier: 1,
    answerOf: undefined, workflowId: undefined,
    costMicroUsd: Math.round(random() * 1_500),
    modelMs: tookMs * 0.8,
    createdAtMs: atMs - tookMs,
    startedAtMs: atMs - tookMs + 100,
    finishedAtMs: atMs,
    waitedMs: 0,
  }
}
