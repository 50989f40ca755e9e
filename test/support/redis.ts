import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { installRefusal } from './debian-packages.ts'
import { freePort, logTail, spawnTied, stopper, until, type TestServer } from './tied-server.ts'

const run = promisify(execFile)

const unpacked = join(import.meta.dirname, '../../.cache/redis-server')
/** What the server needs beside a bare Debian. */
const packages = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']
const downloadTimeoutMs = 300_000

/** A Redis of one test. */
export interface TestRedis extends TestServer {
  readonly port: number
  /** Makes it forget everything while it runs. */
  flush(): Promise<void>
}

interface Program {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Starts an empty Redis, tied to this process, that keeps nothing on disk: stopping it is the loss of everything in it.
 * @param port default: a free one; that of a stopped one brings a server back where it was
 */
export async function startRedis(port?: number): Promise<TestRedis> {
  const { path, env } = await provideRedis()
  const dir = mkdtempSync(join(tmpdir(), 'murmur-redis-'))
  const logFile = join(dir, 'log')
  const at = port ?? (await freePort())
  const settings = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction']
  const stop = stopper(spawnTied(path, settings, { dir, logFile, signal: 'KILL', env }))
  const url = `redis://127.0.0.1:${at}`
  try {
    await until('redis', () => tell(url, (client) => client.ping()))
  } catch (error) {
    const tail = logTail(logFile)
    await stop()
    throw new Error(`Redis did not start:\n${tail}`, { cause: error })
  }
  return { url, port: at, stop, flush: async () => void (await tell(url, (client) => client.flushall())) }
}

/**
 * The Redis server of the test run, which all files share: names of their own keep them apart.
 * @throws {Error} when the run has none: only `npm test` and `npm run jest` start one
 */
export function redisUrl(): string {
  const url = process.env['TEST_REDIS_URL']
  if (url === undefined) throw new Error('TEST_REDIS_URL is not set: run the tests through Jest, whose setup starts the server')
  return url
}

/** How many are connected to a Redis, who asks not counted. */
export const countRedisClients = (url: string): Promise<number> => tell(url, async (client) => String(await client.client('LIST')).trim().split('\n').length - 1)

async function tell<T>(url: string, what: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 300 })
  client.on('error', () => {})
  try {
    await client.connect()
    return await what(client)
  } finally {
    client.disconnect()
  }
}

/** Order: PATH, what was unpacked before, Debian's packages unpacked now: that needs no root, and starts no service on the machine. */
async function provideRedis(): Promise<Program> {
  const inPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path))
  if (inPath !== undefined) return { path: inPath, env: process.env }
  const found = findUnpacked()
  if (found) return found
  const refusal = await unpackPackages()
  const program = findUnpacked()
  if (program) return program
  throw new Error(
    `The tests of several processes need redis-server, and it could not be had: ${refusal ?? 'the packages brought none'}.\n` +
      'Install it (Debian: apt-get install redis-server; macOS: brew install redis), or point TEST_REDIS_URL at a server that may be written to.',
  )
}

function findUnpacked(): Program | undefined {
  const path = join(unpacked, 'usr/bin/redis-server')
  if (!existsSync(path)) return undefined
  const library = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).find((file) => file.endsWith('libjemalloc.so.2'))
  return { path, env: { ...process.env, LD_LIBRARY_PATH: join(unpacked, dirname(library ?? '.')) } }
}

/** @returns why there is nothing now, if there is not */
async function unpackPackages(): Promise<string | undefined> {
  if (process.env['TEST_NO_INSTALL']) return 'TEST_NO_INSTALL is set'
  if (!existsSync('/usr/bin/apt-get')) return 'this is no Debian system (no apt-get)'
  const dir = `${unpacked}.${process.pid}`
  mkdirSync(join(dir, 'root'), { recursive: true })
  process.stderr.write('Unpacking redis-server with apt-get (once; needed by the tests)\n')
  try {
    if ((await installRefusal()) === undefined) await run('/usr/bin/apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update'], { timeout: downloadTimeoutMs })
    await run('/usr/bin/apt-get', ['download', ...packages], { cwd: dir, timeout: downloadTimeoutMs })
    for (const file of readdirSync(dir).filter((name) => name.endsWith('.deb'))) await run('dpkg', ['-x', file, 'root'], { cwd: dir })
    rmSync(unpacked, { recursive: true, force: true })
    renameSync(join(dir, 'root'), unpacked)
    return undefined
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error).trim().split('\n').slice(-3).join(' ')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
