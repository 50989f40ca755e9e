import { asMurmurError } from '../errors.ts'
import { composeCore } from './compose.ts'
import { composeSlack, type Slack } from './compose-slack.ts'
import { readProcessConfig, type Config } from './config.ts'
import { createLogger } from './logger.ts'
import { createTelemetry } from './telemetry.ts'

/** How long running work may take to finish after SIGTERM; what is left is taken up by the next process. */
const drainMs = 10_000

async function start(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel)
  for (const name of config.ignored) logger.warn(`${name} is set and has no effect in this version`)
  const slack = Promise.withResolvers<Slack>()
  const core = await composeCore({
    ...config,
    timeZone: 'UTC',
    logger,
    nowMs: Date.now,
    openThread: async (run, journal) => (await slack.promise).openThread(run, journal),
    tellAside: async (run, notice) => (await slack.promise).tellAside(run, notice),
  })
  const telemetry = createTelemetry(core.runEvents, core.queue)
  const { app, ...speaking } = composeSlack({ core, config, telemetry, logger, nowMs: Date.now })
  slack.resolve({ app, ...speaking })
  await app.start()
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
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal).then(() => process.exit(0)))
}

try {
  await start(readProcessConfig())
} catch (error) {
  // Before the configuration is read there is no log level; the operator reads the terminal.
  process.stderr.write(`Murmur did not start. ${asMurmurError(error).message}\n`)
  process.exit(1)
}
