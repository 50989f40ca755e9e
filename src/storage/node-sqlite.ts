import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** Kysely's queries are few and fixed; the bound only guards against generated ones. */
const maxCachedStatements = 500
/** How long a writer waits for another process's write lock. */
const busyTimeoutMs = 5_000
/**
 * The log keeps its blocks up to this size when it begins anew. Writing over them takes a third of the time that writing
 * behind the end takes, and so does the sync, which then has no length to store.
 */
const keptLogBytes = 64 * 1024 * 1024

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
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
      const statement = asKyselyStatement(database.prepare(text))
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
