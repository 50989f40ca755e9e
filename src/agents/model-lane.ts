import { asMurmurError, MurmurError } from '../errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from './chat-model.ts'
import { type BreakerLimits, type BreakerState, CircuitBreaker } from './circuit-breaker.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'

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
  /** Middle of the last 32 answers; undefined before the first. */
  readonly latencyMs: number | undefined
}

export interface LaneOptions {
  /** Calls at a time per provider; default 64. */
  readonly concurrency?: number
  readonly breaker?: Partial<BreakerLimits>
  readonly now: () => number
}

const remembered = 32

/** One model with what protects it: its provider's line, its own breaker, and what was observed of it. */
export class ModelLane {
  readonly #model: ProfiledModel
  readonly #limit: ConcurrencyLimit
  readonly #breaker: CircuitBreaker
  readonly #latenciesMs: number[] = []
  readonly #now: () => number
  #calls = 0
  #failures = 0

  constructor(model: ProfiledModel, limit: ConcurrencyLimit, breaker: CircuitBreaker, now: () => number) {
    this.#model = model
    this.#limit = limit
    this.#breaker = breaker
    this.#now = now
  }

  get profile(): ModelProfile {
    return this.#model.profile
  }

  /**
   * Makes one attempt.
   * @throws {MurmurError} what the model throws, and MUR_MODEL_DOWN with `retryAfterMs` while the breaker is open
   */
  async attempt(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const pass = this.#breaker.tryEnter()
    if (pass === undefined) throw this.#openError()
    let isSent = false
    try {
      const reply = await this.#limit.run(() => {
        isSent = true
        this.#calls++
        return this.#model.complete(request, options)
      }, options.signal)
      this.#breaker.settle(pass, 'success')
      this.#remember(reply.latencyMs)
      return reply
    } catch (cause) {
      const error = asMurmurError(cause)
      const isFailure = isSent && saysModelIsIll(error)
      if (isFailure) this.#failures++
      this.#breaker.settle(pass, isFailure ? 'failure' : 'neutral')
      throw error
    }
  }

  state(): LaneState {
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b)
    return {
      modelId: this.profile.id,
      provider: this.profile.provider,
      breaker: this.#breaker.state,
      probesAtMs: this.#breaker.probesAtMs,
      running: this.#limit.running,
      waiting: this.#limit.waiting,
      calls: this.#calls,
      failures: this.#failures,
      latencyMs: sorted[Math.floor(sorted.length / 2)],
    }
  }

  #remember(latencyMs: number): void {
    this.#latenciesMs.push(latencyMs)
    if (this.#latenciesMs.length > remembered) this.#latenciesMs.shift()
  }

  #openError(): MurmurError {
    const waitMs = Math.max(0, (this.#breaker.probesAtMs ?? 0) - this.#now())
    return new MurmurError('MUR_MODEL_DOWN', {
      provider: this.profile.provider,
      reason: 'it failed several times in a row and is left alone for a while',
      retryAfterMs: waitMs,
      isBreakerOpen: true,
    })
  }
}

/**
 * All lanes of a process, so that two roles that use one model share its breaker, and all models of a provider its
 * line.
 * The breaker is the model's and not the provider's: an overloaded model must not stop its siblings, which are its
 * fallbacks.
 */
export class ModelLanes {
  readonly #options: LaneOptions
  readonly #lanes = new Map<string, ModelLane>()
  readonly #limits = new Map<string, ConcurrencyLimit>()

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** The lane of this model; made on first use, one per profile id. */
  laneOf(model: ProfiledModel): ModelLane {
    const { id, provider } = model.profile
    const known = this.#lanes.get(id)
    if (known) return known
    const { concurrency = 64, breaker, now } = this.#options
    const limit = this.#limits.get(provider) ?? new ConcurrencyLimit(concurrency)
    this.#limits.set(provider, limit)
    const lane = new ModelLane(model, limit, new CircuitBreaker({ failures: 5, openMs: 15_000, ...breaker }, now), now)
    this.#lanes.set(id, lane)
    return lane
  }

  state(): readonly LaneState[] {
    return [...this.#lanes.values()].map((lane) => lane.state())
  }
}

/** A full line or a refusal is an answer of a healthy server; silence, 5xx and garbage are not. */
function saysModelIsIll(error: MurmurError): boolean {
  return error.code === 'MUR_MODEL_DOWN' || error.code === 'MUR_MODEL_MALFORMED'
}
