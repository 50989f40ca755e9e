import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { MurmurError } from '../../errors.ts'
import { checkStore } from '../check-store.ts'
import { databaseFile, knownMigrations, openDatabase, openReader, type Database, type DatabasePlace, type Trx } from '../database.ts'
import type { ChromaVectors } from '../vectors/chroma-vectors.ts'
import { readBackupFile, syncToDisk, unusable, type TableRows } from './backup-file.ts'
import { createMemoryWriter, memoryTables } from './chroma-rows.ts'
import { insertRows, listTables, readTable } from './table-rows.ts'

export interface RestoreTarget {
  readonly place: DatabasePlace
  /** Where the memory goes when it is not to lie in the database. */
  readonly chroma?: Pick<ChromaVectors, 'workspaces' | 'delete' | 'upsert'> | undefined
}

export interface RestoreReport {
  readonly madeAtMs: number
  readonly rows: number
  /** What is not consistent in it, one sentence each; none where all is well. */
  readonly problems: readonly string[]
}

const stagePrefix = 'restoring-'

/**
 * Brings a store to the state of a backup, of whichever engine that is. The file is read and checked as a whole into a SQLite store beside
 * the data first and brought to the present form of the tables there; only then is anything touched, in one rename or one transaction. Cut off
 * before that, everything is as it was. A memory on Chroma is written before it: repeat a restore that was cut off.
 * @param isForced overwrites what is there
 * @throws {MurmurError} MUR_BACKUP_UNUSABLE when the file is not whole or of a later version, the store not empty or in use
 */
export async function restoreBackup(target: RestoreTarget, path: string, isForced: boolean): Promise<RestoreReport> {
  const { place } = target
  if (!isForced && !(await isEmpty(target))) {
    throw new MurmurError('MUR_BACKUP_UNUSABLE', { wanted: 'an empty store', found: 'one that has data', file: nameOf(place), hint: 'Nothing was changed. Name another one, or add --force to overwrite it.' })
  }
  const stageDir = await makeStage(place.dataDir)
  try {
    const { madeAtMs, rows } = await fillStage(stageDir, path)
    const problems = await install(stageDir, target)
    return { madeAtMs, rows, problems }
  } finally {
    await rm(stageDir, { recursive: true, force: true })
  }
}

/** Puts the store that was made beside the data in its place. @returns what is not consistent in it */
async function install(stageDir: string, { place, chroma }: RestoreTarget): Promise<string[]> {
  const stage = await openDatabase({ dataDir: stageDir })
  let problems: string[]
  try {
    problems = await checkStore(stage)
    if (chroma) await moveMemory(stage, chroma)
    if (place.url) await copyToServer(stage, place)
  } finally {
    await stage.close()
  }
  if (!place.url) await replaceFile(join(stageDir, databaseFile), join(place.dataDir, databaseFile))
  return problems
}

const nameOf = ({ url, dataDir }: DatabasePlace): string => (url ? 'the database of DATABASE_URL' : join(dataDir, databaseFile))

async function isEmpty({ place, chroma }: RestoreTarget): Promise<boolean> {
  if (chroma && (await chroma.workspaces()).length > 0) return false
  if (!place.url && !existsSync(join(place.dataDir, databaseFile))) return true
  const { db, close } = await openReader(place)
  try {
    return await db.transaction().execute(async (trx) => !(await hasRows(trx)))
  } finally {
    await close()
  }
}

async function hasRows(trx: Trx): Promise<boolean> {
  for (const { table } of await listTables(trx)) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(trx)
    if (rows.length > 0) return true
  }
  return false
}

