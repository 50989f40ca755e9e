import { setTimeout as sleep } from 'node:timers/promises'
import type { ChatRequest, ModelProfile, ProfiledModel } from '../agents/chat-model.ts'
import { livingProfiles, type ModelCatalogue } from '../agents/model-catalogue.ts'
import { ModelLanes } from '../agents/model-lane.ts'
import { createOpenAiModel } from '../agents/providers/openai.ts'
import { createResilientModel } from '../agents/resilient-model.ts'
import type { ModelLine } from '../commands/command.ts'
import { worstCaseOf, type NamedModel } from '../orchestration/paid-calls/worst-case.ts'

export interface ModelSetup {
  readonly apiKey: string
  readonly baseUrl: string
  readonly nowMs: () => number
}

/** The models by role, each with its retries, breaker and fallbacks; made once. */
export interface Models {
  readonly main: NamedModel
  readonly router: NamedModel
  readonly catalogue: ModelCatalogue
  /** Models that can serve a request, cheapest worst case first. */
  readonly alternativesFor: (request: ChatRequest) => readonly NamedModel[]
  readonly lines: () => readonly ModelLine[]
}

export function composeModels(catalogue: ModelCatalogue, { apiKey, baseUrl, nowMs }: ModelSetup): Models {
  const clients = new Map<string, ProfiledModel>()
  const clientOf = (profile: ModelProfile): ProfiledModel => {
    const known = clients.get(profile.id)
    if (known) return known
    const client = createOpenAiModel({ profile, apiKey, baseUrl, now: nowMs })
    clients.set(profile.id, client)
    return client
  }
  const lanes = new ModelLanes({ now: nowMs })
  const fallbacks = livingProfiles(catalogue.fallbacks, nowMs())
  const named = (profile: ModelProfile, chain: readonly ModelProfile[]): NamedModel => ({
    profile,
    model: createResilientModel({
      primary: clientOf(profile),
      fallbacks: chain.filter(({ id }) => id !== profile.id).map(clientOf),
      lanes,
      now: nowMs,
      delay: (ms, signal) => sleep(ms, undefined, { signal }),
    }),
  })
  return {
    catalogue,
    main: named(catalogue.default, fallbacks),
    // The next layer of routing is keywords, which cost nothing, so a route is not tried on model after model.
    router: named(catalogue.router, []),
    alternativesFor: (request) =>
      livingProfiles(catalogue.profiles, nowMs())
        .filter((profile) => isAble(profile, request))
        .map((profile) => named(profile, []))
        .toSorted((a, b) => worstCaseOf(a, request) - worstCaseOf(b, request)),
    lines: () => describeLanes(catalogue, lanes),
  }
}

/** Has a price, and can do what the request needs. */
function isAble({ capabilities, inputUsdPerMillion, outputUsdPerMillion, maxOutputTokens }: ModelProfile, request: ChatRequest): boolean {
  const needed = ['chat', ...(request.tools?.length ? ['tools'] : []), ...(request.responseSchema ? ['structured'] : [])]
  const isPriced = inputUsdPerMillion !== 'unknown' && outputUsdPerMillion !== 'unknown'
  return isPriced && maxOutputTokens >= request.maxOutputTokens && needed.every((capability) => capabilities.includes(capability))
}

function describeLanes(catalogue: ModelCatalogue, lanes: ModelLanes): ModelLine[] {
  const states = new Map(lanes.state().map((state) => [state.modelId, state]))
  return catalogue.profiles.map((profile) => {
    const state = states.get(profile.id)
    const roles = [
      profile.id === catalogue.default.id ? 'answers' : '',
      profile.id === catalogue.router.id ? 'routes' : '',
      catalogue.fallbacks.some(({ id }) => id === profile.id) ? 'fallback' : '',
    ]
    return {
      profile,
      role: roles.filter((role) => role !== '').join(', '),
      state: state ? `${state.breaker}, ${state.calls} calls, ${state.failures} failed, about ${Math.round(state.latencyMs ?? 0)} ms` : 'not used yet',
    }
  })
}
