import { invalidConfig } from '../agents/config-file.ts'
import type { ModelProfile } from '../agents/chat-model.ts'
import type { ModelCatalogue } from '../agents/model-catalogue.ts'
import { openAiProviderId, type ProviderSetting } from '../agents/provider-setting.ts'
import type { Provider, ProviderKind } from '../agents/providers/create-provider-model.ts'

/** Where keys and the one server come from that needs no entry in models.json. */
export interface ProviderKeys {
  readonly openAiApiKey: string | undefined
  readonly openAiBaseUrl: string | undefined
  /** An environment variable that models.json names; undefined when it is not set. */
  readonly secretOf: (name: string) => string | undefined
}

export type ProviderOf = (profile: ModelProfile) => Provider

const defaultBaseUrls: Readonly<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  // Its schema asks for the address.
  azure: '',
  ollama: 'http://127.0.0.1:11434',
  'hugging-face': 'https://router.huggingface.co/v1',
  petals: 'https://chat.petals.dev',
}

/**
 * Puts keys and addresses to the providers of a catalogue.
 * @param label what messages call models.json
 * @throws {MurmurError} MUR_CONFIG_INVALID naming every environment variable that is missing
 */
export function resolveProviders(catalogue: ModelCatalogue, keys: ProviderKeys, label: string): ProviderOf {
  const settings = catalogue.providers ?? []
  const unset = settings.flatMap(({ apiKeyEnv }, index) =>
    apiKeyEnv === undefined || keys.secretOf(apiKeyEnv) !== undefined
      ? []
      : [`${label}: providers[${index}].apiKeyEnv: wanted an environment variable that is set, found ${apiKeyEnv} unset`],
  )
  const problems = [...unset, ...missingOpenAi(catalogue, keys, label)]
  if (problems.length > 0) throw invalidConfig(problems)
  const providers = new Map(settings.map((setting) => [setting.id, resolve(setting, keys)]))
  return ({ provider }) => providers.get(provider) ?? { ...resolve({ id: openAiProviderId, kind: 'openai' }, keys), id: provider }
}

function resolve(setting: ProviderSetting, keys: ProviderKeys): Provider {
  const { id, kind, apiKeyEnv, apiVersion, timeoutMs, concurrency } = setting
  const isOpenAi = id === openAiProviderId && kind === 'openai'
  const own = apiKeyEnv === undefined ? undefined : keys.secretOf(apiKeyEnv)
  const baseUrl = setting.baseUrl ?? (isOpenAi ? keys.openAiBaseUrl : undefined) ?? defaultBaseUrls[kind]
  // The SDK refuses an empty key, also for servers that ask for none.
  const noKey = kind === 'ollama' || kind === 'petals' ? '' : 'none'
  const apiKey = own ?? (isOpenAi ? keys.openAiApiKey : undefined) ?? noKey
  return { id, kind, baseUrl, apiKey, apiVersion, timeoutMs, concurrency }
}

/** Without both, the server would be OpenAI and the key none: better said at the start than with every call. */
function missingOpenAi({ profiles, providers }: ModelCatalogue, keys: ProviderKeys, label: string): string[] {
  if (keys.openAiApiKey !== undefined || keys.openAiBaseUrl !== undefined) return []
  const own = providers?.find(({ id }) => id === openAiProviderId)
  if (own?.apiKeyEnv !== undefined || own?.baseUrl !== undefined) return []
  const needs = profiles.some(({ provider }) => !providers || provider === openAiProviderId)
  if (!needs) return []
  return [`OPENAI_API_KEY: missing; set it, or set OPENAI_BASE_URL to a server that needs no key, or name other providers only in ${label}`]
}
