import type { ModelProfile } from './chat-model.ts'

export interface ModelWish {
  /** One of the profile's capabilities, for example `chat`, `tools`, `structured`. */
  readonly capability: string
  readonly prefer: 'cost' | 'latency' | 'quality'
  /** Upper bound of the mixed price (three parts input, one part output); models of unknown price do not pass it. */
  readonly maxUsdPerMillion?: number
  /** The context the request needs. */
  readonly contextTokens?: number
}

/** What was seen of a model; `LaneState` has this shape. */
export interface ObservedModel {
  readonly latencyMs: number | undefined
  readonly calls: number
  readonly failures: number
}

const weights = {
  cost: { cost: 0.7, latency: 0.1, quality: 0.2 },
  latency: { cost: 0.15, latency: 0.7, quality: 0.15 },
  quality: { cost: 0.1, latency: 0.1, quality: 0.8 },
} as const

/**
 * The model that fits a wish best, or undefined when none can do it.
 * Price, latency (typical, then observed) and quality are compared among the able ones; failures count against a model.
 * Equal scores go to the smaller id, so that the choice is the same everywhere.
 */
export function findBestModel(
  wish: ModelWish,
  profiles: readonly ModelProfile[],
  observed: ReadonlyMap<string, ObservedModel> = new Map(),
): ModelProfile | undefined {
  const able = profiles.filter((profile) => isAble(profile, wish))
  const costs = able.map((profile) => mixedPrice(profile) ?? Number.POSITIVE_INFINITY)
  const latencies = able.map((profile) => observed.get(profile.id)?.latencyMs ?? profile.typicalLatencyMs)
  const weight = weights[wish.prefer]
  const scored = able.map((profile, index) => ({
    profile,
    score:
      (weight.cost * nearness(costs, index) +
        weight.latency * nearness(latencies, index) +
        (weight.quality * profile.quality) / 5) *
      reliability(observed.get(profile.id)),
  }))
  scored.sort((a, b) => b.score - a.score || (a.profile.id < b.profile.id ? -1 : 1))
  return scored[0]?.profile
}

function isAble(profile: ModelProfile, wish: ModelWish): boolean {
  if (!profile.capabilities.includes(wish.capability)) return false
  if (wish.contextTokens !== undefined && profile.contextTokens < wish.contextTokens) return false
  if (wish.maxUsdPerMillion === undefined) return true
  const price = mixedPrice(profile)
  return price !== undefined && price <= wish.maxUsdPerMillion
}

function mixedPrice(profile: ModelProfile): number | undefined {
  const { inputUsdPerMillion, outputUsdPerMillion } = profile
  if (inputUsdPerMillion === 'unknown' || outputUsdPerMillion === 'unknown') return undefined
  return (3 * inputUsdPerMillion + outputUsdPerMillion) / 4
}

/** 1 for the smallest, falling with the ratio to it: half for twice as much; 0 for the unknown. */
function nearness(values: readonly number[], index: number): number {
  const value = values[index] ?? Number.POSITIVE_INFINITY
  if (!Number.isFinite(value)) return 0
  const smallest = Math.min(...values)
  return (smallest + tiny) / (value + tiny)
}

/** Keeps free models comparable. */
const tiny = 0.001

/** Share of calls that succeeded, believed only as far as there are calls: one early failure costs a third. */
function reliability(seen: ObservedModel | undefined): number {
  return seen ? (seen.calls - seen.failures + 2) / (seen.calls + 2) : 1
}
