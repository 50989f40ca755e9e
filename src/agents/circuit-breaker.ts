export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerLimits {
  /** So many failures in a row open it. */
  readonly failures: number
  /** So long it stays open before one call may try. */
  readonly openMs: number
}

/** A permission to make one call; settled exactly once. */
export type BreakerPass = 'call' | 'probe'

/**
 * Spares a failing model further calls: opens after failures in a row, lets one probe through after a while, closes
 * when the probe succeeds. Our own, because cockatiel's breaker wants to run the call itself and keeps its own clock,
 * while a streamed call that is cancelled must count neither as success nor as failure.
 */
export class CircuitBreaker {
  readonly #limits: BreakerLimits
  readonly #now: () => number
  #failuresInRow = 0
  #openedAtMs: number | undefined
  #isProbing = false

  constructor(limits: BreakerLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  get state(): BreakerState {
    const { probesAtMs } = this
    if (probesAtMs === undefined) return 'closed'
    return this.#now() >= probesAtMs ? 'half-open' : 'open'
  }

  /** When it lets a probe through; undefined while closed. */
  get probesAtMs(): number | undefined {
    return this.#openedAtMs === undefined ? undefined : this.#openedAtMs + this.#limits.openMs
  }

  /** Asks to make a call; undefined means no. */
  tryEnter(): BreakerPass | undefined {
    const { state } = this
    if (state === 'closed') return 'call'
    if (state === 'open' || this.#isProbing) return undefined
    this.#isProbing = true
    return 'probe'
  }

  /** @param outcome `neutral` says nothing of the model's health: cancelled, or never sent */
  settle(pass: BreakerPass, outcome: 'success' | 'failure' | 'neutral'): void {
    if (pass === 'probe') this.#isProbing = false
    if (outcome === 'neutral') return
    if (outcome === 'success') {
      this.#failuresInRow = 0
      this.#openedAtMs = undefined
      return
    }
    this.#failuresInRow++
    // Calls that began before it opened and fail late do not keep it open longer.
    const opens = pass === 'probe' || (this.#openedAtMs === undefined && this.#failuresInRow >= this.#limits.failures)
    if (opens) this.#openedAtMs = this.#now()
  }
}
