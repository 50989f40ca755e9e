import { LogLevel, type Logger as SlackLogger } from '@slack/bolt'
import type { Logger } from 'pino'

export type BoltLogger = SlackLogger

/** Lets Slack's libraries write into our log, with our level and redaction. */
export function createBoltLogger(logger: Logger): BoltLogger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (...parts: unknown[]): void => {
      const err = parts.find((part) => part instanceof Error)
      const message = parts.filter((part) => typeof part === 'string').join(' ')
      logger[level](err ? { err } : {}, message)
    }
  return {
    debug: write('debug'),
    // What Bolt calls information (that it is running) is ours to say.
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  }
}
