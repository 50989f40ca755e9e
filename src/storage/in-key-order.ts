import { sql, type CreateTableBuilder } from 'kysely'
import type { EngineTraits } from './engine-traits.ts'

/**
 * Keeps a table of short rows in the order of its primary key. SQLite would else number the rows and keep the key in a
 * second tree, so that each write dirties a page more; every run writes ten of them. https://www.sqlite.org/withoutrowid.html
 */
export const inKeyOrder =
  ({ name }: EngineTraits) =>
  <Table extends string, Columns extends string>(table: CreateTableBuilder<Table, Columns>): CreateTableBuilder<Table, Columns> =>
    name === 'sqlite' ? table.modifyEnd(sql`without rowid`) : table
