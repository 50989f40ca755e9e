import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { knownMigrations, openDatabase, type Database, type DatabasePlace } from '../../src/storage/database.ts'
import { createTestDatabase } from '../support/postgres.ts'

/*
 * During a rolling update an earlier version goes on reading and writing tables that a later one has already changed. It names the columns it knows and
 * leaves out the others, so a migration may add tables, columns that need not be given, and indexes that refuse nothing.
 */

const root = mkdtempSync(join(tmpdir(), 'murmur-migrations-'))
const drops: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const drop of drops) await drop()
  rmSync(root, { recursive: true, force: true })
})

const places: Readonly<Record<'SQLite' | 'PostgreSQL', () => Promise<DatabasePlace>>> = {
  SQLite: async () => ({ dataDir: join(root, 'sqlite') }),
  PostgreSQL: async () => {
    const { url, drop } = await createTestDatabase()
    drops.push(drop)
    return { url, dataDir: root }
  },
}

interface Column {
  readonly type: string
  readonly isNullable: boolean
  /** What a row gets that does not give it. */
  readonly hasDefault: boolean
}

interface Shape {
  /** By `table.column`. */
  readonly columns: ReadonlyMap<string, Column>
  /** Indexes that refuse rows, with their tables. */
  readonly unique: ReadonlyMap<string, string>
}

async function shapeOf({ db, traits }: Database): Promise<Shape> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: false })
  const mine = tables.filter(({ isView, schema }) => !isView && (schema === undefined || schema === 'public'))
  const columns = mine.flatMap(({ name: table, columns: all }) =>
    all.map(({ name, dataType, isNullable, hasDefaultValue, isAutoIncrementing }) => [`${table}.${name}`, { type: dataType, isNullable, hasDefault: hasDefaultValue || isAutoIncrementing }] as const),
  )
  const query = traits.name === 'postgres' ? sql<{ name: string; tbl: string }>`select indexname as name, tablename as tbl from pg_indexes where schemaname = 'public' and indexdef like 'CREATE UNIQUE%'` : sql<{ name: string; tbl: string }>`select name, tbl_name as tbl from sqlite_master where type = 'index' and sql like 'create unique%'`
  return { columns: new Map(columns), unique: new Map((await query.execute(db)).rows.map(({ name, tbl }) => [name, tbl])) }
}

/** What an earlier version that reads and writes `before` would stumble over in `after`. */
function findObstacles(before: Shape, after: Shape): string[] {
  const tables = new Set([...before.columns.keys()].map(tableOf))
  const gone = [...before.columns].flatMap(([name, column]) => {
    const now = after.columns.get(name)
    if (!now) return [`${name} is gone`]
    if (now.type !== column.type) return [`${name} was ${column.type} and is ${now.type}`]
    return (column.isNullable && !now.isNullable) || (column.hasDefault && !now.hasDefault) ? [`${name} must be given now`] : []
  })
  const wanted = [...after.columns].filter(([name, { isNullable, hasDefault }]) => !before.columns.has(name) && tables.has(tableOf(name)) && !isNullable && !hasDefault).map(([name]) => `${name} is new and must be given`)
  const refusing = [...after.unique].filter(([name, table]) => !before.unique.has(name) && tables.has(table)).map(([name, table]) => `${name} refuses rows of ${table} that were taken before`)
  return [...gone, ...wanted, ...refusing]
}

const tableOf = (column: string): string => column.slice(0, column.indexOf('.'))

describe.each(['SQLite', 'PostgreSQL'] as const)('on %s', (engine) => {
  test('every migration leaves the versions before it what they read and write', async () => {
    const place = await places[engine]()
    const obstacles: string[] = []
    let before: Shape = { columns: new Map(), unique: new Map() }
    for (const upTo of knownMigrations()) {
      const database = await openDatabase({ ...place, upTo })
      const after = await shapeOf(database)
      await database.close()
      obstacles.push(...findObstacles(before, after).map((obstacle) => `${upTo}: ${obstacle}`))
      before = after
    }
    expect(before.columns.size).toBeGreaterThan(100)
    expect(obstacles).toEqual([])
  }, 120_000)
})

test('what would stop an earlier version is found', () => {
  const column = (over: Partial<Column> = {}): Column => ({ type: 'text', isNullable: true, hasDefault: false, ...over })
  const before: Shape = { columns: new Map([['runs.id', column()], ['runs.name', column()], ['runs.count', column({ hasDefault: true })]]), unique: new Map() }
  const after: Shape = {
    columns: new Map([['runs.id', column({ type: 'integer' })], ['runs.count', column({ hasDefault: false })], ['runs.must', column({ isNullable: false })], ['runs.may', column()], ['runs.has', column({ isNullable: false, hasDefault: true })], ['others.must', column({ isNullable: false })]]),
    unique: new Map([['runs_once', 'runs'], ['others_once', 'others']]),
  }
  expect(findObstacles(before, after)).toEqual(['runs.id was text and is integer', 'runs.name is gone', 'runs.count must be given now', 'runs.must is new and must be given', 'runs_once refuses rows of runs that were taken before'])
})
