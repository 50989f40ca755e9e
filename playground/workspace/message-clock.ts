/**
 * Makes Slack timestamps ("1763700000.000100"): seconds and microseconds, unique and increasing even when `now` stands
 * still or steps back.
 * Two in the same instant lie 100 microseconds apart, so that they stay readable.
 */
export class MessageClock {
  readonly #now: () => number
  #lastMicros = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get nowMs(): number {
    return this.#now()
  }

  next(): string {
    const micros = Math.floor(this.#now()) * 1000
    this.#lastMicros = micros > this.#lastMicros ? micros : this.#lastMicros + 100
    const seconds = Math.floor(this.#lastMicros / 1_000_000)
    return `${seconds}.${String(this.#lastMicros % 1_000_000).padStart(6, '0')}`
  }
}
