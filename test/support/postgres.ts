import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { providePostgresPrograms } from './postgres-programs.ts'
import { freePort, killTied, logTail, spawnTied, startAgain, stopper, until, type MortalServer } from './tied-server.ts'

/** A database of one test file. `drop` ends whoever is still connected. */
export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

const run = promisify(execFile)

// The tests never kill the machine: what PostgreSQL has handed to the system is then kept without fsync too, and without it a suite
// takes seconds instead of minutes.
const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'listen_addresses=127.0.0.1']

export interface PostgresOptions {
  /** What it has confirmed is kept when its own processes are killed, too. Default false, which is quicker. */
  readonly isKillable?: boolean
}

/** Starts an empty PostgreSQL on a private port, tied to this process; `url` names its first database. */
export async function startPostgres({ isKillable = false }: PostgresOptions = {}): Promise<MortalServer> {
  const programs = await providePostgresPrograms()
  const owner = serverUser()
  // Root's TMPDIR may be closed to the server's user; /tmp is open to all.
  const dir = mkdtempSync(join(owner === undefined ? tmpdir() : '/tmp', 'murmur-pg-'))
  if (owner !== undefined) chownSync(dir, owner.uid, owner.gid)
  try {
    return await startIn(dir, programs, { owner, isKillable })
  } catch (error) {
    rmSync(dir, { recursive: true, force: true })
    throw error
  }
}

/**
 * Makes a fresh database on the server of the test run, named so that files running at the same time do not meet.
 * @throws {Error} when the run has no server: only `npm test` and `npm run jest` start one
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env['TEST_POSTGRES_URL']
  if (serverUrl === undefined) throw new Error('TEST_POSTGRES_URL is not set: run the tests through Jest, whose setup starts the server')
  const name = `murmur_test_${process.pid}_${randomBytes(6).toString('hex')}`
  await administer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(serverUrl, `drop database if exists ${name} with (force)`) }
}

// PostgreSQL refuses to run as root.
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const entry = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = entry?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL cannot run as root, and there is no user "nobody" to run it as')
  return { uid: Number(uid), gid: Number(gid) }
}

interface StartOptions extends Required<PostgresOptions> {
  readonly owner: { readonly uid: number; readonly gid: number } | undefined
}

async function startIn(dir: string, programs: string, { owner, isKillable }: StartOptions): Promise<MortalServer> {
  const [data, logFile, passwordFile] = [join(dir, 'data'), join(dir, 'log'), join(dir, 'password')]
  const password = randomBytes(18).toString('hex')
  writeFileSync(passwordFile, password)
  // Readable to the server's user, who is not us when we are root; the folder around it is closed to everyone else.
  chmodSync(passwordFile, 0o644)
  const init = ['-D', data, '-U', 'murmur', '-E', 'UTF8', '--locale=C', '--no-sync', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  await run(join(programs, 'initdb'), init, { cwd: dir, ...owner })
  const port = await freePort()
  const options = [...settings, `synchronous_commit=${isKillable ? 'on' : 'off'}`, `unix_socket_directories=${dir}`].flatMap((setting) => ['-c', setting])
  // QUIT is PostgreSQL's "stop at once" that still takes its children and shared memory along.
  const tied = { dir, logFile, signal: 'QUIT', user: owner } as const
  const child = spawnTied(join(programs, 'postgres'), ['-D', data, '-p', `${port}`, ...options], tied)
  const stop = stopper(child)
  const url = `postgres://murmur:${password}@127.0.0.1:${port}/postgres`
  const isReady = (): Promise<void> => until('postgres', () => administer(url, 'select 1'))
  try {
    await isReady()
  } catch (error) {
    const tail = logTail(logFile)
    await stop()
    throw new Error(`PostgreSQL did not start:\n${tail}`, { cause: error })
  }
  return {
    url,
    stop,
    kill: () => killTied(dir),
    async restart() {
      startAgain(child)
      await isReady()
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
