import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { MurmurError } from '../errors.ts'

/** Kysely's queries are few and fixed; the bound only guards against generated ones. */
const maxCachedStatements = 500
/** How long a writer waits for another process's write lock. */
const busyTimeoutMs = 5_000
/**
 * The log keeps its blocks up to this size when it begins anew. Writing over them takes a third of the time that writing
 * behind the end takes, and so does the sync, which then has no length to store.
 */
const keptLogBytes = 64 * 1024 * 1024

/** What passes when a disk has room again or a lock is let go of: SQLITE_BUSY, LOCKED, IOERR, FULL, CANTOPEN; https://www.sqlite.org/rescode.html */
const passing: ReadonlySet<number> = new Set([5, 6, 10, 13, 14])
/** A write that the disk refuses: FULL, or IOERR_WRITE where a quota or a limit of the process does. */
const refusedWrites: ReadonlySet<number> = new Set([13, 778])

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => telling(() => statement.all(...(parameters as SQLInputValue[]))),
    run: (parameters) => telling(() => statement.run(...(parameters as SQLInputValue[]))),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  }
}

/** What passes is MUR_STORE_DOWN, what is wrong with a query stays as it is. */
function telling<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { errcode = 0, errstr = '' } = error as { readonly errcode?: number; readonly errstr?: string }
    // The upper bits of a code say more of the lower eight.
    if (!passing.has(errcode & 0xff)) throw error
    const details = refusedWrites.has(errcode) ? { reason: 'the disk takes no more', check: 'the free space of the data folder' } : { reason: errstr, check: 'the data folder' }
    throw new MurmurError('MUR_STORE_DOWN', details, { cause: error })
  }
}

/**
 * The part of a SQLite driver that Kysely needs, on top of Node's built-in SQLite.
 *
 * WAL with `synchronous = NORMAL`: a commit survives kill -9 at once and a power cut from the next sync of the
 * write-ahead log on. That sync is not made here, where it would block the event loop for a disk wait per commit;
 * `createWalSync` makes it beside the event loop, one for all who wait.
 */
export function nodeSqliteDatabase(path: string, { isReader = false } = {}): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly: isReader })
  // Checkpoints are made by a worker thread (wal-checkpoint.ts), so this connection makes none.
  // A store that is new can give pages back (compact-store.ts); for one that has tables the first says nothing.
  for (const pragma of isReader ? [] : ['auto_vacuum = INCREMENTAL', 'journal_mode = WAL', 'synchronous = NORMAL', 'wal_autocheckpoint = 0', `journal_size_limit = ${keptLogBytes}`]) {
    database.exec(`PRAGMA ${pragma}`)
  }
  const cache = new Map<string, SqliteStatement>()
  return {
    prepare(sql) {
      // A deferred transaction that reads first can fail at its first write when another
      // process wrote in between; taking the write lock at once makes it wait instead.
      const text = sql === 'begin' && !isReader ? 'begin immediate' : sql
      const known = cache.get(text)
      if (known) return known
      const prepared = asKyselyStatement(telling(() => database.prepare(text)))
      const statement = text === 'rollback' ? unlessOver(prepared, database) : prepared
      if (cache.size >= maxCachedStatements) {
        const oldest = cache.keys().next()
        if (!oldest.done) cache.delete(oldest.value)
      }
      cache.set(text, statement)
      return statement
    },
    close: () => database.close(),
  }
}

/** A disk that refuses a write ends the whole transaction; the rollback that follows must not hide why. */
const unlessOver = (rollback: SqliteStatement, database: DatabaseSync): SqliteStatement => ({
  ...rollback,
  run: (parameters) => (database.isTransaction ? rollback.run(parameters) : { changes: 0, lastInsertRowid: 0 }),
})
