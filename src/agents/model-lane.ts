import { setTimeout as sleep } from 'node:timers/promises'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from './chat-model.ts'
import { type BreakerLimits, type BreakerState, CircuitBreaker } from './circuit-breaker.ts'
import type { ConcurrencyLimit } from './concurrency-limit.ts'
import type { ObservedModel } from './find-best-model.ts'
import { LaneRecord } from './lane-record.ts'
import type { RateLimit } from './rate-limit.ts'
import { type PaceState, RatePacer } from './rate-pacer.ts'

/** What `/swarm models` shows of one model. */
export interface LaneState {
  readonly modelId: string
  readonly provider: string
  readonly breaker: BreakerState
  /** When the next probe may be made; undefined while closed. */
  readonly probesAtMs: number | undefined
  /** Calls under way and in line at the provider, those of its other models included. */
  readonly running: number
  readonly waiting: number
  readonly calls: number
  readonly failures: number
  /** Middle of the last answers; undefined before the first. */
  readonly latencyMs: number | undefined
  readonly pace: PaceState
}

export interface LaneSetup {
  readonly limit: ConcurrencyLimit
  readonly breaker: BreakerLimits
  /** A call that would have to wait longer for its rate limit is refused, so that another model is asked. */
  readonly maxPaceMs: number
  /** Waits for a place at the provider among all processes; unset: this one is alone. */
  readonly enter?: (signal: AbortSignal) => Promise<() => void>
  /** The server asked to wait: for whoever else uses it. */
  readonly onBusy?: (retryAfterMs: number) => void
  /** Takes so many tokens and a request of what all processes have left together. @returns the wait; undefined where that is not known */
  readonly takeAllowance?: (tokens: number) => Promise<number | undefined>
  /** The server said what is left: for whoever else uses it. */
  readonly onRateLimit?: (seen: RateLimit) => void
  readonly now: () => number
  readonly delay?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined
}

const charactersPerToken = 4

/** One model with what protects it: its provider's line, its own breaker and pace, and what was observed of it. */
export class ModelLane {
  readonly #model: ProfiledModel
  readonly #setup: LaneSetup
  readonly #breaker: CircuitBreaker
  readonly #pacer: RatePacer
  readonly #record: LaneRecord

  constructor(model: ProfiledModel, setup: LaneSetup) {
    this.#model = model
    this.#setup = setup
    this.#breaker = new CircuitBreaker(setup.breaker, setup.now)
    this.#pacer = new RatePacer(setup.now)
    this.#record = new LaneRecord(setup.now)
  }

  get profile(): ModelProfile {
    return this.#model.profile
  }

  get isOpen(): boolean {
    return this.#breaker.state === 'open'
  }

  /** What was seen of the model lately, for choosing by. */
  observed(): ObservedModel {
    return this.#record.observed()
  }

  /**
   * Makes one attempt, after the wait that the server's rate limits ask for.
   * @throws {MurmurError} what the model throws; MUR_MODEL_DOWN with `retryAfterMs` while the breaker is open;
   * MUR_MODEL_BUSY with `retryAfterMs` when the rate limit is used up for longer than it is waited for
   */
  async attempt(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const pass = this.#breaker.tryEnter()
    if (pass === undefined) throw this.#openError()
    let isSent = false
    try {
      await this.#keepPace(request, options.signal)
      const reply = await this.#setup.limit.run(async () => {
        const leave = await this.#enter(options.signal)
        try {
          isSent = true
          this.#record.begin()
          return await this.#model.complete(request, { ...options, onRateLimit: (seen) => this.#heedLimit(seen) })
        } finally {
          leave?.()
        }
      }, options.signal)
      this.#breaker.settle(pass, 'success')
      this.#record.succeed(reply.latencyMs)
      return reply
    } catch (cause) {
      const error = asMurmurError(cause)
      const isFailure = isSent && saysModelIsIll(error)
      if (isFailure) this.#record.fail()
      if (isSent) this.#heedBusy(error)
      this.#breaker.settle(pass, isFailure ? 'failure' : 'neutral')
      throw error
    }
  }

  /** Another process was asked to wait. */
  noteBusy(retryAfterMs: number): void {
    this.#pacer.observeBusy(retryAfterMs)
  }

  state(): LaneState {
    const { limit } = this.#setup
    return {
      modelId: this.profile.id,
      provider: this.profile.provider,
      breaker: this.#breaker.state,
      probesAtMs: this.#breaker.probesAtMs,
      running: limit.running,
      waiting: limit.waiting,
      calls: this.#record.calls,
      failures: this.#record.failures,
      latencyMs: this.#record.observed().latencyMs,
      pace: this.#pacer.state(),
    }
  }

  async #enter(signal: AbortSignal): Promise<(() => void) | undefined> {
    try {
      return await this.#setup.enter?.(signal)
    } catch (error) {
      throw signal.aborted ? new MurmurError('MUR_RUN_CANCELLED') : error
    }
  }

  /** Waits outside the provider's line, so that its other models go on. */
  async #keepPace(request: ChatRequest, signal: AbortSignal): Promise<void> {
    const tokens = estimateTokens(request)
    const place = this.#pacer.takePlace(tokens)
    const { maxPaceMs, takeAllowance } = this.#setup
    try {
      if (place.waitMs > maxPaceMs) throw this.#paceError(place.waitMs)
      const waitMs = Math.max(place.waitMs, (await takeAllowance?.(tokens)) ?? 0)
      if (waitMs > maxPaceMs) throw this.#paceError(waitMs)
      if (waitMs > 0) await this.#wait(waitMs, signal)
      place.enter()
    } finally {
      place.cancel()
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { delay = (waitMs: number, on: AbortSignal) => sleep(waitMs, undefined, { signal: on }) } = this.#setup
    try {
      if (!signal.aborted) await delay(ms, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
  }

  #heedLimit(seen: RateLimit): void {
    this.#pacer.observe(seen)
    this.#setup.onRateLimit?.(seen)
  }

  /** What one call was told holds for all: the next ones wait instead of asking for the same refusal. */
  #heedBusy({ code, details }: MurmurError): void {
    const { retryAfterMs } = details
    if (code !== 'MUR_MODEL_BUSY' || typeof retryAfterMs !== 'number') return
    this.#pacer.observeBusy(retryAfterMs)
    this.#setup.onBusy?.(retryAfterMs)
  }

  #paceError(retryAfterMs: number): MurmurError {
    const { provider } = this.profile
    return new MurmurError('MUR_MODEL_BUSY', { provider, status: 429, reason: 'its rate limit is used up', retryAfterMs })
  }

  #openError(): MurmurError {
    const waitMs = Math.max(0, (this.#breaker.probesAtMs ?? 0) - this.#setup.now())
    return new MurmurError('MUR_MODEL_DOWN', {
      provider: this.profile.provider,
      reason: 'it failed several times in a row and is left alone for a while',
      retryAfterMs: waitMs,
      isBreakerOpen: true,
    })
  }
}

/** A full line or a refusal is an answer of a healthy server; silence, 5xx and garbage are not. */
function saysModelIsIll(error: MurmurError): boolean {
  return error.code === 'MUR_MODEL_DOWN' || error.code === 'MUR_MODEL_MALFORMED'
}

/** As servers count a call against a limit before they know: its characters, and all the output it may have. */
function estimateTokens({ messages, maxOutputTokens }: ChatRequest): number {
  let characters = 0
  for (const { content } of messages) characters += content.length
  return Math.ceil(characters / charactersPerToken) + maxOutputTokens
}
