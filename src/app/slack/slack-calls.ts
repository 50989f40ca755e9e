import { MurmurError } from '../../errors.ts'
import { isAmbiguous, retryAfterMsOf, toSlackError } from './slack-errors.ts'
import { createSlackExchange, type SlackExchange } from './slack-exchange.ts'
import { createWebClients } from './web-clients.ts'
import type { SlackLogger } from './web-clients.ts'

export type SlackArguments = Readonly<Record<string, unknown>>

/** An answer of Slack's: untrusted JSON, read field by field. */
export type SlackResult = Readonly<Record<string, unknown>>

export interface CallOptions {
  /** Tries in all, 1 or more. */
  readonly attempts?: number
  /**
   * For calls that must not take place twice: looks whether the last try, whose outcome is unknown, did.
   * Without it a call is taken as safe to repeat.
   */
  readonly recover?: () => Promise<SlackResult | undefined>
  /** Ends the waits between tries; a call under way is not cut, because its outcome would be unknown. */
  readonly signal?: AbortSignal
}

export type TryResult =
  { readonly ok: true; readonly result: SlackResult } | { readonly ok: false; readonly error: MurmurError }

/** The Web API with our own rules for waiting and repeating. */
export interface SlackCalls {
  /**
   * @throws {MurmurError} MUR_SLACK_REJECTED when Slack says no; MUR_SLACK_BUSY when all tries failed or the wait
   * asked for is too long; MUR_RUN_CANCELLED when the signal is aborted before or between tries
   */
  call(method: string, args: SlackArguments, options?: CallOptions): Promise<SlackResult>
  /** One try of something that may fail; never throws. Skipped while Slack asks to wait with this method. */
  tryCall(method: string, args: SlackArguments): Promise<TryResult>
}

export interface SlackCallsOptions {
  readonly token: string
  readonly apiUrl: string
  readonly logger: SlackLogger
  readonly now: () => number
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  /** 0 up to 1. */
  readonly random: () => number
  /** Default: connections of its own. */
  readonly exchange?: SlackExchange
  readonly timeoutMs?: number
  /** Slack asked to wait with a call that concerns this channel. */
  readonly onChannelBusy?: (channelId: string) => void
}

const defaultAttempts = 4
const longestWaitMs = 30_000
const firstBackoffMs = 500
const longestBackoffMs = 8_000

export function createSlackCalls(options: SlackCallsOptions): SlackCalls {
  const { logger, now, delay, random, timeoutMs = 10_000, exchange = createSlackExchange() } = options
  const clients = createWebClients({ ...options, timeoutMs, exchange })
  // Bounded by the number of methods we call.
  const pausedUntilMs = new Map<string, number>()

  async function send(method: string, args: SlackArguments): Promise<SlackResult> {
    try {
      return { ...(await clients.clientFor(method).apiCall(method, { ...args })) }
    } catch (cause) {
      const error = toSlackError(method, cause)
      const waitMs = retryAfterMsOf(error)
      if (waitMs !== undefined) {
        pausedUntilMs.set(method, now() + waitMs)
        if (typeof args['channel'] === 'string') options.onChannelBusy?.(args['channel'])
      }
      throw error
    }
  }

  /** How long to wait before try number `attempt + 1`; undefined when there shall be none. */
  function waitAfter(error: MurmurError, attempt: number, attempts: number): number | undefined {
    if (error.code !== 'MUR_SLACK_BUSY' || attempt >= attempts) return undefined
    const askedMs = retryAfterMsOf(error)
    if (askedMs !== undefined) return askedMs > longestWaitMs ? undefined : askedMs + random() * 250
    return Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  }

  async function call(method: string, args: SlackArguments, callOptions: CallOptions = {}): Promise<SlackResult> {
    const { attempts = defaultAttempts, recover, signal } = callOptions
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
      try {
        return await send(method, args)
      } catch (cause) {
        const error = toSlackError(method, cause)
        const waitMs = waitAfter(error, attempt, attempts)
        logger.debug({ method, attempt, reason: error.details['reason'], waitMs }, 'slack call failed')
        // Waiting comes first: what took effect late must be there to be found.
        if (waitMs !== undefined) await pause(waitMs, signal)
        const found = isAmbiguous(error) ? await lookFor(recover, error) : undefined
        if (found) return found
        if (waitMs === undefined) throw error
      }
    }
  }

  /** When we can't find out whether the call took effect, repeating it is not safe, so the first error stands. */
  async function lookFor(recover: CallOptions['recover'], error: MurmurError): Promise<SlackResult | undefined> {
    try {
      return await recover?.()
    } catch (cause) {
      logger.debug({ reason: toSlackError('recover', cause).code }, 'outcome of a slack call stays unknown')
      throw error
    }
  }

  async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await delay(ms, signal)
    } catch (cause) {
      if (signal?.aborted) throw new MurmurError('MUR_RUN_CANCELLED', {}, { cause })
      throw cause
    }
  }

  async function tryCall(method: string, args: SlackArguments): Promise<TryResult> {
    const waitMs = (pausedUntilMs.get(method) ?? 0) - now()
    if (waitMs > 0) {
      const details = { method, reason: 'ratelimited', retryAfterMs: waitMs, isAmbiguous: false }
      return { ok: false, error: new MurmurError('MUR_SLACK_BUSY', details) }
    }
    try {
      return { ok: true, result: await send(method, args) }
    } catch (cause) {
      const error = toSlackError(method, cause)
      logger.debug({ method, reason: error.details['reason'] }, 'slack decoration failed')
      return { ok: false, error }
    }
  }

  return { call, tryCall }
}
