import { openDatabase, type Database } from '../../src/storage/database.ts'
import { newRunId, newTaskId } from '../../src/storage/ids.ts'
import { priorities, type Request, type WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import type { Bench, Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'

interface Measured {
  readonly engine: string
  readonly ended: number
  readonly queued: number
  /** Milliseconds of one claim that takes one task. */
  readonly claims: readonly number[]
  /** The same when nothing is due. */
  readonly idle: readonly number[]
}

const inserted = 500

/** What one claim takes with many ended tasks and with many that wait, on both engines. */
export async function measureClaims(bench: Bench): Promise<Report> {
  const [ended, queued, claims] = bench.isQuick ? [2_000, 500, 50] : [100_000, 10_000, 500]
  const found: Measured[] = []
  for (const open of [openSqlite, openPostgres]) {
    const { engine, database, close } = await open(bench)
    try {
      await fill(database, ended)
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
      found.push(await measure(database, { engine, ended, queued: 100 }, Math.min(claims, 80)))
      found.push(await measure(database, { engine, ended, queued }, claims))
    } finally {
      await close()
    }
  }
  return {
    title: 'Claiming one task',
    head: ['engine', 'ended', 'queued', 'claim p50', 'p95', 'nothing due p50', 'p95'],
    rows: found.map(({ engine, ended: done, queued: waiting, claims: times, idle }) => [
      engine,
      done.toLocaleString('en-US'),
      waiting.toLocaleString('en-US'),
      ...[quantile(times, 0.5), quantile(times, 0.95), quantile(idle, 0.5), quantile(idle, 0.95)].map((ms) => ms.toFixed(2)),
    ]),
    notes: ['Milliseconds. Every tenth task has a deadline, the priorities are mixed, and a hundred lanes have ten tasks each.'],
    data: found,
  }
}

async function openSqlite({ newDataDir }: Bench) {
  const database = await openDatabase({ dataDir: newDataDir() })
  return { engine: 'SQLite', database, close: () => database.close() }
}

async function openPostgres({ newDataDir }: Bench) {
  const server = await startPostgres()
  const database = await openDatabase({ dataDir: newDataDir(), url: server.url })
  const close = async (): Promise<void> => {
    await database.close()
    await server.stop()
  }
  return { engine: 'PostgreSQL', database, close }
}

async function measure(database: Database, size: Pick<Measured, 'engine' | 'ended' | 'queued'>, count: number): Promise<Measured> {
  const tasks = createTaskStore(database)
  const claimOne = () => tasks.claim({ owner: 'bench', limit: 1, nowMs: Date.now(), leaseMs: 60_000 })
  const idle = await time(50, claimOne)
  await fill(database, size.queued)
  const claims = await time(count, claimOne)
  await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
  return { ...size, claims, idle }
}

async function time(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let done = 0; done < count; done++) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  return times
}

async function fill({ db }: Database, count: number): Promise<void> {
  const runs = createRunStore(db)
  const request: Request = { workspaceId: 'Tbench' as WorkspaceId, surface: 'door', channelId: 'C', userId: 'U', text: 'x', files: [], mentionable: [], isReply: false }
  for (let start = 0; start < count; start += inserted) {
    await db.transaction().execute(async (trx) => {
      for (let index = start; index < Math.min(count, start + inserted); index++) {
        const lane = index < 1_000 ? `thread:${index % 100}` : `run:${index}`
        const priority = priorities[index % priorities.length] ?? 'medium'
        await runs.insertOnce(trx, { runId: newRunId(), taskId: newTaskId(), request, priority, lane, maxAttempts: 5, deadlineMs: index % 10 === 0 ? Date.now() + index * 1_000 : undefined, nowMs: Date.now() - 60_000 }, [])
      }
    })
  }
}
