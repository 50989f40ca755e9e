import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql, SqliteDialect, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import { MurmurError } from '../errors.ts'
import { postgresTraits, sqliteTraits, type EngineTraits } from './engine-traits.ts'
import { agentPlaces } from './migrations/0028-agent-places.ts'
import { setAsideEvents } from './migrations/0030-set-aside-events.ts'
import { agents } from './migrations/0004-agents.ts'
import { config } from './migrations/0002-config.ts'
import { budgets } from './migrations/0003-budgets.ts'
import { firstSlice } from './migrations/0001-first-slice.ts'
import { memory } from './migrations/0005-memory.ts'
import { memoryUpkeep } from './migrations/0006-memory-upkeep.ts'
import { tasks } from './migrations/0008-tasks.ts'
import { documents } from './migrations/0007-documents.ts'
import { schedules } from './migrations/0009-schedules.ts'
import { routeLessons } from './migrations/0012-route-lessons.ts'
import { workflows } from './migrations/0013-workflows.ts'
import { patterns } from './migrations/0014-patterns.ts'
import { proposals } from './migrations/0017-proposals.ts'
import { runFacts } from './migrations/0018-run-facts.ts'
import { stats } from './migrations/0021-stats.ts'
import { versionTrials } from './migrations/0015-version-trials.ts'
import { keptAnswers } from './migrations/0019-kept-answers.ts'
import { remedies } from './migrations/0022-remedies.ts'
import { hitAudits } from './migrations/0023-hit-audits.ts'
import { studies } from './migrations/0025-studies.ts'
import { tunings } from './migrations/0026-tunings.ts'
import { patternRegroupings } from './migrations/0029-pattern-regroupings.ts'
import { nodeSqliteDatabase } from './node-sqlite.ts'
import { openPool } from './postgres-pool.ts'
import type { Schema } from './schema.ts'
import { startWalCheckpoints } from './wal-checkpoint.ts'
import { createWalSync } from './wal-sync.ts'

export type Db = Kysely<Schema>
/** Inside a transaction only this may be used: with SQLite's single connection the outer one would wait for ever. */
export type Trx = Transaction<Schema>

/** Name of the SQLite store in the data folder. */
export const databaseFile = 'murmur.db'
const readerConnections = 2
/** No query of ours takes seconds; one that takes so long has lost its connection without anybody saying so. */
const queryTimeoutMs = 30_000

/** The state store: queries, and the promise that what was committed is on disk. */
export interface Database {
  readonly place: DatabasePlace
  readonly db: Db
  readonly traits: EngineTraits
  /** Resolves when every commit made before the call survives a power cut. Many waiters share one disk wait. */
  flush(): Promise<void>
  /**
   * Resolves when the store takes writes.
   * @throws {MurmurError} MUR_STORE_DOWN when it does not, with the reason
   */
  check(): Promise<void>
  /** The server's clock; unset where the store has none of its own. */
  readonly clockMs?: () => Promise<number>
  close(): Promise<void>
}

/** Where a store is, so that another thread can open it, too. */
export interface DatabasePlace {
  /** `postgres://...`; unset: SQLite in `dataDir`. */
  readonly url?: string | undefined
  readonly dataDir: string
}

export interface DatabaseOptions extends DatabasePlace {
  /** Connections of the PostgreSQL pool. */
  readonly maxConnections?: number
  /** Makes the tables as they were after this migration; default: the last. */
  readonly upTo?: string | undefined
}

