import { setTimeout as sleep } from 'node:timers/promises'
import { hasImages } from '../agents/chat-images.ts'
import type { ChatRequest, ModelProfile, ProfiledModel } from '../agents/chat-model.ts'
import { estimateTokens } from '../agents/count-tokens.ts'
import { findBestModel, type ModelWish } from '../agents/find-best-model.ts'
import { livingProfiles, type ModelCatalogue } from '../agents/model-catalogue.ts'
import type { LaneState } from '../agents/model-lane.ts'
import type { ModelLanes } from '../agents/model-lanes.ts'
import { createResilientModel } from '../agents/resilient-model.ts'
import type { ModelLine } from '../commands/command.ts'
import { worstCaseOf, type NamedModel } from '../orchestration/paid-calls/worst-case.ts'
import type { ModelClients } from './model-clients.ts'
import type { ProviderOf } from './resolve-providers.ts'

/** What all sets of models of a process share. */
export interface ModelSetup {
  readonly clients: ModelClients
  readonly lanes: ModelLanes
  readonly nowMs: () => number
}

/** The models by role, each with its retries, breaker and fallbacks; made anew when the configuration changes. */
export interface Models {
  readonly main: NamedModel
  readonly router: NamedModel
  readonly catalogue: ModelCatalogue
  /** Models that can serve a request, cheapest worst case first. */
  readonly alternativesFor: (request: ChatRequest) => readonly NamedModel[]
  /** One model alone, without others that take over; undefined for one that is unknown, has no price or is shut down. */
  readonly named: (modelId: string) => NamedModel | undefined
  /** The model that fits a wish best, by price, quality and what was seen of it lately; undefined when none can. */
  readonly findBest: (wish: ModelWish) => NamedModel | undefined
  readonly lines: () => readonly ModelLine[]
}

export function composeModels(catalogue: ModelCatalogue, providerOf: ProviderOf, { clients, lanes, nowMs }: ModelSetup): Models {
  const clientOf = (profile: ModelProfile): ProfiledModel => {
    const provider = providerOf(profile)
    const client = clients.clientOf(profile, provider)
    lanes.laneOf(client, provider.concurrency)
    return client
  }
  const living = (): readonly ModelProfile[] => livingProfiles(catalogue.profiles, nowMs())
  const fallbacks = livingProfiles(catalogue.fallbacks, nowMs())
  const named = (profile: ModelProfile, chain: readonly ModelProfile[]): NamedModel => ({
    profile,
    model: createResilientModel({
      primary: clientOf(profile),
      // A fallback whose price nobody knows could not be held money for.
      fallbacks: chain.filter((candidate) => candidate.id !== profile.id && isPriced(candidate)).map(clientOf),
      lanes,
      now: nowMs,
      delay: (ms, signal) => sleep(ms, undefined, { signal }),
    }),
  })
  const laneOf = (profile: ModelProfile) => lanes.laneOf(clientOf(profile))
  return {
    catalogue,
    main: named(catalogue.default, fallbacks),
    // The next layer of routing is keywords, which cost nothing, so a route is not tried on model after model.
    router: named(catalogue.router, []),
    alternativesFor: (request) =>
      living()
        .filter((profile) => isAble(profile, request))
        .map((profile) => named(profile, []))
        .toSorted((a, b) => worstCaseOf(a, request) - worstCaseOf(b, request)),
    named(modelId) {
      const profile = living().find(({ id, capabilities }) => id === modelId && capabilities.includes('chat'))
      return profile && isPriced(profile) ? named(profile, []) : undefined
    },
    findBest(wish) {
      const seen = new Map(living().map((profile) => [profile.id, laneOf(profile).observed()]))
      const best = findBestModel(wish, living(), seen)
      return best && named(best, fallbacks)
    },
    lines: () => catalogue.profiles.map((profile) => describe(profile, catalogue, laneOf(profile).state(), nowMs())),
  }
}

const isPriced = ({ inputUsdPerMillion, outputUsdPerMillion }: ModelProfile): boolean => inputUsdPerMillion !== 'unknown' && outputUsdPerMillion !== 'unknown'

/** Has a price, and can do what the request needs. */
function isAble(profile: ModelProfile, request: ChatRequest): boolean {
  const { capabilities, maxOutputTokens, contextTokens } = profile
  const needed = ['chat', ...(request.tools?.length ? ['tools'] : []), ...(request.responseSchema ? ['structured'] : []), ...(hasImages(request) ? ['vision'] : [])]
  const inputTokens = request.messages.reduce((tokens, { content }) => tokens + estimateTokens(content), 0)
  const hasRoom = maxOutputTokens >= request.maxOutputTokens && contextTokens >= inputTokens + request.maxOutputTokens
  return isPriced(profile) && hasRoom && needed.every((capability) => capabilities.includes(capability))
}

function describe(profile: ModelProfile, catalogue: ModelCatalogue, lane: LaneState, nowMs: number): ModelLine {
  const roles = [
    profile.id === catalogue.default.id ? 'answers' : '',
    profile.id === catalogue.router.id ? 'routes' : '',
    catalogue.fallbacks.some(({ id }) => id === profile.id) ? 'fallback' : '',
  ]
  return { profile, role: roles.filter((role) => role !== '').join(', '), state: describeLane(lane, nowMs) }
}

function describeLane(lane: LaneState, nowMs: number): string {
  const { breaker, probesAtMs, calls, failures, latencyMs, running, waiting, pace } = lane
  const parts = [
    breaker === 'closed' ? '' : `breaker ${breaker}${probesAtMs !== undefined && probesAtMs > nowMs ? `, next try in ${seconds(probesAtMs - nowMs)}` : ''}`,
    calls === 0 ? 'not used yet' : `${calls} calls, ${failures} failed`,
    latencyMs === undefined ? '' : `about ${Math.round(latencyMs)} ms`,
    running + waiting > 0 ? `${running} under way, ${waiting} in line at the provider` : '',
    pace.requestsLeft === undefined ? '' : `${count(pace.requestsLeft)} requests left`,
    pace.tokensLeft === undefined ? '' : `${count(pace.tokensLeft)} tokens left`,
    pace.waitMs > 0 ? `slowed down for ${seconds(pace.waitMs)}` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`
const count = (value: number): string => value.toLocaleString('en-US')
