import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

type Row = Readonly<Record<string, string | number | null>>

/** A connection of its own to the store of an app that runs, dies or is gone. */
export interface TortureReader {
  query(sql: string): Promise<readonly Row[]>
  close(): Promise<void>
}

export function readSqlite(dataDir: string): TortureReader {
  const path = join(dataDir, 'murmur.db')
  return {
    async query(sql) {
      if (!existsSync(path)) return []
      // Opened anew each time: a reader that stays would hold back the log of the app under test.
      const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 })
      try {
        return database.prepare(sql).all() as Row[]
      } finally {
        database.close()
      }
    },
    async close() {},
  }
}

export async function readPostgres(url: string): Promise<TortureReader> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    query: async (sql) => (await client.query<Row>(sql)).rows,
    close: () => client.end(),
  }
}

/** What is true of the ledger at every moment, seen in one statement, which sees one moment. */
export const ledgerBalance = `
  SELECT
    (SELECT count(*) FROM budget_spend WHERE reserved_micro_usd + settled_micro_usd > limit_micro_usd + raised_micro_usd) AS over_cap,
    (SELECT count(*) FROM budget_spend WHERE reserved_micro_usd < 0 OR settled_micro_usd < 0) AS below_zero,
    (SELECT coalesce(sum(reserved_micro_usd), 0) FROM budget_spend WHERE scope = 'workspace') AS reserved,
    (SELECT coalesce(sum(amount_micro_usd), 0) FROM reservations) AS held,
    (SELECT coalesce(sum(settled_micro_usd), 0) FROM budget_spend WHERE scope = 'workspace') AS settled,
    (SELECT coalesce(sum(settled_micro_usd), 0) FROM budget_spend WHERE scope LIKE 'goal:%') AS of_goals,
    (SELECT coalesce(sum(settled_micro_usd), 0) FROM budget_spend WHERE scope LIKE 'person:%') AS of_people,
    (SELECT coalesce(sum(settled_micro_usd), 0) FROM budget_spend WHERE scope LIKE 'run:%') AS of_runs,
    (SELECT coalesce(sum(amount_micro_usd), 0) FROM ledger) AS paid`

export interface Balance {
  /** Rows that stand above their cap, and rows below zero. */
  readonly overCap: number
  readonly belowZero: number
  readonly reserved: number
  readonly held: number
  /** What the four kinds of scopes have spent; all the same. */
  readonly settled: readonly number[]
  readonly paid: number
}

export async function readBalance(reader: TortureReader): Promise<Balance | undefined> {
  const [row] = await reader.query(ledgerBalance).catch(missingTables)
  if (!row) return undefined
  const of = (name: string): number => Number(row[name])
  return {
    overCap: of('over_cap'),
    belowZero: of('below_zero'),
    reserved: of('reserved'),
    held: of('held'),
    settled: [of('settled'), of('of_goals'), of('of_people'), of('of_runs')],
    paid: of('paid'),
  }
}

/** Before the first process has made the tables there is nothing to see. */
function missingTables(error: unknown): readonly Row[] {
  // Errors of Node's own modules are not of the class that a test sees as Error.
  if (/no such table|does not exist/.test(String(error))) return []
  throw error
}
