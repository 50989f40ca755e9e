import type { Allowance, RateLimit } from './rate-limit.ts'

/** What `/swarm models` shows of a rate limit. */
export interface PaceState {
  /** Undefined: the server says nothing of it. */
  readonly requestsLeft: number | undefined
  readonly tokensLeft: number | undefined
  /** How long a small call would wait now. */
  readonly waitMs: number
}

/** A place in the pace: how long to wait first, and how to give the place back when the call is not made. */
export interface PacePlace {
  readonly waitMs: number
  /** The call goes out now. */
  enter(): void
  /** The call is not made. */
  cancel(): void
}

/**
 * Slows calls down before a server has to refuse them, by what it says of its rate limits with every answer.
 * An allowance fills up evenly until its reset, as OpenAI's does; one of unknown size is as good as new at its reset.
 * Calls that wait hold their share, so that those behind them wait longer instead of all going out together.
 */
export class RatePacer {
  readonly #now: () => number
  #requests: Bucket | undefined
  #tokens: Bucket | undefined
  #busyUntilMs = 0
  #waitingCalls = 0
  #waitingTokens = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** What came with the newest answer takes the place of what was known. */
  observe({ requests, tokens }: RateLimit): void {
    const nowMs = this.#now()
    if (requests) this.#requests = new Bucket(requests, nowMs)
    if (tokens) this.#tokens = new Bucket(tokens, nowMs)
  }

  /** The server refused and asked everybody to wait so long. */
  observeBusy(retryAfterMs: number): void {
    this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#now() + retryAfterMs)
  }

  /** @param tokens an estimate of what the call takes, prompt and output */
  takePlace(tokens: number): PacePlace {
    const waitMs = this.#waitMs(tokens)
    this.#waitingCalls++
    this.#waitingTokens += tokens
    let isOpen = true
    const leave = (): boolean => {
      if (!isOpen) return false
      isOpen = false
      this.#waitingCalls--
      this.#waitingTokens -= tokens
      return true
    }
    return {
      waitMs,
      enter: () => {
        if (!leave()) return
        this.#requests?.spend(1)
        this.#tokens?.spend(tokens)
      },
      cancel: () => void leave(),
    }
  }

  state(): PaceState {
    const nowMs = this.#now()
    return { requestsLeft: this.#requests?.left(nowMs), tokensLeft: this.#tokens?.left(nowMs), waitMs: this.#waitMs(1) }
  }

  #waitMs(tokens: number): number {
    const nowMs = this.#now()
    return Math.max(
      0,
      this.#busyUntilMs - nowMs,
      this.#requests?.waitMs(this.#waitingCalls, 1, nowMs) ?? 0,
      this.#tokens?.waitMs(this.#waitingTokens, tokens, nowMs) ?? 0,
    )
  }
}

/** One allowance over time. */
class Bucket {
  readonly #limit: number
  readonly #fullAtMs: number
  readonly #perMs: number
  readonly #atMs: number
  #remaining: number

  constructor({ remaining, limit, resetsInMs }: Allowance, nowMs: number) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY
    this.#remaining = remaining
    this.#atMs = nowMs
    this.#fullAtMs = nowMs + resetsInMs
    this.#perMs = limit === undefined || resetsInMs === 0 ? 0 : Math.max(0, limit - remaining) / resetsInMs
  }

  spend(amount: number): void {
    this.#remaining -= amount
  }

  /** Undefined once the reset has passed and the size is unknown. */
  left(nowMs: number): number | undefined {
    const left = Math.floor(Math.max(0, this.#at(nowMs)))
    return Number.isFinite(left) ? left : undefined
  }

  /** What needs more than the whole allowance waits for the whole allowance, and the server decides. */
  waitMs(ahead: number, amount: number, nowMs: number): number {
    const missing = ahead + Math.min(amount, this.#limit) - this.#at(nowMs)
    if (missing <= 0) return 0
    const untilResetMs = Math.max(0, this.#fullAtMs - nowMs)
    if (this.#perMs === 0) return untilResetMs
    return Math.ceil(missing / this.#perMs)
  }

  #at(nowMs: number): number {
    if (nowMs >= this.#fullAtMs && this.#perMs === 0) return this.#limit
    return Math.min(this.#limit, this.#remaining + this.#perMs * (nowMs - this.#atMs))
  }
}
