import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel, OfflineModelOptions } from '../../playground/offline-model/offline-model.ts'
import { readAppManifest } from '../../playground/read-app-manifest.ts'
import type { RunningApp } from '../../playground/start-app.ts'
import { startSet } from '../../playground/start-set.ts'
import { createWorkspace } from '../../playground/workspace/create-workspace.ts'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { startChroma } from '../support/chroma.ts'
import { createTestDatabase, startPostgres } from '../support/postgres.ts'
import { countRedisClients, startRedis } from '../support/redis.ts'
import { startProxy, type Proxy } from '../support/tcp-proxy.ts'
import type { MortalServer } from '../support/tied-server.ts'
import { findSetFaults, type SetRow } from './find-set-faults.ts'
import { alice, general, seedChannels, waitUntil, writeConfigWithoutEmbeddings, type Asked } from './start-scenario.ts'

export type Role = 'edge' | 'worker'

/** Edges and workers as processes of their own, on one PostgreSQL and one Redis, behind a balancer that sticks to nobody. */
export interface Scaled {
  readonly workspace: Workspace
  readonly model: OfflineModel
  readonly edges: readonly RunningApp[]
  readonly workers: readonly RunningApp[]
  /** The one in this place. @throws {Error} when there is none just now */
  process(role: Role, index: number): RunningApp
  /** The servers that can be killed: those of {@link ScaledOptions.mortal}. */
  readonly servers: { readonly postgres: MortalServer; readonly chroma: MortalServer }
  /** The ways of all processes to PostgreSQL and to Redis. */
  readonly postgres: Proxy
  readonly redis: Proxy
  /** kill -9 of Redis, with all that it held. */
  loseRedis(): Promise<void>
  returnRedis(): Promise<void>
  flushRedis(): Promise<void>
  ask(text: string, options?: { readonly channel?: string; readonly threadTs?: string }): Promise<Asked>
  answers(asked: Asked): StoredMessage[]
  /** kill -9 */
  kill(role: Role, index: number): Promise<void>
  /** Says that answers of the model which are on their way just now may never have reached the store. */
  noteLoss(): void
  /** Connections of all processes to PostgreSQL, and how many of them keep a transaction open. */
  connections(): Promise<{ readonly open: number; readonly inTransaction: number }>
  /**
   * Waits until as many connections to Redis are open as the processes need, and each to PostgreSQL that is open now was used again or
   * closed, as the pools do after ten seconds: one that is in nobody's hands any more stays as it is.
   */
  waitForNoLeaks(): Promise<void>
  /** Another one in the place of one that is gone. */
  start(role: Role, index: number): Promise<void>
  rows(query: string): Promise<SetRow[]>
  /** Waits until nothing is left to do, and tells what is not as one answer a request, paid once, would have it, and which processes ended by themselves. */
  findFaults(asked: readonly Asked[], endTimeoutMs?: number): Promise<string[]>
  close(): Promise<void>
}

export interface ScaledOptions {
  readonly edges: number
  readonly workers: number
  readonly model?: OfflineModelOptions
  readonly environment?: Readonly<Record<string, string>>
  /** Of one process, by its name: `edge-1`, `worker-2`. */
  readonly environmentOf?: (name: string) => Readonly<Record<string, string>>
  /** A PostgreSQL and a Chroma of its own, which can be killed. Default: the database server of the run, and the built-in memory. */
  readonly mortal?: boolean
  /** Pauses before a delivery that was not acknowledged comes again; default three, as many as Slack makes. */
  readonly retryDelaysMs?: readonly number[]
  /** The clock of Slack's timestamps. */
  readonly now?: () => number
  /** Called when the servers are there and no process is. */
  readonly prepare?: (parts: { readonly workspace: Workspace; readonly model: OfflineModel; readonly databaseUrl: string; readonly redisUrl: string; readonly dataDir: string }) => Promise<void>
}

/** Slack makes its three in six minutes; here they are many and near, for a fault is over in seconds. */
export const patientRetriesMs: readonly number[] = Array.from({ length: 240 }, () => 250)

