import { LogLevel, WebClient } from '@slack/web-api'
import type { FetchFunction, Logger } from '@slack/web-api'

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
  readonly fetch?: FetchFunction
  /** For one HTTP exchange. */
  readonly timeoutMs: number
}

/** One client a purpose, so that a slow or paused queue of one kind never holds up the others. */
export interface WebClients {
  clientFor(method: string): WebClient
}

const readMethods = /^(conversations|users|team|bots|auth|files\.info|api\.test)/
const decorationMethods = /^(agents\.|assistant\.|reactions\.)/

export function createWebClients(options: WebClientsOptions): WebClients {
  const make = (): WebClient =>
    new WebClient(options.token, {
      slackApiUrl: options.apiUrl,
      // Retrying is ours: the client's own would repeat a post whose outcome is unknown.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      timeout: options.timeoutMs,
      logger: quietLogger(options.logger),
      fetch: withRetryAfter(options.fetch ?? globalThis.fetch),
    })
  const reading = make()
  const decorating = make()
  const posting = make()
  return {
    clientFor(method) {
      if (readMethods.test(method)) return reading
      return decorationMethods.test(method) ? decorating : posting
    },
  }
}

/** A 429 without a usable Retry-After reaches the caller as a nameless Error; one second is what Slack's own clients assume. */
function withRetryAfter(fetchFn: FetchFunction): FetchFunction {
  return async (url, init) => {
    const response = await fetchFn(url, init)
    if (response.status !== 429 || /^\d+$/.test(response.headers.get('retry-after') ?? '')) return response
    return new Response(await response.text(), { status: 429, headers: { 'retry-after': '1' } })
  }
}

/** The client's debug lines hold message texts, and its warnings repeat what our errors say: only a trace of them is kept. */
function quietLogger(logger: SlackLogger): Logger {
  const silent = (): void => undefined
  const trace = (...parts: readonly unknown[]): void =>
    logger.debug({ detail: parts.map(String).join(' ').slice(0, 300) }, 'slack client')
  return { debug: silent, info: silent, warn: trace, error: trace, setLevel: silent, setName: silent, getLevel: () => LogLevel.ERROR }
}
