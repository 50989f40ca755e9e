import { sql } from 'kysely'
import type { Trx } from '../database.ts'
import type { EngineTraits } from '../engine-traits.ts'
import type { TableRows } from './backup-file.ts'

export interface TableShape {
  readonly table: string
  readonly columns: readonly string[]
  /** A column that counts up by itself. */
  readonly counting: string | undefined
}

type Row = Readonly<Record<string, unknown>>

/** Rows of a line, and of an insert: few enough that PostgreSQL's 65,535 parameters and a line of JSON hold them. */
const rowsAtOnce = 200
const bytesAtOnce = 4 * 1024 ** 2

/** All tables but those of the migrator, as they are in the store. */
export async function listTables(trx: Trx): Promise<TableShape[]> {
  const tables = await trx.introspection.getTables({ withInternalKyselyTables: false })
  return tables
    .filter(({ isView, schema }) => !isView && (schema === undefined || schema === 'public'))
    .map(({ name, columns }) => ({ table: name, columns: columns.map((column) => column.name), counting: columns.find((column) => column.isAutoIncrementing)?.name }))
    .toSorted((one, other) => one.table.localeCompare(other.table))
}

/** All rows of a table as the transaction sees them, in bounded pieces. */
export async function* readTable(trx: Trx, { name }: EngineTraits, { table, columns }: TableShape): AsyncGenerator<TableRows> {
  const rows = name === 'postgres' ? throughCursor(trx, table) : trx.selectFrom(sql.table(table).as('t') as never).selectAll().stream()
  let piece: unknown[][] = []
  let bytes = 0
  for await (const row of rows as AsyncIterable<Row>) {
    const values = columns.map((column) => encode(row[column]))
    piece.push(values)
    bytes += values.reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (piece.length < rowsAtOnce && bytes < bytesAtOnce) continue
    yield { table, columns, rows: piece }
    piece = []
    bytes = 0
  }
  if (piece.length > 0) yield { table, columns, rows: piece }
}

/** Only columns that the table has; a later form of the store may have dropped one. */
export async function insertRows(trx: Trx, { table, columns, rows }: TableRows): Promise<void> {
  const values = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, decode(row[at])])))
  if (values.length > 0) await trx.insertInto(table as never).values(values as never).execute()
}

/** The driver would read a whole table at once. */
async function* throughCursor(trx: Trx, table: string): AsyncGenerator<Row> {
  await sql`declare backup_rows no scroll cursor for select * from ${sql.table(table)}`.execute(trx)
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.raw(String(rowsAtOnce))} from backup_rows`.execute(trx)
    if (rows.length === 0) break
    yield* rows
  }
  await sql`close backup_rows`.execute(trx)
}

const encode = (value: unknown): unknown => (value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value)

const decode = (value: unknown): unknown => (typeof value === 'object' && value !== null && 'base64' in value ? Buffer.from(String(value.base64), 'base64') : value)

const sizeOf = (value: unknown): number => (typeof value === 'string' ? value.length : typeof value === 'object' && value !== null && 'base64' in value ? String(value.base64).length : 8)
