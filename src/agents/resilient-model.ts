import { setTimeout as sleep } from 'node:timers/promises'
import { asMurmurError, MurmurError } from '../errors.ts'
import { hasImages } from './chat-images.ts'
import type { ChatModel, ChatReply, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from './chat-model.ts'
import type { BreakerLimits } from './circuit-breaker.ts'
import type { LaneState, ModelLane } from './model-lane.ts'
import { ModelLanes } from './model-lanes.ts'

export interface RetryLimits {
  /** Calls at a time per provider; default 64. Only read when no `lanes` are given. */
  readonly concurrency?: number
  /** Attempts per model, the first included; default 3. */
  readonly attempts?: number
  /** The wait before the n-th retry is between 0 and `baseDelayMs * 2 ** (n - 1)` ("full jitter"); default 250. */
  readonly baseDelayMs?: number
  readonly maxDelayMs?: number
  /** A server that asks to wait longer than this is not waited for; default 20,000. */
  readonly maxRetryAfterMs?: number
}

export interface ResilientModelOptions {
  readonly primary: ProfiledModel
  /**
   * Asked when the one before fails: those that failed least of late first, equal ones in this order. Whoever cannot do
   * what a request needs is skipped, the primary too when another can.
   */
  readonly fallbacks?: readonly ProfiledModel[]
  readonly limits?: RetryLimits
  readonly breaker?: Partial<BreakerLimits>
  /** Shared by all models of a process; default: its own. */
  readonly lanes?: ModelLanes
  readonly now: () => number
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** 0 to below 1; default Math.random. */
  readonly random?: () => number
}

export interface ResilientModel extends ChatModel {
  /** The chain in order, for who must know the worst price. */
  readonly profiles: readonly ModelProfile[]
  state(): readonly LaneState[]
}

/** Wraps models with bounded concurrency, retries, circuit breakers and a fallback chain. */
export function createResilientModel(options: ResilientModelOptions): ResilientModel {
  return new FallbackChain(options)
}

class FallbackChain implements ResilientModel {
  readonly #lanes: readonly ModelLane[]
  readonly #limits: Required<Omit<RetryLimits, 'concurrency'>>
  readonly #delay: (ms: number, signal: AbortSignal) => Promise<unknown>
  readonly #random: () => number

  constructor(options: ResilientModelOptions) {
    const { concurrency = 64, ...limits } = options.limits ?? {}
    const lanes =
      options.lanes ??
      new ModelLanes({
        concurrency,
        now: options.now,
        ...(options.breaker ? { breaker: options.breaker } : {}),
        ...(options.delay ? { delay: options.delay } : {}),
      })
    this.#lanes = [options.primary, ...(options.fallbacks ?? [])].map((model) => lanes.laneOf(model))
    this.#limits = { attempts: 3, baseDelayMs: 250, maxDelayMs: 8_000, maxRetryAfterMs: 20_000, ...limits }
    this.#delay = options.delay ?? ((ms, signal) => sleep(ms, undefined, { signal }))
    this.#random = options.random ?? Math.random
  }

  get profiles(): readonly ModelProfile[] {
    return this.#lanes.map((lane) => lane.profile)
  }

  state(): readonly LaneState[] {
    return this.#lanes.map((lane) => lane.state())
  }

  async complete(request: ChatRequest, options: CompleteOptions): Promise<ChatReply> {
    const shown = new ShownText(options)
    let last: MurmurError | undefined
    for (const lane of this.#orderFor(request)) {
      if (last && !shown.begin()) break
      try {
        return await this.#completeOn(lane, request, shown)
      } catch (cause) {
        last = asMurmurError(cause)
        if (!isForAnother(last)) throw last
      }
    }
    throw last ?? new MurmurError('MUR_BUG', { rule: 'a chain has a model' })
  }

  #orderFor(request: ChatRequest): readonly ModelLane[] {
    const able = this.#lanes.filter(({ profile }) => canServe(profile, request))
    if (able.length === 0) return this.#lanes.slice(0, 1)
    const fallbacks = able.filter((lane) => lane !== this.#lanes[0])
    const ordered = fallbacks
      .map((lane) => ({ lane, badness: badnessOf(lane) }))
      .toSorted((a, b) => a.badness - b.badness)
      .map(({ lane }) => lane)
    return able.length > fallbacks.length ? [...this.#lanes.slice(0, 1), ...ordered] : ordered
  }

  async #completeOn(lane: ModelLane, request: ChatRequest, shown: ShownText): Promise<ChatReply> {
    let malformed = 0
    for (let attempt = 1; ; attempt++) {
      try {
        return await lane.attempt(request, shown.options)
      } catch (cause) {
        const error = asMurmurError(cause)
        if (error.code === 'MUR_MODEL_MALFORMED') malformed++
        const mayRetry = error.retry === 'backoff' || (error.code === 'MUR_MODEL_MALFORMED' && malformed === 1)
        const waitMs = this.#waitMs(error, attempt)
        if (!mayRetry || waitMs === undefined || attempt >= this.#limits.attempts) throw error
        await this.#pause(waitMs, shown.options.signal)
        if (!shown.begin()) throw error
      }
    }
  }

  /** Undefined when waiting makes no sense: the server asks for more than our limit, or the breaker is open. */
  #waitMs(error: MurmurError, attempt: number): number | undefined {
    if (error.details['isBreakerOpen'] === true) return undefined
    const { baseDelayMs, maxDelayMs, maxRetryAfterMs } = this.#limits
    const jitterMs = Math.round(this.#random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1)))
    const asked = error.details['retryAfterMs']
    if (typeof asked !== 'number') return jitterMs
    // The jitter comes on top, so that all who were told the same second do not come back in the same millisecond.
    return asked > maxRetryAfterMs ? undefined : asked + jitterMs
  }

  async #pause(waitMs: number, signal: AbortSignal): Promise<void> {
    try {
      if (!signal.aborted) await this.#delay(waitMs, signal)
    } catch (error) {
      if (!signal.aborted) throw error
    }
    if (signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
  }
}

/** Knows whether text was already shown, so that another attempt can take it back first. */
class ShownText {
  readonly options: CompleteOptions
  readonly #onRestart: (() => void) | undefined
  #hasText = false

  constructor(options: CompleteOptions) {
    const { onText } = options
    this.#onRestart = options.onRestart
    this.options = onText
      ? {
          signal: options.signal,
          onText: (delta) => {
            this.#hasText = true
            onText(delta)
          },
        }
      : options
  }

  /** Before another attempt. False when shown text cannot be taken back, so that there must be none. */
  begin(): boolean {
    if (!this.#hasText) return true
    if (!this.#onRestart) return false
    this.#hasText = false
    this.#onRestart()
    return true
  }
}

/** Share of failures in tenths, believed only as far as there are calls, so that one slip of many changes no order. */
function badnessOf(lane: ModelLane): number {
  if (lane.isOpen) return 10
  const { calls, failures } = lane.observed()
  return Math.floor((10 * failures) / (calls + 2))
}

function canServe(profile: ModelProfile, request: ChatRequest): boolean {
  if ((request.tools?.length ?? 0) > 0 && !profile.capabilities.includes('tools')) return false
  if (hasImages(request) && !profile.capabilities.includes('vision')) return false
  return request.responseSchema === undefined || profile.capabilities.includes('structured')
}

/** A request that is itself wrong or too long, a cancelled run and our own bugs are no better with another model. */
function isForAnother(error: MurmurError): boolean {
  if (error.code === 'MUR_MODEL_REFUSED') return error.details['status'] !== 400 && error.details['status'] !== 422
  return error.code === 'MUR_MODEL_BUSY' || error.code === 'MUR_MODEL_DOWN' || error.code === 'MUR_MODEL_MALFORMED'
}
