import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { PoolClient } from 'pg'
import { MurmurError } from '../errors.ts'

export interface PoolOptions {
  readonly connectionString: string
  readonly maxConnections: number
  /** A query without an answer for so long counts as lost together with its connection; unset: waits for ever. */
  readonly queryTimeoutMs?: number
}

const connectTimeoutMs = 5_000
const keepAliveMs = 10_000

/** SQLSTATEs after which the same may work: connection lost, server going down or coming up, out of connections, two transactions in each other's way. */
const passing = /^(08|57P|53|40001|40P01)/

/** A pool of connections to PostgreSQL whose failures are ours: what passes is MUR_STORE_DOWN, what is wrong with a query stays as it is. */
export async function openPool({ connectionString, maxConnections, queryTimeoutMs }: PoolOptions): Promise<PostgresPool> {
  // Imported here so that an embedded installation never loads the driver.
  const { default: pg } = await import('pg')
  const types = {
    // 20 is int8: times and money fit into a double (2^53), and both engines must give numbers.
    getTypeParser: (id: number, format?: 'text' | 'binary') => (id === 20 ? Number : pg.types.getTypeParser(id, format as 'text')),
  }
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    types,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    // A query does not wait for the answer to the one before it; asked so are `begin` and what follows it.
    pipeline: true,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
  })
  // An idle connection that the server closes is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => {})
  // The pool stops listening when it hands a connection out, and one that breaks at that very moment would end the process as well.
  pool.on('connect', (client) => client.on('error', () => {}))
  const isPassing = (error: unknown): boolean => !(error instanceof pg.DatabaseError) || passing.test(error.code ?? '')
  const nameOf = namer()
  // Kysely keeps what it knows of a connection by the object, so each has one.
  const guarded = new WeakMap<PoolClient, PostgresPoolClient>()
  return {
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw isPassing(error) ? storeDown(error) : error
      })
      const known = guarded.get(client) ?? guard(client, isPassing, nameOf)
      guarded.set(client, known)
      return known
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

const beginText = 'begin'
const begunResult = { command: 'BEGIN', rowCount: null, rows: [] }

/** What the driver writes to; not among its types. */
interface Wire {
  readonly connection: { readonly stream: { cork(): void; uncork(): void; destroy(): void } }
}

function guard(client: PoolClient, isPassing: (error: unknown) => boolean, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  const { stream } = (client as unknown as Wire).connection
  let isBroken = false
  let mustBegin = false
  // Between a transaction's queries nobody else listens.
  client.on('error', () => (isBroken = true))
  const send = (text: string, values: unknown[]) => {
    const name = nameOf(text)
    return name === undefined ? client.query(text, values) : client.query({ name, text, values })
  }
  /** A transaction begins with its first statement, in one message: that is one wait less for each. */
  const beginWith = async (text: string, values: unknown[]) => {
    stream.cork()
    const begun = client.query(beginText)
    const sent = send(text, values)
    stream.uncork()
    const [result] = await Promise.all([sent, begun])
    return result
  }
  const query = async (text: string, values: unknown[]) => {
    if (text === beginText) {
      mustBegin = true
      return begunResult
    }
    const isFirst = mustBegin
    mustBegin = false
    try {
      return await (isFirst ? beginWith(text, values) : send(text, values))
    } catch (error) {
      if (!isPassing(error)) throw error
      if (!isStillThere(error)) {
        // What else is asked on it, a rollback for one, must not wait as long again.
        isBroken = true
        stream.destroy()
      }
      throw storeDown(error)
    }
  }
  const release = (...[reason]: Parameters<PoolClient['release']>): void => client.release(isBroken ? true : reason)
  return { query, release } as unknown as PostgresPoolClient
}

/** So often a text comes before it is worth to be kept by the server. */
const timesBeforeNamed = 3
/** Texts that the server keeps for each connection, ready to run; each takes it some ten kilobytes. */
const maxNamed = 200
const maxCounted = 2_000

/**
 * Names the texts that come often, so that the server reads and plans them once for each connection. Not those that ask for `*`: when
 * another version adds a column while this one runs, the server refuses what it has kept of them.
 */
function namer(): (text: string) => string | undefined {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= maxNamed || text.includes('*')) return known
    const count = (counts.get(text) ?? 0) + 1
    if (counts.size >= maxCounted) counts.clear()
    counts.set(text, count)
    if (count < timesBeforeNamed) return undefined
    counts.delete(text)
    names.set(text, `q${names.size}`)
    return names.get(text)
  }
}

/** Two transactions in each other's way, or a server short of something: the connection itself is fine. */
const isStillThere = (error: unknown): boolean => /^(40|53)/.test((error as { code?: string }).code ?? '')

function storeDown(error: unknown): MurmurError {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return new MurmurError('MUR_STORE_DOWN', { reason: code ?? (message || 'connection lost').slice(0, 100) }, { cause: error })
}
