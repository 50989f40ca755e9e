import type { ModelProfile, ProfiledModel } from '../chat-model.ts'
import { createAzureModel } from './azure.ts'
import { createHuggingFaceModel } from './hugging-face.ts'
import { createOllamaModel } from './ollama.ts'
import { createOpenAiModel } from './openai.ts'
import { createPetalsModel } from './petals.ts'

export type ProviderKind = 'openai' | 'azure' | 'ollama' | 'hugging-face' | 'petals'

/** A server of models, with its key in hand. */
export interface Provider {
  readonly id: string
  readonly kind: ProviderKind
  readonly baseUrl: string
  /** Empty for servers that ask for none. */
  readonly apiKey: string
  /** Azure's. */
  readonly apiVersion?: string | undefined
  /** To the first byte and between two pieces; each kind has its default. */
  readonly timeoutMs?: number | undefined
  /** Calls at a time; default 64. */
  readonly concurrency?: number | undefined
}

/** The one table: kind of provider -> how it is spoken to. */
const makers = {
  openai: createOpenAiModel,
  azure: createAzureModel,
  ollama: createOllamaModel,
  'hugging-face': createHuggingFaceModel,
  petals: createPetalsModel,
} as const satisfies Record<ProviderKind, unknown>

/** The model of a profile, as its provider serves it. */
export function createProviderModel(provider: Provider, profile: ModelProfile, now: () => number): ProfiledModel {
  const { baseUrl, apiKey, apiVersion, timeoutMs } = provider
  return makers[provider.kind]({ profile, baseUrl, apiKey, apiVersion, timeoutMs, now })
}
