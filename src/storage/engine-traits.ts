/** What differs between the two engines, declared here so that no query asks which one it runs on. */
export interface EngineTraits {
  readonly name: 'sqlite' | 'postgres'
  /** Column type of a 64-bit integer. */
  readonly integer: 'integer' | 'bigint'
  /** Column type of bytes. */
  readonly blob: 'blob' | 'bytea'
  /** Column type of a key that counts up by itself. */
  readonly sequence: 'integer' | 'bigserial'
  /** True where that type counts up only when told to. */
  readonly needsAutoIncrement: boolean
  /** True where several processes claim at once and must pass over each other's locked rows; SQLite has one writer. */
  readonly locksRows: boolean
  /** True when a process that opens the store is the only one, so that leases of a former process are void at once. */
  readonly isSingleProcess: boolean
}

export const sqliteTraits: EngineTraits = {
  name: 'sqlite',
  integer: 'integer',
  blob: 'blob',
  sequence: 'integer',
  needsAutoIncrement: true,
  locksRows: false,
  isSingleProcess: true,
}

export const postgresTraits: EngineTraits = {
  name: 'postgres',
  integer: 'bigint',
  blob: 'bytea',
  sequence: 'bigserial',
  needsAutoIncrement: false,
  locksRows: true,
  isSingleProcess: false,
}