/**
 * Opens the store and brings its tables up to date.
 * @throws {MurmurError} MUR_STORE_DOWN when the server does not answer or the folder can't be written
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = options.url ? await openPostgres(options, options.url, options.maxConnections ?? 10) : openSqlite(options.dataDir)
  const { error } = await migrate(database, options, options.upTo)
  if (!error) return database
  await database.close().catch(() => {})
  const reason = error instanceof Error ? error.message : 'unknown error'
  throw new MurmurError('MUR_STORE_DOWN', { reason: `migration failed: ${reason}` }, { cause: error })
}

function openSqlite(dataDir: string): Database {
  const path = join(dataDir, databaseFile)
  let driver
  try {
    mkdirSync(dataDir, { recursive: true })
    driver = nodeSqliteDatabase(path)
  } catch (error) {
    throw new MurmurError('MUR_STORE_DOWN', { reason: `cannot open ${databaseFile} in the data folder` }, { cause: error })
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: driver }) })
  const sync = createWalSync(path)
  const checkpoints = startWalCheckpoints(path, () => sql`PRAGMA wal_checkpoint(PASSIVE)`.execute(db))
  return {
    place: { dataDir },
    db,
    traits: sqliteTraits,
    flush: () => sync.flush(),
    // The smallest write there is: a number in the file's head that nobody reads.
    check: async () => void (await sql`PRAGMA user_version = 0`.execute(db)),
    async close() {
      await checkpoints.close()
      await sync.close()
      await db.destroy()
    },
  }
}

/** Opens a store that exists for reading, beside whoever writes to it. */
export async function openReader({ url, dataDir }: DatabasePlace): Promise<{ readonly db: Db; readonly traits: EngineTraits; close(): Promise<void> }> {
  const dialect = url ? new PostgresDialect({ pool: await openPool({ connectionString: url, maxConnections: readerConnections }) }) : new SqliteDialect({ database: nodeSqliteDatabase(join(dataDir, databaseFile), { isReader: true }) })
  const db = new Kysely<Schema>({ dialect })
  return { db, traits: url ? postgresTraits : sqliteTraits, close: () => db.destroy() }
}

async function openPostgres({ url, dataDir }: DatabasePlace, connectionString: string, max: number): Promise<Database> {
  const pool = await openPool({ connectionString, maxConnections: max, queryTimeoutMs })
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return {
    place: { url, dataDir },
    db,
    traits: postgresTraits,
    flush: async () => {},
    check: async () => void (await sql`select 1`.execute(db)),
    clockMs: async () => Number((await sql<{ ms: string }>`select extract(epoch from clock_timestamp()) * 1000 as ms`.execute(db)).rows[0]?.ms),
    close: () => pool.end(),
  }
}

const migrationsFor = (traits: EngineTraits) => ({
  '0001-first-slice': firstSlice(traits),
  '0002-config': config(traits),
  '0003-budgets': budgets(traits),
  '0004-agents': agents(traits),
  '0005-memory': memory(traits),
  '0006-memory-upkeep': memoryUpkeep(),
  '0007-documents': documents(traits),
  '0008-tasks': tasks(traits),
  '0009-schedules': schedules(traits),
  '0012-route-lessons': routeLessons(traits),
  '0013-workflows': workflows(traits),
  '0014-patterns': patterns(traits),
  '0017-proposals': proposals(traits),
  '0018-run-facts': runFacts(traits),
  '0019-kept-answers': keptAnswers(traits),
  '0021-stats': stats(traits),
  '0015-version-trials': versionTrials(traits),
  '0022-remedies': remedies(traits),
  '0023-hit-audits': hitAudits(traits),
  '0025-studies': studies(traits),
  '0026-tunings': tunings(traits),
  '0028-agent-places': agentPlaces(traits),
  '0029-pattern-regroupings': patternRegroupings(traits),
  '0030-set-aside-events': setAsideEvents(traits),
})

/** Their names, in the order in which they are made. */
export const knownMigrations = (): readonly string[] => Object.keys(migrationsFor(sqliteTraits)).toSorted()

async function migrate({ db, traits }: Database, place: DatabasePlace, upTo: string | undefined) {
  if (!place.url) return migrateTables(db, traits, upTo)
  // An index on a large table takes longer than a query may.
  const patient = await openReader(place)
  const result = await migrateTables(patient.db, traits, upTo)
  await patient.close()
  return result
}

async function migrateTables(db: Db, traits: EngineTraits, upTo: string | undefined) {
  const known = migrationsFor(traits)
  // Asked before: the migrator holds the only connection of SQLite.
  const later = await laterMigrations(db, known)
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...later, ...known }) } })
  return upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo)
}

/**
 * What a later version has made while this one still runs. During a rolling update both work on the same tables: a version only adds
 * to them, and what an earlier one needs goes two versions later.
 */
async function laterMigrations(db: Db, known: object): Promise<Record<string, { up(): Promise<void> }>> {
  const made = await sql<{ name: string }>`select name from kysely_migration`.execute(db).catch(() => ({ rows: [] }))
  return Object.fromEntries(made.rows.filter(({ name }) => !(name in known)).map(({ name }) => [name, { up: async () => {} }]))
}
