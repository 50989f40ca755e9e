import { MurmurError } from '../../errors.ts'
import { isAmbiguous, retryAfterMsOf, toSlackError } from './slack-errors.ts'
import type { SlackLogger } from './web-clients.ts'

export interface RepeatOptions<T> {
  /** Tries in all, 1 or more. */
  readonly attempts?: number
  /**
   * For calls that must not take place twice: looks whether the last try, whose outcome is unknown, did.
   * Without it a call is taken as safe to repeat.
   */
  readonly recover?: () => Promise<T | undefined>
  /** Ends the waits between tries; a call under way is not cut, because its outcome would be unknown. */
  readonly signal?: AbortSignal
}

export interface RepeaterOptions {
  readonly logger: SlackLogger
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  /** 0 up to 1. */
  readonly random: () => number
}

/** Makes a call of Slack's, again where that makes sense. */
export type Repeat = <T>(method: string, send: () => Promise<T>, options?: RepeatOptions<T>) => Promise<T>

const defaultAttempts = 4
const longestWaitMs = 30_000
const firstBackoffMs = 500
const longestBackoffMs = 8_000

/**
 * Our rules of waiting and repeating.
 * The calls throw {MurmurError} MUR_SLACK_REJECTED when Slack says no; MUR_SLACK_BUSY when all tries failed or the wait asked for is too
 * long; MUR_RUN_CANCELLED when the signal is aborted before or between tries.
 */
export function createRepeater({ logger, delay, random }: RepeaterOptions): Repeat {
  /** How long to wait before try number `attempt + 1`; undefined when there shall be none. */
  function waitAfter(error: MurmurError, attempt: number, attempts: number): number | undefined {
    if (error.code !== 'MUR_SLACK_BUSY' || attempt >= attempts) return undefined
    const askedMs = retryAfterMsOf(error)
    if (askedMs !== undefined) return askedMs > longestWaitMs ? undefined : askedMs + random() * 250
    return Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1)) * (0.5 + random() / 2)
  }

  /** When we can't find out whether the call took effect, repeating it is not safe, so the first error stands. */
  async function lookFor<T>(recover: RepeatOptions<T>['recover'], error: MurmurError): Promise<T | undefined> {
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

  return async (method, send, { attempts = defaultAttempts, recover, signal } = {}) => {
    for (let attempt = 1; ; attempt++) {
      if (signal?.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
      try {
        return await send()
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
}
