import type { ProfiledModel } from './chat-model.ts'
import type { BreakerLimits } from './circuit-breaker.ts'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import { ModelLane } from './model-lane.ts'

export interface LaneOptions {
  /** Calls at a time per provider; default 64. */
  readonly concurrency?: number
  readonly breaker?: Partial<BreakerLimits>
  /** Longest wait for a rate limit; default 20,000. */
  readonly maxPaceMs?: number
  readonly now: () => number
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<unknown>
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

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /**
   * The lane of this model; made on first use.
   * @param places calls at a time at its provider; when that changes, calls that began before are not counted with new ones
   */
  laneOf(model: ProfiledModel, places = this.#options.concurrency ?? defaultConcurrency): ModelLane {
    const known = this.#lanes.get(model)
    if (known) return known
    const { breaker, maxPaceMs = 20_000, now, delay } = this.#options
    const limit = this.#limitOf(model.profile.provider, places)
    const lane = new ModelLane(model, { limit, breaker: { failures: 5, openMs: 15_000, ...breaker }, maxPaceMs, now, delay })
    this.#lanes.set(model, lane)
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
