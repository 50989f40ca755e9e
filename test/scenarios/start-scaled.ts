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
import { createTestDatabase } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { startProxy, type Proxy } from '../support/tcp-proxy.ts'
import { alice, general, isFinishedAnswer, seedChannels, waitUntil, writeConfigWithoutEmbeddings, type Asked } from './start-scenario.ts'

export type Role = 'edge' | 'worker'
type Row = Readonly<Record<string, string | number | null>>

/** Edges and workers as processes of their own, on one PostgreSQL and one Redis, behind a balancer that sticks to nobody. */
export interface Scaled {
  readonly workspace: Workspace
  readonly model: OfflineModel
  readonly edges: readonly RunningApp[]
  readonly workers: readonly RunningApp[]
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
  /** Another one in the place of one that is gone. */
  start(role: Role, index: number): Promise<void>
  rows(query: string): Promise<Row[]>
  /** Waits until nothing is left to do, and tells what is not as one answer a request, paid once, would have it. */
  findFaults(asked: readonly Asked[]): Promise<string[]>
  close(): Promise<void>
}

export interface ScaledOptions {
  readonly edges: number
  readonly workers: number
  readonly model?: OfflineModelOptions
  readonly environment?: Readonly<Record<string, string>>
}

const endTimeoutMs = 90_000

export async function startScaled(options: ScaledOptions): Promise<Scaled> {
  const [database, model] = [await createTestDatabase(), await createOfflineModel(options.model)]
  let server = await startRedis()
  const { port } = server
  const [postgres, redis] = [await startProxy(database.url), await startProxy(server.url)]
  const workspace = await createWorkspace({ servePage: false, retry: true, retryDelaysMs: [200, 1_000, 3_000], seed: { ...(await readAppManifest()), channels: seedChannels() } })
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scaled-'))
  const configDir = writeConfigWithoutEmbeddings(dataDir)
  const direct = new pg.Pool({ connectionString: database.url, max: 2 })
  direct.on('error', () => {})
  const closeServers = async (): Promise<void> => {
    await direct.end()
    for (const part of [workspace, model, postgres, redis]) await part.close()
    await server.stop()
    await database.drop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const set = await startSet({
    workspace,
    dataDir,
    edges: options.edges,
    workers: options.workers,
    stores: { databaseUrl: postgres.url, redisUrl: redis.url, chromaUrl: undefined },
    openAiBaseUrl: model.baseUrl,
    openAiApiKey: 'offline-test-key',
    environment: { NODE_ENV: 'test', LOG_LEVEL: 'info', MURMUR_CONFIG_DIR: configDir, ...options.environment },
  }).catch(async (error: unknown) => {
    await closeServers()
    throw error
  })
  const alive = (role: Role): RunningApp[] => [...set.processes].filter(([name]) => name.startsWith(role)).map(([, app]) => app)
  const rows = async (query: string): Promise<Row[]> => (await direct.query<Row>(query)).rows
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
    loseRedis: () => server.stop(),
    async returnRedis() {
      server = await startRedis(port)
    },
    async flushRedis() {
      await server.flush()
    },
    kill: (role, index) => set.stop(`${role}-${index + 1}`, 'SIGKILL'),
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
    async findFaults(asked) {
      await waitUntil('all tasks to end', async () => (await rows("select 1 from tasks where status in ('queued', 'running')").catch(() => [{}])).length === 0, endTimeoutMs)
      await waitUntil('all threads to rest', () => asked.every((one) => workspace.session(one.channel, one.ts)?.status === 'active'), endTimeoutMs)
      const faults: string[] = []
      const threads = new Map(asked.map((one) => [`${one.channel} ${one.ts}`, one]))
      for (const [key, one] of threads) {
        const wanted = asked.filter((other) => `${other.channel} ${other.ts}` === key).length
        const posted = answers(one)
        if (posted.length !== wanted || !posted.every(isFinishedAnswer)) faults.push(`${key}: ${posted.length} posts, ${posted.filter(isFinishedAnswer).length} finished, instead of ${wanted}`)
      }
      for (const run of await rows("select run_id, status, error_code from runs where status <> 'completed'")) faults.push(`run ${JSON.stringify(run)}`)
      for (const twice of await rows("select run_id, step_key from ledger where outcome = 'ok' group by run_id, step_key having count(*) > 1")) faults.push(`paid twice ${JSON.stringify(twice)}`)
      const [count] = await rows('select count(*)::int as runs, (select count(*)::int from reservations) as held from runs')
      if (count?.['runs'] !== asked.length) faults.push(`${count?.['runs']} runs instead of ${asked.length}`)
      if (count?.['held'] !== 0) faults.push(`${count?.['held']} reservations are still held`)
      return faults
    },
  }
}
