import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { MurmurError, type ErrorCode } from '../errors.ts'

export interface ErrorLogOptions {
  readonly logger: Pick<Logger, 'debug' | 'info' | 'error'>
  /** Rejects while the store takes no work. */
  readonly check: () => Promise<void>
  readonly nowMs: () => number
  /** Default: the clock's. Rejects when it is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

export interface ErrorLog {
  /** An error of work that nobody waits for. */
  readonly report: (error: unknown) => void
  close(): void
}

/** How often a store that was away is asked whether it is back. */
const askMs = 1_000

/**
 * Where errors of loops and queues are logged. A store that is away fails each of them about once a second, which says the same each time: it is told
 * of when it begins and when it is over, and what failed in between at the level `debug`.
 */
export function createErrorLog({ logger, check, nowMs, wait = (ms, signal) => sleep(ms, undefined, { signal, ref: false }) }: ErrorLogOptions): ErrorLog {
  const closing = new AbortController()
  let outage: { readonly sinceMs: number; failures: number } | undefined

  const watch = async (): Promise<void> => {
    let isAway = true
    while (isAway) {
      await wait(askMs, closing.signal)
      isAway = await check().then(
        () => false,
        () => true,
      )
    }
    const { sinceMs, failures } = outage ?? { sinceMs: nowMs(), failures: 0 }
    outage = undefined
    logger.info({ awayMs: nowMs() - sinceMs, failures }, 'the database answers again')
  }

  return {
    report(error) {
      if (!isStoreDown(error)) return logger.error({ err: error }, 'unexpected failure')
      if (outage) {
        outage.failures++
        return logger.debug({ err: error }, 'the database is still away')
      }
      outage = { sinceMs: nowMs(), failures: 1 }
      logger.error({ err: error }, 'the database is away: nothing is acknowledged, and work goes on when it answers')
      // Only the end of the process ends it before.
      watch().catch(() => {})
    },
    close: () => closing.abort(),
  }
}

/** The store is away, or takes nothing. */
export const isStoreDown = (error: unknown): error is MurmurError => error instanceof MurmurError && error.code === ('MUR_STORE_DOWN' satisfies ErrorCode)
