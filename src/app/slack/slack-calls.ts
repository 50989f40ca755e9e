import { MurmurError } from '../../errors.ts'
import { createRepeater, type RepeatOptions } from './repeat-call.ts'
import { retryAfterMsOf, toSlackError } from './slack-errors.ts'
import { createSlackExchange, type SlackExchange } from './slack-exchange.ts'
import { createSlackFiles } from './slack-files.ts'
import { createWebClients } from './web-clients.ts'
import type { SlackLogger } from './web-clients.ts'

export type SlackArguments = Readonly<Record<string, unknown>>

/** An answer of Slack's: untrusted JSON, read field by field. */
export type SlackResult = Readonly<Record<string, unknown>>

export type CallOptions = RepeatOptions<SlackResult>

export type TryResult =
  { readonly ok: true; readonly result: SlackResult } | { readonly ok: false; readonly error: MurmurError }

/** The Web API with our own rules for waiting and repeating. */
export interface SlackCalls {
  /**
   * @throws {MurmurError} MUR_SLACK_REJECTED when Slack says no; MUR_SLACK_BUSY when all tries failed or the wait
   * asked for is too long; MUR_RUN_CANCELLED when the signal is aborted before or between tries
   */
  call(method: string, args: SlackArguments, options?: CallOptions): Promise<SlackResult>
  /** One try of something that may fail; never throws. Skipped while Slack asks to wait with this method (`isSkipped` in the error's details). */
  tryCall(method: string, args: SlackArguments): Promise<TryResult>
  /**
   * Sends the bytes of a file to the address that Slack gave for them; by the same rules, and safe to repeat.
   * @throws {MurmurError} as {@link call}; MUR_SLACK_REJECTED (`foreign_address`) for an address that is not Slack's
   */
  upload(url: string, bytes: Uint8Array): Promise<void>
  /** The bytes behind the private address of a file. @throws {MurmurError} as {@link upload}; MUR_SLACK_REJECTED (`too_large`) */
  download(url: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array>
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

export function createSlackCalls(options: SlackCallsOptions): SlackCalls {
  const { logger, now, timeoutMs = 10_000, exchange = createSlackExchange() } = options
  const repeat = createRepeater(options)
  const files = createSlackFiles(options)
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

  async function tryCall(method: string, args: SlackArguments): Promise<TryResult> {
    const waitMs = (pausedUntilMs.get(method) ?? 0) - now()
    if (waitMs > 0) {
      const details = { method, reason: 'ratelimited', retryAfterMs: waitMs, isAmbiguous: false, isSkipped: true }
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

  return {
    call: (method, args, callOptions) => repeat(method, () => send(method, args), callOptions),
    tryCall,
    upload: (url, bytes) => repeat('upload', () => files.upload(url, bytes)),
    download: (url, mostBytes, signal) => repeat('download', () => files.download(url, mostBytes), { signal }),
  }
}
