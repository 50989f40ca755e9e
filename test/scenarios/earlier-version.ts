import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { sql } from 'kysely'
import { insertRows, listTables } from '../../src/storage/backup/table-rows.ts'
import { openDatabase, type DatabasePlace } from '../../src/storage/database.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { projectRoot } from '../support/source-tree.ts'

/**
 * What an earlier version left behind when it was killed at work, as it lay in PostgreSQL and Redis: recorded by running the commit that it names, with one run
 * ended, one whose paid answer Slack did not take, two at the model, one behind another in a thread, and one without a place.
 */
export interface EarlierVersion {
  readonly commit: string
  /** Its newest migration. */
  readonly lastMigration: string
  /** What people had said in Slack, in its order. */
  readonly said: readonly { readonly channel: string; readonly ts: string; readonly user: string; readonly text: string; readonly threadTs?: string }[]
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly redis?: readonly ({ readonly key: string } & RedisValue)[]
}

type RedisValue =
  | { readonly type: 'hash'; readonly value: Readonly<Record<string, string>> }
  | { readonly type: 'zset' | 'list'; readonly value: readonly string[] }
  | { readonly type: 'string'; readonly value: string }

/** What is left of the locks of its jobs. */
const lockMs = 1_000
/** A minute ago its leases ran on. */
const agoMs = 60_000

/** Reads a recording as if it had been made a minute ago: all its moments move by the same whole seconds, whatever day it is. */
export function readEarlierVersion(name: 'tables' | 'queue', nowMs: number): EarlierVersion {
  const text = readFileSync(join(projectRoot, 'test/fixtures/earlier-versions', `${name}.json`), 'utf8')
  const lastMs = Math.max(...(JSON.parse(text) as EarlierVersion).said.map(({ ts }) => Number(ts) * 1_000))
  const seconds = Math.floor((nowMs - agoMs - lastMs) / 1_000)
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const era = String(Math.floor(lastMs / 1_000)).slice(0, 4)
  const moved = text
    .replaceAll(new RegExp(`\\b(${era}\\d{6})\\.(\\d{6})\\b`, 'g'), (_found, whole: string, part: string) => `${Number(whole) + seconds}.${part}`)
    .replaceAll(new RegExp(`\\b${era}\\d{9}\\b`, 'g'), (ms) => String(Number(ms) + seconds * 1_000))
    .replaceAll(dayOf(lastMs), dayOf(lastMs + seconds * 1_000))
  return JSON.parse(moved) as EarlierVersion
}

/** Lays it into an empty database, whose tables are then as that version had them. */
export async function layOut(place: DatabasePlace, { lastMigration, tables }: EarlierVersion): Promise<void> {
  const { db, traits, close } = await openDatabase({ ...place, upTo: lastMigration })
  await db.transaction().execute(async (trx) => {
    for (const [table, rows] of Object.entries(tables)) {
      const columns = Object.keys(rows[0] ?? {})
      await insertRows(trx, { table, columns, rows: rows.map((row) => columns.map((column) => row[column])) })
    }
    if (traits.name !== 'postgres') return
    for (const { table, counting } of await listTables(trx)) {
      if (counting !== undefined) await sql`select setval(pg_get_serial_sequence(${table}, ${counting}), (select coalesce(max(${sql.ref(counting)}), 0) + 1 from ${sql.table(table)}), false)`.execute(trx)
    }
  })
  await close()
}

/** Fills an empty Redis. Locks of its jobs are those of a process that is dead. */
export async function fillRedis(url: string, { redis = [] }: EarlierVersion): Promise<void> {
  const client = new Redis(url)
  for (const entry of redis) {
    if (entry.type === 'hash') await client.hset(entry.key, entry.value)
    else if (entry.type === 'list') await client.rpush(entry.key, ...entry.value)
    else if (entry.type === 'zset') await client.zadd(entry.key, ...pairs(entry.value))
    else if (entry.type === 'string' && entry.key.endsWith(':lock')) await client.set(entry.key, entry.value, 'PX', lockMs)
    else await client.set(entry.key, String(entry.value))
  }
  client.disconnect()
}

/** Members with their scores, as `ZADD` wants them. */
const pairs = (values: readonly string[]): (string | number)[] => values.flatMap((member, at) => (at % 2 === 0 ? [Number(values[at + 1]), member] : []))

/** Says again what people had said, each at its moment; nobody is there yet to hear it. */
export async function sayAgain(workspace: Workspace, { said }: EarlierVersion, setClock: (ms: number | undefined) => void): Promise<void> {
  for (const { ts, channel, user, text, threadTs } of said) {
    setClock(Math.round(Number(ts) * 1_000))
    const { message } = await workspace.say({ channel, user, text, ...(threadTs === undefined ? {} : { threadTs }) })
    if (message.ts !== ts) throw new Error(`Expected a message at ${ts}, got one at ${message.ts}.`)
  }
  setClock(undefined)
}
