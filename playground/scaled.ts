import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startChroma } from '../test/support/chroma.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { startRedis } from '../test/support/redis.ts'
import type { TestServer } from '../test/support/tied-server.ts'
import { createOfflineModel } from './offline-model/create-offline-model.ts'
import { readAppManifest } from './read-app-manifest.ts'
import { startSet } from './start-set.ts'
import { createWorkspace } from './workspace/create-workspace.ts'

const usage = `Usage: npm run scaled -- [--edges 2] [--workers 3] [--port 4000] [--no-chroma] [--log]
Starts the set of docker-compose.yml as local processes: edges, workers, PostgreSQL, Redis and Chroma, with the playground as Slack.
The servers are those of this machine; what is missing is installed as the tests do it. DATABASE_URL, REDIS_URL and CHROMA_URL name others.
Everything is empty at the start and gone at the end. Its PostgreSQL does not wait for the disk. LOG_LEVEL and MURMUR_METRICS_TOKEN ("playground") count.`

const { values } = parseArgs({
  options: {
    edges: { type: 'string', default: '2' },
    workers: { type: 'string', default: '3' },
    port: { type: 'string', default: '4000' },
    'no-chroma': { type: 'boolean' },
    log: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})

async function run(): Promise<void> {
  if (values.help) return console.log(usage)
  const [edges, workers] = [countOf('edges', values.edges), countOf('workers', values.workers)]
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseUrl = 'https://api.openai.com/v1', MURMUR_METRICS_TOKEN: metricsToken = 'playground', LOG_LEVEL: logLevel } = process.env
  const servers: TestServer[] = []
  const provide = async (name: string, start: () => Promise<TestServer>): Promise<string> => {
    const given = process.env[name]
    if (given) return given
    const server = await start()
    servers.push(server)
    return server.url
  }
  const databaseUrl = await provide('DATABASE_URL', startPostgres)
  const redisUrl = await provide('REDIS_URL', startRedis)
  const chromaUrl = values['no-chroma'] ? undefined : await provide('CHROMA_URL', startChroma)
  const offline = key ? undefined : await createOfflineModel({ latencyMs: 400, chunkDelayMs: 25 })
  const workspace = await createWorkspace({ port: Number(values.port), retry: true, seed: await readAppManifest() })
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scaled-'))
  const set = await startSet({
    workspace,
    dataDir,
    edges,
    workers,
    stores: { databaseUrl, redisUrl, chromaUrl },
    openAiBaseUrl: offline?.baseUrl ?? baseUrl,
    openAiApiKey: key ?? 'playground-key-0001',
    environment: { MURMUR_METRICS_TOKEN: metricsToken, LOG_LEVEL: logLevel },
    ...(values.log ? { onLog: (name: string, line: string) => console.error(`${name} ${line}`) } : {}),
  })
  let isClosing = false
  const close = async (): Promise<void> => {
    if (isClosing) return
    isClosing = true
    await set.close()
    await workspace.close()
    await offline?.close()
    for (const server of servers) await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close().then(() => process.exit(0)))
  for (const [name, app] of set.processes) console.log(`${name.padEnd(10)} ${app.url}  process ${app.pid}`)
  for (const [name, setting, url] of [['PostgreSQL', 'DATABASE_URL', databaseUrl], ['Redis', 'REDIS_URL', redisUrl], ['Chroma', 'CHROMA_URL', chromaUrl]] as const) {
    // A given address may hold a password, which does not belong on a screen.
    console.log(`${name.padEnd(10)} ${url === undefined ? 'none: vectors lie in PostgreSQL' : process.env[setting] ? `that of ${setting}` : url}`)
  }
  console.log(`Murmur's playground is open: ${workspace.url}`)
  console.log(`Each process has /readyz and /metrics: curl -H 'Authorization: Bearer ${metricsToken}' ${set.processes.get('worker-1')?.url}/metrics`)
  console.log(`End any of the processes or servers with kill -9 and see the others go on${values.log ? '' : '; with --log each says in its log what it met'}. Ctrl+C ends all.`)
}

function countOf(name: string, value: string): number {
  const count = Number(value)
  if (!Number.isInteger(count) || count < 1 || count > 16) throw new RangeError(`--${name}: expected a whole number from 1 to 16, got ${value}`)
  return count
}

try {
  await run()
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${usage}` : error)
  process.exit(1)
}
