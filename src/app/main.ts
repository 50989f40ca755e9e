import { readFileSync } from 'node:fs'
import { asMurmurError, MurmurError } from '../errors.ts'
import { createSteadyClock } from '../storage/steady-clock.ts'
import { composeCore } from './compose.ts'
import { composeSlack, type Slack } from './compose-slack.ts'
import { readProcessConfig, type Config } from './config.ts'
import { createLogger } from './logger.ts'
import { createTelemetry } from './telemetry.ts'

/** How long running work may take to finish after SIGTERM; what is left is taken up by the next process. */
const drainMs = 10_000
/** A changed configuration file counts after at most so long; SIGHUP makes it count at once. */
const configPollMs = 5_000

async function start(config: Config): Promise<void> {
  const version = readVersion()
  // Of several processes each line says whose it is; during a rolling update also of which version.
  const logger = createLogger(config.logLevel).child({ 'service.version': version, 'service.node.roles': [config.role] })
  const slack = Promise.withResolvers<Slack>()
  const clock = createSteadyClock({ wallMs: Date.now, steadyMs: () => performance.now() })
  const core = await composeCore({
    ...config,
    timeZone: 'UTC',
    configPollMs,
    logger,
    nowMs: clock.nowMs,
    clock,
    openThread: async (run, journal) => (await slack.promise).openThread(run, journal),
    tellAside: async (run, notice) => (await slack.promise).tellAside(run, notice),
    isAdmin: async (workspaceId, userId) => (await slack.promise).isAdmin(workspaceId, userId),
    kindOf: async (workspaceId, channelId) => (await slack.promise).kindOf(workspaceId, channelId),
    adminsOf: async (workspaceId) => (await slack.promise).adminsOf(workspaceId),
  })
  const telemetry = createTelemetry({ ...core, version, role: config.role, nowMs: clock.nowMs })
  const { app, ...speaking } = composeSlack({ core, config, telemetry, logger, nowMs: clock.nowMs, ...(config.role === 'worker' ? {} : { aheadMs: clock.aheadMs }) })
  slack.resolve({ app, ...speaking })
  await app.start().catch((error: unknown) => {
    throw asListenFailure(error, config.port)
  })
  if (config.role !== 'edge') await core.start()
  logger.info({ port: config.port, role: config.role, mode: config.slack.mode }, 'Murmur is running')

  let isStopping = false
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) return
    isStopping = true
    logger.info({ signal }, 'draining')
    await app.stop()
    await core.close(drainMs)
    logger.info('stopped')
  }
  process.on('SIGHUP', () => void core.reload())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal).then(() => process.exit(0)))
}

const readVersion = (): string => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version

function asListenFailure(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error
  const problem = code === 'EACCES' ? 'is reserved for the system' : 'is taken by another program'
  return new MurmurError('MUR_CONFIG_INVALID', { problems: `\n  - PORT: ${port} ${problem}; choose another one` }, { cause: error })
}

try {
  await start(readProcessConfig())
} catch (error) {
  // Before the configuration is read there is no log level; the operator reads the terminal.
  process.stderr.write(`Murmur did not start. ${asMurmurError(error).message}\n`)
  process.exit(1)
}
