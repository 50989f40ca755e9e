import { z } from 'zod'
import type { ProviderKind } from './providers/create-provider-model.ts'

const kinds = ['openai', 'azure', 'ollama', 'hugging-face', 'petals'] as const satisfies readonly ProviderKind[]

/** One entry of `providers` in models.json. */
export const providerSchema = z.strictObject({
  id: z.string().min(1).max(100).describe('What the models call it'),
  kind: z.enum(kinds).describe('How it is spoken to; openai stands for every server with that API'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Azure: the address of the resource, needed. Else default: OPENAI_BASE_URL for the provider "openai" and OpenAI ' +
        'for others of its kind, http://127.0.0.1:11434 for Ollama, the router of Hugging Face, https://chat.petals.dev',
    ),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,99}$/, { error: 'the name of an environment variable, in capitals' })
    .optional()
    .describe('Name of the environment variable that holds the key, never the key itself'),
  apiVersion: z.string().min(1).max(50).optional().describe('Azure only; default 2024-10-21'),
  timeoutMs: z.int().min(1_000).max(3_600_000).optional().describe('To the first byte and between two pieces'),
  concurrency: z.int().min(1).max(1_000).optional().describe('Calls at a time, default 64; more wait in line'),
})

export type ProviderSetting = z.infer<typeof providerSchema>

/** The provider that is there without being configured. */
export const openAiProviderId = 'openai'

interface PlacedModel {
  readonly id: string
  readonly provider: string
  readonly capabilities: readonly string[]
}

/** What is wrong with providers and with models that name them, each a line for people. */
export function wrongProviders(file: string, providers: readonly ProviderSetting[] | undefined, models: readonly PlacedModel[]): string[] {
  if (!providers) return []
  const ids = [openAiProviderId, ...providers.map(({ id }) => id)]
  return [
    ...providers.flatMap((provider, index) => wrongProvider(`${file}: providers[${index}]`, provider, providers, index)),
    ...models.flatMap(({ provider }, index) =>
      ids.includes(provider)
        ? []
        : [`${file}: models[${index}].provider: wanted the id of a provider (${[...new Set(ids)].join(', ')}), found "${provider}"`],
    ),
    ...models.flatMap((model, index) => wrongCapabilities(`${file}: models[${index}]`, providers, model)),
  ]
}

function wrongProvider(place: string, { id, kind, baseUrl, apiVersion }: ProviderSetting, all: readonly ProviderSetting[], index: number): string[] {
  return [
    ...(all.findIndex((each) => each.id === id) === index ? [] : [`${place}.id: wanted an id of its own, found "${id}" again`]),
    ...(kind === 'azure' && baseUrl === undefined
      ? [`${place}.baseUrl: wanted the address of the Azure resource (https://NAME.openai.azure.com), found nothing`]
      : []),
    ...(kind !== 'azure' && apiVersion !== undefined ? [`${place}.apiVersion: wanted only for the kind "azure", found "${apiVersion}"`] : []),
  ]
}

/** Petals takes text and gives text. */
function wrongCapabilities(place: string, providers: readonly ProviderSetting[], { provider, capabilities }: PlacedModel): string[] {
  if (providers.find(({ id }) => id === provider)?.kind !== 'petals') return []
  const impossible = capabilities.filter((capability) => capability !== 'chat')
  return impossible.length === 0 ? [] : [`${place}.capabilities: wanted only "chat" for a model on Petals, found "${impossible.join('", "')}"`]
}
