import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { EngineTraits } from './engine-traits.ts'

/** What belongs to a run and must not be left without it. */
const ownedTables = ['tasks', 'steps', 'posts', 'reservations'] as const

/**
 * Reads the store for what may not be: damaged pages (SQLite; PostgreSQL has its own checks), and rows whose run is missing. Takes its time: not for
 * the main thread.
 * @returns one sentence for each problem; none where all is well
 */
export async function checkStore({ db, traits }: { readonly db: Db; readonly traits: EngineTraits }): Promise<string[]> {
  const problems: string[] = []
  if (traits.name === 'sqlite') {
    const { rows } = await sql<{ quick_check: string }>`pragma quick_check(10)`.execute(db)
    problems.push(...rows.map((row) => row.quick_check).filter((line) => line !== 'ok').map((line) => `The file is damaged: ${line}.`))
  }
  for (const table of ownedTables) {
    const { count } = await db
      .selectFrom(table)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('runs').select('runs.run_id').whereRef('runs.run_id', '=', `${table}.run_id`))))
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    if (Number(count) > 0) problems.push(`${count} rows of ${table} have no run.`)
  }
  return problems
}