export async function startScaled(options: ScaledOptions): Promise<Scaled> {
  const { database, chroma } = options.mortal ? await startMortal() : { database: await createTestDatabase(), chroma: undefined }
  const model = await createOfflineModel(options.model)
  let server = await startRedis()
  const { port } = server
  const [postgres, redis] = [await startProxy(database.url), await startProxy(server.url)]
  const workspace = await createWorkspace({ servePage: false, retry: true, ...(options.now ? { now: options.now } : {}), retryDelaysMs: options.retryDelaysMs ?? [200, 1_000, 3_000], seed: { ...(await readAppManifest()), channels: seedChannels() } })
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scaled-'))
  const configDir = writeConfigWithoutEmbeddings(dataDir)
  const direct = new pg.Pool({ connectionString: database.url, max: 2, application_name: observer })
  direct.on('error', () => {})
  const closeServers = async (): Promise<void> => {
    await direct.end()
    for (const part of [workspace, model, postgres, redis]) await part.close()
    await server.stop()
    await chroma?.stop()
    await database.drop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const gone: string[] = []
  await options.prepare?.({ workspace, model, databaseUrl: database.url, redisUrl: server.url, dataDir })
  const set = await startSet({
    workspace,
    onGone: (how) => {
      gone.push(how)
      // Whatever a test waits for now may never come; so it is said at once.
      process.stderr.write(`${how}\n`)
    },
    dataDir,
    edges: options.edges,
    workers: options.workers,
    stores: { databaseUrl: postgres.url, redisUrl: redis.url, chromaUrl: chroma?.url },
    openAiBaseUrl: model.baseUrl,
    openAiApiKey: 'offline-test-key',
    environment: { NODE_ENV: 'test', LOG_LEVEL: 'info', MURMUR_CONFIG_DIR: configDir, ...options.environment },
    ...(options.environmentOf ? { environmentOf: options.environmentOf } : {}),
  }).catch(async (error: unknown) => {
    await closeServers()
    throw error
  })
  const alive = (role: Role): RunningApp[] => [...set.processes].filter(([name]) => name.startsWith(role)).map(([, app]) => app)
  const rows = async (query: string): Promise<SetRow[]> => (await direct.query<SetRow>(query)).rows
  let lossUpTo = 0
  const answers = ({ channel, ts }: Asked) => workspace.thread(channel, ts).filter((message) => message.botId !== undefined)
  return {
    workspace,
    model,
    postgres,
    redis,
    rows,
    answers,
    get edges() {
      return alive('edge')
    },
    get workers() {
      return alive('worker')
    },
    process(role, index) {
      const app = set.processes.get(`${role}-${index + 1}`)
      if (!app) throw new Error(`There is no ${role} in the place ${index} just now.`)
      return app
    },
    loseRedis: () => server.stop(),
    async returnRedis() {
      server = await startRedis(port)
    },
    async flushRedis() {
      await server.flush()
    },
    get servers() {
      if (!('postgres' in database) || !chroma) throw new Error('Expected a set with servers of its own (`mortal`).')
      return { postgres: database.postgres, chroma }
    },
    noteLoss: () => void (lossUpTo = model.usage.calls),
    async kill(role, index) {
      await set.stop(`${role}-${index + 1}`, 'SIGKILL')
      lossUpTo = model.usage.calls
    },
    async connections() {
      const [count] = await rows(`select count(*)::int as open, (count(*) filter (where state like 'idle in%'))::int as busy from pg_stat_activity where ${isOurs}`)
      return { open: Number(count?.['open']), inTransaction: Number(count?.['busy']) }
    },
    async waitForNoLeaks() {
      const [now] = await rows('select extract(epoch from clock_timestamp())::float8 as s')
      const since = Number(now?.['s'])
      const unused = async () => Number((await rows(`select count(*)::int as open from pg_stat_activity where ${isOurs} and extract(epoch from state_change) < ${since}`))[0]?.['open'])
      await waitUntil('connections to PostgreSQL that are used or closed', async () => (await unused()) === 0, leakTimeoutMs)
      const wanted = redisConnections.edge * alive('edge').length + redisConnections.worker * alive('worker').length
      await waitUntil(`${wanted} connections to Redis`, async () => (await countRedisClients(server.url)) === wanted, leakTimeoutMs)
    },
    start: (role, index) => set.start(`${role}-${index + 1}`),
    async close() {
      await set.close('SIGKILL')
      await closeServers()
    },
    async ask(text, { channel = general, threadTs } = {}) {
      const { message, deliveries } = await workspace.say({ user: alice, channel, text: `<@${workspace.botUserId}> ${text}`, ...(threadTs === undefined ? {} : { threadTs }) })
      const failed = deliveries.filter(({ ok }) => !ok)
      if (failed.length > 0) throw new Error(`Expected the deliveries to be acknowledged, got ${JSON.stringify(failed)}.`)
      return { channel, ts: threadTs ?? message.ts }
    },
    async findFaults(asked, endTimeoutMs) {
      const faults = await findSetFaults({ workspace, model, rows, answers }, asked, lossUpTo, endTimeoutMs)
      return [...gone, ...faults]
    },
  }
}

/** Names our own connections, so that they are not counted as the app's. */
const observer = 'observer'
const isOurs = `datname = current_database() and backend_type = 'client backend' and application_name <> '${observer}'`
const leakTimeoutMs = 90_000
/** Of one process: commands and what it hears; a worker asks for jobs on two more. */
const redisConnections = { edge: 2, worker: 4 }

async function startMortal() {
  const postgres = await startPostgres({ isKillable: true })
  const chroma = await startChroma().catch(async (error: unknown) => {
    await postgres.stop()
    throw error
  })
  return { database: { url: postgres.url, postgres, drop: () => postgres.stop() }, chroma }
}
