import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Compilable, CompiledQuery, QueryResult } from 'kysely'
import { MurmurError } from '../errors.ts'
import type { Db } from './database.ts'

/** What builds and runs a query: the database, or the transaction the query belongs to. */
export type QueryRunner = Pick<Db, 'selectFrom' | 'insertInto' | 'updateTable' | 'deleteFrom' | 'executeQuery' | 'getExecutor'>

/** An insert of another number of rows is a text of its own; so many are kept. */
const maxPreparedRows = 32

/** Stands for a value while the text of a query is made. */
class Placeholder {
  readonly row: number
  readonly field: PropertyKey

  constructor(row: number, field: PropertyKey) {
    this.row = row
    this.field = field
  }
}

/**
 * A query whose text is made once for each database and then runs with other values each time. For the queries of every
 * run: Kysely takes longer to make such a text than SQLite to run it.
 * @param build names each value it needs as a field; it sees none, so it can't decide by them
 */
export function prepareQuery<Values extends object, Row>(build: (runner: QueryRunner, values: Values) => Compilable<Row>) {
  const prepared = prepareRows<Values, Row>((runner, rows) => build(runner, rows[0] as Values))
  return (runner: QueryRunner, values: Values): Promise<QueryResult<Row>> => prepared(runner, [values])
}

/**
 * The same for an insert of several rows.
 * @param build gets as many rows as are given later, 1 to 32
 */
export function prepareRows<Values extends object, Row>(build: (runner: QueryRunner, rows: readonly Values[]) => Compilable<Row>) {
  // The adapter is what a database and its transactions share.
  const texts = new WeakMap<object, Map<number, CompiledQuery<Row>>>()
  return (runner: QueryRunner, rows: readonly Values[]): Promise<QueryResult<Row>> => {
    const { adapter } = runner.getExecutor()
    const ofDatabase = texts.get(adapter) ?? new Map<number, CompiledQuery<Row>>()
    const compiled = ofDatabase.get(rows.length) ?? build(runner, rows.map((_, row) => placeholdersOf<Values>(row))).compile()
    if (ofDatabase.size === 0) texts.set(adapter, ofDatabase)
    if (ofDatabase.size < maxPreparedRows) ofDatabase.set(rows.length, compiled)
    return runner.executeQuery({ ...compiled, parameters: fillIn(compiled.parameters, rows) })
  }
}

/** Lists of another length are another text; so they are of few lengths, with the last one named again. */
export function atFewLengths<Name>(names: readonly Name[]): Name[] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, names.length)))
  return Array.from({ length }, (_, index) => names[Math.min(index, names.length - 1)] as Name)
}

/** Reads rows by many names, 32 at most by one statement and in one turn of the event loop. */
export async function inPortions<Name, Row>(names: readonly Name[], read: (some: readonly Name[]) => Promise<Pick<QueryResult<Row>, 'rows'>>): Promise<Row[]> {
  const found: Row[] = []
  for (let start = 0; start < names.length; start += maxPreparedRows) {
    if (start > 0) await nextTurn()
    found.push(...(await read(atFewLengths(names.slice(start, start + maxPreparedRows)))).rows)
  }
  return found
}

/** Rows to be written, each once, in portions of few lengths: 32, and then powers of two. */
export function portionsOf<Row>(rows: readonly Row[]): Row[][] {
  const portions: Row[][] = []
  for (let start = 0; start < rows.length; start += portions.at(-1)?.length ?? 0) portions.push(rows.slice(start, start + Math.min(maxPreparedRows, 2 ** Math.floor(Math.log2(rows.length - start)))))
  return portions
}

/** Gives a placeholder for whatever field is asked for by name; it has no fields to spread or to go through. */
function placeholdersOf<Values extends object>(row: number): Values {
  return new Proxy({} as Values, {
    get: (_, field) => new Placeholder(row, field),
    ownKeys() {
      throw new MurmurError('MUR_BUG', { rule: 'a prepared query names each of its values' })
    },
  })
}

function fillIn(parameters: readonly unknown[], rows: readonly object[]): readonly unknown[] {
  return parameters.map((value) => (value instanceof Placeholder ? (rows[value.row] as Readonly<Record<PropertyKey, unknown>>)[value.field] : value))
}
