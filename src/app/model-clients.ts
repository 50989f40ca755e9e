import type { ModelProfile, ProfiledModel } from '../agents/chat-model.ts'
import { createProviderModel, type Provider } from '../agents/providers/create-provider-model.ts'

const maxClients = 1_000

/**
 * One client for each profile at each provider, kept over changes of the configuration: what did not change keeps its
 * connections, its breaker and what was seen of it.
 */
export class ModelClients {
  readonly #now: () => number
  readonly #clients = new Map<string, ProfiledModel>()

  constructor(now: () => number) {
    this.#now = now
  }

  clientOf(profile: ModelProfile, provider: Provider): ProfiledModel {
    const key = JSON.stringify([profile, provider])
    const known = this.#clients.get(key)
    this.#clients.delete(key)
    const client = known ?? createProviderModel(provider, profile, this.#now)
    this.#clients.set(key, client)
    const oldest = this.#clients.keys().next()
    if (this.#clients.size > maxClients && !oldest.done) this.#clients.delete(oldest.value)
    return client
  }
}