/** A new folder for this restore; what one that was killed left is removed. */
async function makeStage(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(stagePrefix) && !isAlive(Number(name.slice(stagePrefix.length)))) await rm(join(dataDir, name), { recursive: true, force: true })
  }
  const stageDir = join(dataDir, `${stagePrefix}${process.pid}`)
  await rm(stageDir, { recursive: true, force: true })
  await mkdir(stageDir, { mode: 0o700 })
  return stageDir
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Reads the file into tables of its own version. */
async function fillStage(dataDir: string, path: string): Promise<{ readonly madeAtMs: number; readonly rows: number }> {
  const lines = readBackupFile(path)
  const first = await lines.next()
  if (first.done || !('migrations' in first.value)) throw unusable(path, 'an empty file')
  const { migrations, madeAtMs } = first.value
  const newer = migrations.filter((name) => !knownMigrations().includes(name))
  if (newer.length > 0) throw unusable(path, `one of a later version of Murmur, with ${newer.join(', ')}`)
  const stage = await openDatabase({ dataDir, upTo: migrations.at(-1) })
  let rows = 0
  try {
    const tables = await stage.db.transaction().execute(listTables)
    const known = new Map(tables.map(({ table, columns }) => [table, new Set(columns)]))
    for await (const piece of lines) {
      if (!('rows' in piece)) throw unusable(path, 'a second beginning')
      if (!piece.columns.every((column) => known.get(piece.table)?.has(column))) throw unusable(path, `a table that is not known: ${piece.table.slice(0, 60)}`)
      await insert(stage, path, piece)
      rows += piece.rows.length
    }
  } finally {
    await stage.close()
  }
  return { madeAtMs, rows }
}

async function insert({ db }: Database, path: string, piece: TableRows): Promise<void> {
  try {
    await db.transaction().execute((trx) => insertRows(trx, piece))
  } catch (cause) {
    throw new MurmurError('MUR_BACKUP_UNUSABLE', { wanted: 'rows that fit their tables', found: `others for ${piece.table}`, file: path }, { cause })
  }
}

async function moveMemory({ db, traits }: Database, chroma: Pick<ChromaVectors, 'workspaces' | 'delete' | 'upsert'>): Promise<void> {
  for (const { workspaceId } of await chroma.workspaces()) await chroma.delete(workspaceId, { filter: {} })
  const write = createMemoryWriter(chroma)
  await db.transaction().execute(async (trx) => {
    const tables = await listTables(trx)
    for (const name of memoryTables) {
      for (const shape of tables.filter(({ table }) => table === name)) for await (const rows of readTable(trx, traits, shape)) await write(rows)
      await trx.deleteFrom(name as 'memory_items').execute()
    }
  })
}

async function copyToServer(stage: Database, place: DatabasePlace): Promise<void> {
  const server = await openDatabase({ ...place, maxConnections: 2 })
  try {
    await server.db.transaction().execute(async (trx) => {
      const tables = await listTables(trx)
      for (const { table } of tables) await sql`lock table ${sql.table(table)} in access exclusive mode`.execute(trx)
      for (const { table } of tables) await sql`truncate ${sql.table(table)}`.execute(trx)
      await stage.db.transaction().execute(async (from) => {
        for (const shape of await listTables(from)) for await (const rows of readTable(from, stage.traits, shape)) await insertRows(trx, rows)
      })
      for (const { table, counting } of tables) {
        if (counting === undefined) continue
        const next = sql`(select coalesce(max(${sql.ref(counting)}), 0) + 1 from ${sql.table(table)})`
        await sql`select setval(pg_get_serial_sequence(${table}, ${counting}), ${next}, false)`.execute(trx)
      }
    })
  } finally {
    await server.close()
  }
}

/** A database has one name and, while it is open, two files beside it; once nobody has it open, the name is all there is to change. */
async function replaceFile(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return
  if (existsSync(to)) foldLog(to)
  await syncToDisk(from)
  await rename(from, to)
  await syncToDisk(join(to, '..'))
}

/** Folds its log into it, which fails while another process has it open. */
function foldLog(path: string): void {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = DELETE')
  } catch (cause) {
    throw new MurmurError('MUR_BACKUP_UNUSABLE', { wanted: 'a store that nobody uses', found: 'one that is open', file: path, hint: 'Nothing was changed. Stop Murmur first.' }, { cause })
  } finally {
    database.close()
  }
}
