import type { SharedAllowances } from '../storage/redis/shared-allowances.ts'
import type { SharedLimits } from '../storage/redis/shared-limits.ts'
import type { ProfiledModel } from './chat-model.ts'
import type { BreakerLimits } from './circuit-breaker.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import { ModelLane } from './model-lane.ts'
import type { RateLimit } from './rate-limit.ts'

export interface LaneOptions {
  /** Calls at a time per provider; default 64. */
  readonly concurrency?: number
  readonly breaker?: Partial<BreakerLimits>
  /** Longest wait for a rate limit; default 20,000. */
  readonly maxPaceMs?: number
  /** Where several processes use the same providers: their places in common, and what one of them was told. */
  readonly shared?: LaneSharing | undefined
  readonly now: () => number
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** What the lanes of all processes tell each other. */
export interface LaneSharing extends Pick<SharedLimits, 'enter'> {
  /** Says to the others that a model's server asked to wait. */
  tellBusy(lane: string, retryAfterMs: number): void
  hearBusy(listener: (lane: string, retryAfterMs: number) => void): void
  /** What model servers say is left, by lane. */
  readonly allowances: SharedAllowances
}

const defaultConcurrency = 64

/**
 * All lanes of a process, so that two roles that use one model share its breaker, and all models of a provider its
 * line.
 * The breaker is the model's and not the provider's: an overloaded model must not stop its siblings, which are its
 * fallbacks.
 */
export class ModelLanes {
  readonly #options: LaneOptions
  /** A lane lives as long as its model does. */
  readonly #lanes = new WeakMap<ProfiledModel, ModelLane>()
  readonly #limits = new Map<string, { readonly places: number; readonly limit: ConcurrencyLimit }>()

  /** The newest lane of each model; as many as there are models. */
  readonly #byName = new Map<string, WeakRef<ModelLane>>()

  constructor(options: LaneOptions) {
    this.#options = options
    options.shared?.hearBusy((name, retryAfterMs) => this.#byName.get(name)?.deref()?.noteBusy(retryAfterMs))
  }

  /**
   * The lane of this model; made on first use.
   * @param places calls at a time at its provider; when that changes, calls that began before are not counted with new ones
   */
  laneOf(model: ProfiledModel, places = this.#options.concurrency ?? defaultConcurrency): ModelLane {
    const known = this.#lanes.get(model)
    if (known) return known
    const { breaker, maxPaceMs = 20_000, now, delay, shared } = this.#options
    const { provider, id } = model.profile
    const limit = this.#limitOf(provider, places)
    const name = `${provider}/${id}`
    const sharing = shared && {
      enter: (signal: AbortSignal) => shared.enter(`model:${provider}`, places, signal),
      onBusy: (ms: number) => shared.tellBusy(name, ms),
      takeAllowance: (tokens: number) => shared.allowances.take(name, tokens, maxPaceMs),
      onRateLimit: (seen: RateLimit) => shared.allowances.observe(name, seen),
    }
    const lane = new ModelLane(model, { limit, breaker: { failures: 5, openMs: 15_000, ...breaker }, maxPaceMs, now, delay, ...sharing })
    this.#lanes.set(model, lane)
    this.#byName.set(name, new WeakRef(lane))
    return lane
  }

  #limitOf(provider: string, places: number): ConcurrencyLimit {
    const known = this.#limits.get(provider)
    if (known?.places === places) return known.limit
    const limit = new ConcurrencyLimit(places)
    this.#limits.set(provider, { places, limit })
    return limit
  }
}
