import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Workspace } from './workspace/workspace.ts'

export interface AppOptions {
  readonly workspace: Pick<Workspace, 'apiUrl' | 'botToken' | 'signingSecret' | 'connect'>
  readonly openAiBaseUrl: string
  readonly openAiApiKey: string
  readonly dataDir: string
  /** Added to, or taken out of (undefined), the app's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Default: a free one. */
  readonly port?: number
  /** Each line of the app's log. */
  readonly onLog?: (line: string) => void
  /** The app was ready and ended without {@link RunningApp.stop}: how, with its last lines. Default: it is written to stderr. */
  readonly onGone?: (how: string) => void
}

/** The unchanged app as a process of its own, as an operator starts it. */
export interface RunningApp {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** The last lines of its log, at most 1,000. */
  readonly log: readonly string[]
  /** Ends it and waits until it is gone; `SIGKILL` is the crash. */
  stop(signal?: NodeJS.Signals): Promise<AppEnd>
}

export interface AppEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** More than 30 s were seen beside ten other programs on two cores. One that ends by itself is not waited for. */
const readyTimeoutMs = 120_000
const keptLines = 1_000
/** Lines of a log that are told where something went wrong. */
const toldLines = 30
const mainFile = join(import.meta.dirname, '../src/app/main.ts')

/**
 * Starts the app against a workspace and a model, and connects the workspace to it once it is ready.
 * @throws {Error} with the last lines of the log when the app does not get ready within 2 min
 */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const port = options.port ?? (await findFreePort())
  const log: string[] = []
  const child = spawn(process.execPath, [mainFile], { env: environmentOf(options, port), stdio: ['ignore', 'pipe', 'pipe'] })
  collectLines(child, (line) => {
    log.push(line)
    if (log.length > keptLines) log.shift()
    options.onLog?.(line)
  })
  // Not `exit`: only now has all been read that it wrote at its end.
  const exited = new Promise<AppEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(url, child, log, exited)
  let isStopped = false
  const onGone = options.onGone ?? ((how: string): void => void process.stderr.write(`${how}\n`))
  void exited.then((end) => isStopped || onGone(`The app, process ${child.pid}, ended by itself: ${describeEnd(end, log)}`))
  options.workspace.connect(url)
  return {
    url,
    port,
    log,
    pid: child.pid ?? 0,
    stop(signal = 'SIGTERM') {
      isStopped = true
      child.kill(signal)
      return exited
    },
  }
}

function environmentOf({ workspace, openAiBaseUrl, openAiApiKey, dataDir, environment }: AppOptions, port: number): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    NODE_ENV: 'production',
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_SIGNING_SECRET: workspace.signingSecret,
    SLACK_API_URL: workspace.apiUrl,
    OPENAI_BASE_URL: openAiBaseUrl,
    OPENAI_API_KEY: openAiApiKey,
    MURMUR_DATA_DIR: dataDir,
    PORT: String(port),
    ...environment,
  }
}

function collectLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
    })
  }
}

const describeEnd = ({ code, signal }: AppEnd, log: readonly string[]): string => `exit code ${code}, signal ${signal}. Its last lines:\n${log.slice(-toldLines).join('\n')}`

async function waitUntilReady(url: string, child: ChildProcess, log: readonly string[], exited: Promise<AppEnd>): Promise<void> {
  const deadlineMs = Date.now() + readyTimeoutMs
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadlineMs) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return
    await sleep(25)
  }
  const wasThere = child.exitCode === null && child.signalCode === null
  child.kill('SIGKILL')
  throw new Error(`The app did not get ready${wasThere ? ` within ${readyTimeoutMs} ms` : ''}: ${describeEnd(await exited, log)}`)
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port was given.')
  return address.port
}
