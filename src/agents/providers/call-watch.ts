import { MurmurError } from '../../errors.ts'

/**
 * Watches one call: ends it when the caller cancels, or when nothing came for too long.
 * The time runs to the first byte and anew between two pieces, never over the whole call.
 */
export class CallWatch {
  readonly #controller = new AbortController()
  readonly #caller: AbortSignal
  readonly #quietMs: number
  readonly #timer: NodeJS.Timeout
  readonly #onAbort = (): void => {
    this.#controller.abort()
  }
  #quietTimer: NodeJS.Timeout | undefined
  #isTimedOut = false

  /**
   * @param firstByteMs how long the first byte may take
   * @param quietMs how long it may be quiet after that
   */
  constructor(caller: AbortSignal, firstByteMs: number, quietMs: number) {
    this.#caller = caller
    this.#quietMs = quietMs
    this.#timer = setTimeout(() => {
      this.#timeOut()
    }, firstByteMs)
    caller.addEventListener('abort', this.#onAbort, { once: true })
    if (caller.aborted) this.#controller.abort()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** A sign of life: the time runs anew. */
  refresh(): void {
    if (this.#quietTimer) {
      this.#quietTimer.refresh()
      return
    }
    clearTimeout(this.#timer)
    this.#quietTimer = setTimeout(() => {
      this.#timeOut()
    }, this.#quietMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#quietTimer)
    this.#caller.removeEventListener('abort', this.#onAbort)
  }

  /** The reason why this watch ended the call, if it did; what the connection says then is only an echo. */
  verdict(): MurmurError | undefined {
    if (this.#caller.aborted) return new MurmurError('MUR_RUN_CANCELLED')
    return this.#isTimedOut ? new MurmurError('MUR_MODEL_DOWN', { reason: 'timeout' }) : undefined
  }

  #timeOut(): void {
    this.#isTimedOut = true
    this.#controller.abort()
  }
}
