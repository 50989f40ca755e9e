import { sql } from 'kysely'
import { createMurmur } from '../../src/app/create-murmur.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import type { Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import { startChild } from '../start-child.ts'
import { requests } from '../subjects/requests.ts'
import type { Load } from './load.ts'

/** What a run leaves behind, the tables that grow with each. */
const tables = ['runs', 'tasks', 'steps', 'ledger', 'events'] as const
/** Among so many channels the stored runs are spread. */
const channels = 1_000
const pieceRuns = 50_000

interface Grown {
  readonly engine: string
  readonly stored: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What one run takes with a thousand to a million runs stored before it, one after the other, through the library's door. */
export async function measureGrowth({ newDataDir, isQuick }: Load): Promise<readonly Report[]> {
  const sizes = isQuick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000]
  const count = isQuick ? 20 : 300
  const model = await startChild<{ baseUrl: string }>('servers/model-server.ts')
  const postgres = await startPostgres()
  const found: Grown[] = []
  try {
    for (const engine of ['SQLite', 'PostgreSQL'] as const) {
      const place = engine === 'SQLite' ? { dataDir: newDataDir() } : { dataDir: newDataDir(), databaseUrl: postgres.url }
      await askSome(place, model.facts.baseUrl, 1)
      let stored = 0
      for (const size of sizes) {
        await fill(place, stored, size)
        stored = size
        const times = await askSome(place, model.facts.baseUrl, count)
        console.error(`${engine} ${stored}: p50 ${quantile(times, 0.5).toFixed(2)} ms`)
        found.push({ engine, stored, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) })
      }
    }
  } finally {
    await Promise.all([postgres.stop(), model.stop()])
  }
  return [
    {
      title: 'One run after the other, by how many are stored',
      head: ['engine', 'stored runs', 'p50 ms', 'p99 ms'],
      rows: found.map(({ engine, stored, p50Ms, p99Ms }) => [engine, stored.toLocaleString('en-US'), p50Ms.toFixed(2), p99Ms.toFixed(2)]),
      notes: [`Each with its task, steps, ledger and events, spread over ${channels} channels of one workspace; ${count} runs are measured. The model answers at once.`],
      data: found,
    },
  ]
}

interface Place {
  readonly dataDir: string
  readonly databaseUrl?: string
}

async function askSome(place: Place, openAiBaseUrl: string, count: number): Promise<number[]> {
  const murmur = await createMurmur({ ...place, openAiBaseUrl })
  const times: number[] = []
  const warmUp = count > 1 ? 10 : 0
  for (let index = 0; index < warmUp + count; index++) {
    const startedAt = performance.now()
    const { status } = await murmur.ask(requests['one agent'], { channelId: `channel-${index % 20}` })
    if (status !== 'completed') throw new Error(`Expected a run to be completed, got ${status}.`)
    if (index >= warmUp) times.push(performance.now() - startedAt)
  }
  await murmur.close()
  return times
}

/** Multiplies the rows of the oldest run, so that they are as long as real ones. Readers of events have seen them all. */
async function fill({ dataDir, databaseUrl }: Place, from: number, to: number): Promise<void> {
  const database = await openDatabase({ dataDir, url: databaseUrl })
  const [seed] = (await sql<{ run_id: string }>`select run_id from runs where run_id not like '00000000-%' order by run_id limit 1`.execute(database.db)).rows
  // In pieces, because no query may take longer than half a minute.
  for (let start = from; start < to; start += pieceRuns) for (const table of tables) await multiply(database, table, seed?.run_id ?? '', start, Math.min(to, start + pieceRuns))
  await sql`update event_cursors set seq = (select max(seq) from events)`.execute(database.db)
  if (databaseUrl !== undefined) await sql`analyze`.execute(database.db)
  await database.close()
}

async function multiply({ db }: Database, table: (typeof tables)[number], seed: string, from: number, to: number): Promise<void> {
  const [row] = (await sql<Record<string, unknown>>`select * from ${sql.table(table)} where run_id = ${seed} limit 1`.execute(db)).rows
  const columns = Object.keys(row ?? {}).filter((name) => !(table === 'events' && name === 'seq'))
  const number = sql`substr('000000000000' || n.i, length('000000000000' || n.i) - 11)`
  const values = columns.map((name) => {
    if (name === 'run_id') return sql`'00000000-0000-7000-8000-' || ${number}`
    if (name === 'channel_id' || name === 'goal_id') return sql`'channel-' || (n.i % ${sql.lit(channels)})`
    return name === 'task_id' || name === 'entry_id' || name === 'lane' ? sql`${sql.ref(name)} || '-' || ${number}` : sql`${sql.ref(name)}`
  })
  await sql`
    with recursive n(i) as (select ${sql.lit(from + 1)} union all select i + 1 from n where i < ${sql.lit(to)})
    insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
    select ${sql.join(values)} from ${sql.table(table)} as seed cross join n where seed.run_id = ${seed}`.execute(db)
}
