interface Waiter {
  readonly atMs: number
  readonly wake: () => void
}

/** Time that moves only when a test says so. */
export class ManualClock {
  #nowMs: number
  #waiters: Waiter[] = []

  constructor(startMs = 1_763_700_000_000) {
    this.#nowMs = startMs
  }

  readonly now = (): number => this.#nowMs

  /** Resolves when the clock has moved far enough; rejects when the signal is aborted. */
  readonly delay = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const refuse = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        reject(new DOMException('The wait was aborted.', 'AbortError'))
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', refuse)
        resolve()
      }
      const waiter: Waiter = { atMs: this.#nowMs + ms, wake }
      if (signal?.aborted) return refuse()
      signal?.addEventListener('abort', refuse, { once: true })
      this.#waiters.push(waiter)
    })

  get waiting(): number {
    return this.#waiters.length
  }

  advance(ms: number): void {
    this.#nowMs += ms
    const due = this.#waiters.filter(({ atMs }) => atMs <= this.#nowMs)
    this.#waiters = this.#waiters.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { wake } of due.toSorted((one, other) => one.atMs - other.atMs)) wake()
  }
}
