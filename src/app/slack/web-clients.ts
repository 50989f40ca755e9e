import { LogLevel, WebClient } from '@slack/web-api'
import type { Logger } from '@slack/web-api'
import type { SlackExchange } from './slack-exchange.ts'

/** What the Slack edge needs of a logger; pino's fits. */
export interface SlackLogger {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface WebClientsOptions {
  readonly token: string
  /** For example `https://slack.com/api/`. */
  readonly apiUrl: string
  readonly logger: SlackLogger
  readonly exchange: SlackExchange
  /** For one HTTP exchange. */
  readonly timeoutMs: number
}

/** One client a purpose, so that a slow or paused queue of one kind never holds up the others. */
export interface WebClients {
  clientFor(method: string): WebClient
}

const readMethods = /^(conversations|users|team|bots|auth|files\.info|api\.test)/
const longestDecorationMs = 3_000
const decorationMethods = /^(agents\.|assistant\.|reactions\.)/

export function createWebClients(options: WebClientsOptions): WebClients {
  const make = (timeoutMs: number): WebClient =>
    new WebClient(options.token, {
      slackApiUrl: options.apiUrl,
      // Retrying is ours: the client's own would repeat a post whose outcome is unknown.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: quietLogger(options.logger),
      fetch: options.exchange(timeoutMs),
    })
  const reading = make(options.timeoutMs)
  // A status that comes late is worth nothing, and the next sign of life waits for it.
  const decorating = make(Math.min(options.timeoutMs, longestDecorationMs))
  const posting = make(options.timeoutMs)
  return {
    clientFor(method) {
      if (readMethods.test(method)) return reading
      return decorationMethods.test(method) ? decorating : posting
    },
  }
}

/**
 * The client's debug lines hold message texts, and its warnings repeat what our errors say: only a trace of them is
 * kept.
 */
function quietLogger(logger: SlackLogger): Logger {
  const silent = (): void => undefined
  const trace = (...parts: readonly unknown[]): void =>
    logger.debug({ detail: parts.map(String).join(' ').slice(0, 300) }, 'slack client')
  return {
    debug: silent,
    info: silent,
    warn: trace,
    error: trace,
    setLevel: silent,
    setName: silent,
    getLevel: () => LogLevel.ERROR,
  }
}
