import { MurmurError } from '../errors.ts'

/** Lets so many at a time through; the others wait in line, which is bounded too. */
export class ConcurrencyLimit {
  readonly #limit: number
  readonly #maxWaiting: number
  readonly #waiting = new Set<() => void>()
  #running = 0

  /**
   * @param limit 1 or more
   * @param maxWaiting default 1,000
   */
  constructor(limit: number, maxWaiting = 1_000) {
    this.#limit = limit
    this.#maxWaiting = maxWaiting
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** @throws {MurmurError} MUR_MODEL_BUSY when the line is full, MUR_RUN_CANCELLED when the signal ends the wait */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#running >= this.#limit) await this.#wait(signal)
    else this.#running++
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
    if (this.#waiting.size >= this.#maxWaiting)
      throw new MurmurError('MUR_MODEL_BUSY', { status: 429, reason: 'too many calls wait here' })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const enter = (): void => {
      signal.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = (): void => {
      this.#waiting.delete(enter)
      reject(new MurmurError('MUR_RUN_CANCELLED'))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    this.#waiting.add(enter)
    return promise
  }

  /** The place goes to the next in line directly, so that nobody overtakes. */
  #leave(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#running--
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
