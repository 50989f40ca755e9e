import { join } from 'node:path'
import { createBalancer } from './balancer.ts'
import { startApp, type AppOptions, type RunningApp } from './start-app.ts'

export interface SetOptions extends Omit<AppOptions, 'port' | 'onLog' | 'onGone'> {
  /** Processes that talk to Slack; default 2. */
  readonly edges?: number
  /** Processes that carry out runs; default 3. */
  readonly workers?: number
  readonly stores: { readonly databaseUrl: string; readonly redisUrl: string | undefined; readonly chromaUrl: string | undefined }
  /** More of the environment of one process, over what all have. */
  readonly environmentOf?: (name: string) => AppOptions['environment']
  /** Each line of a process's log. */
  readonly onLog?: (name: string, line: string) => void
  /** A process that was ready ended by itself: how, with its last lines. Default: it is written to stderr. */
  readonly onGone?: (how: string) => void
}

/** Several processes of the unchanged app on the same stores, behind one address. */
export interface RunningSet {
  readonly url: string
  /** By name: edge-1, worker-1 and so on. What ended is not in it any more. */
  readonly processes: ReadonlyMap<string, RunningApp>
  /** Ends one, for good or until {@link RunningSet.start}. */
  stop(name: string, signal?: NodeJS.Signals): Promise<void>
  /** Starts one that was stopped, or one more. */
  start(name: `${'edge' | 'worker'}-${number}`): Promise<void>
  close(signal?: NodeJS.Signals): Promise<void>
}

/** @throws {Error} with the last lines of the log of the process that does not get ready */
export async function startSet({ edges = 2, workers = 3, stores, onLog, onGone, environmentOf, ...options }: SetOptions): Promise<RunningSet> {
  const processes = new Map<string, RunningApp>()
  const balancer = await createBalancer(() => [...processes].filter(([name]) => name.startsWith('edge')).map(([, app]) => app.url))
  const start = async (name: string): Promise<void> => {
    const environment = {
      MURMUR_ROLE: name.split('-')[0],
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      CHROMA_URL: stores.chromaUrl,
      ...options.environment,
      ...environmentOf?.(name),
    }
    // The workspace speaks to the balancer and not to whoever started last.
    const workspace = { ...pickWorkspace(options.workspace), connect: () => {} }
    const watching = { ...(onLog ? { onLog: (line: string) => onLog(name, line) } : {}), ...(onGone ? { onGone: (how: string) => onGone(`${name}: ${how}`) } : {}) }
    processes.set(name, await startApp({ ...options, dataDir: join(options.dataDir, name), workspace, environment, ...watching }))
  }
  const stop = async (name: string, signal?: NodeJS.Signals): Promise<void> => {
    const app = processes.get(name)
    processes.delete(name)
    await app?.stop(signal)
  }
  const names = [...Array(edges).keys().map((i) => `edge-${i + 1}`), ...Array(workers).keys().map((i) => `worker-${i + 1}`)]
  try {
    // The first makes the tables; on a small machine five beginnings at once take longer than one after the other.
    for (const name of names) await start(name)
  } catch (error) {
    await Promise.all([...processes.keys()].map((name) => stop(name, 'SIGKILL')))
    await balancer.close()
    throw error
  }
  options.workspace.connect(balancer.url)
  return {
    url: balancer.url,
    processes,
    stop,
    start,
    async close(signal) {
      await Promise.all([...processes.keys()].map((name) => stop(name, signal)))
      await balancer.close()
    },
  }
}

const pickWorkspace = ({ apiUrl, botToken, signingSecret }: AppOptions['workspace']) => ({ apiUrl, botToken, signingSecret })
