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
      timeout: timeoutMs,
      logger: quietLogger(options.logger),
      fetch: careful(options.fetch ?? globalThis.fetch),
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
 * Two things that the client would lose: why an exchange failed, and that a 429 without a usable Retry-After is a 429
 * at all (it would become a nameless Error). One second is what Slack's own clients assume.
 */
function careful(fetchFn: FetchFunction): FetchFunction {
  return async (url, init) => {
    const response = await fetchFn(url, init).catch((cause: unknown) => {
      throw new ExchangeError(codeOf(cause), { cause })
    })
    if (response.status !== 429 || /^\d+$/.test(response.headers.get('retry-after') ?? '')) return response
    return new Response(await response.text(), { status: 429, headers: { 'retry-after': '1' } })
  }
}

/** An HTTP exchange that ended without an answer; `code` as the network or the timeout named it. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: string

  constructor(code: string, options: { cause: unknown }) {
    super(`The exchange failed: ${code}`, options)
    this.code = code
  }
}

/** fetch hides the network's error code in the cause of a TypeError; an abort has only a name. */
function codeOf(error: unknown): string {
  const { cause, name } =
    typeof error === 'object' && error !== null ? (error as { cause?: unknown; name?: unknown }) : {}
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : name
  return typeof code === 'string' ? code.slice(0, 80) : 'unknown'
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
