import { join } from 'node:path'
import { z } from 'zod'
import type { ModelProfile } from './chat-model.ts'
import { invalidConfig, parseConfig, readConfigText } from './config-file.ts'
import { type ProviderSetting, providerSchema, wrongProviders } from './provider-setting.ts'

const name = z.string().min(1).max(100)
const count = z.int().min(1)
const price = z.union([z.number().min(0), z.literal('unknown')])
const day = z.iso.date()

const profileSchema = z.strictObject({
  id: name.describe('What the rest of the configuration calls it'),
  provider: name.describe('Id of a provider below; calls to one share its concurrency limit'),
  model: name.describe('What the provider calls it'),
  capabilities: z
    .array(name)
    .min(1)
    .max(20)
    .describe(
      'chat, tools, structured, reasoning, vision, embeddings; fixed_temperature: refuses a temperature; ' +
        'max_tokens: wants the old name of the output limit',
    ),
  inputUsdPerMillion: price.describe('US dollars per million tokens, or "unknown"'),
  cachedInputUsdPerMillion: price,
  outputUsdPerMillion: price,
  cacheWriteUsdPerMillion: z
    .number()
    .min(0)
    .optional()
    .describe('Unset where writing into the cache costs no more than other input'),
  longContext: z
    .strictObject({ aboveInputTokens: count, inputFactor: z.number().min(1), outputFactor: z.number().min(1) })
    .optional()
    .describe('Above so many input tokens the whole call costs so many times as much'),
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
  contextTokens: count,
  maxOutputTokens: count,
  typicalLatencyMs: z.int().min(0).describe('Until observed: a first guess'),
  quality: z.int().min(1).max(5),
  retiresOn: day.optional().describe('The day on which the provider shuts it down'),
  priceSource: z.url().optional().describe('Where the prices were read'),
  pricedOn: day.optional().describe('When the prices were read'),
})

/** The form of models.json; config/schemas/models.schema.json is made from it. */
export const modelCatalogueSchema = z.strictObject({
  $schema: z.string().optional(),
  default: name.describe('Id of the model that answers'),
  router: name.describe('Id of the model that decides routes; a cheap and fast one'),
  fallbacks: z.array(name).max(10).describe('Ids in the order in which they are asked when the first fails'),
  embedding: name.optional().describe('Id of the model that embeds texts'),
  providers: z
    .array(providerSchema)
    .max(50)
    .optional()
    .describe('Servers of models; "openai" is there anyway. Without this list OPENAI_BASE_URL serves every model'),
  models: z.array(profileSchema).min(1).max(200),
})

export interface ModelCatalogue {
  readonly profiles: readonly ModelProfile[]
  readonly default: ModelProfile
  readonly router: ModelProfile
  readonly fallbacks: readonly ModelProfile[]
  readonly embedding: ModelProfile | undefined
  /** Undefined: the server of OPENAI_BASE_URL serves every model, whatever its provider is called. */
  readonly providers: readonly ProviderSetting[] | undefined
  profileOf(id: string): ModelProfile | undefined
}

/** @throws {MurmurError} MUR_CONFIG_INVALID naming file, path, wanted and found of everything that is wrong */
export async function loadModelCatalogue(configDir: string): Promise<ModelCatalogue> {
  const file = join(configDir, 'models.json')
  return parseModelCatalogue(await readConfigText(file), file)
}

/** @throws {MurmurError} MUR_CONFIG_INVALID, see {@link loadModelCatalogue} */
export function parseModelCatalogue(text: string, file: string): ModelCatalogue {
  const { models, providers, ...roles } = parseConfig(modelCatalogueSchema, text, file)
  const byId = new Map(models.map((profile) => [profile.id, profile as ModelProfile]))
  const problems = [
    ...repeatedIds(
      file,
      models.map((profile) => profile.id),
    ),
    ...wrongRoles(file, roles, byId),
    ...wrongProviders(file, providers, models),
  ]
  if (problems.length > 0) throw invalidConfig(problems)
  const named = (id: string): ModelProfile => byId.get(id) as ModelProfile
  return {
    profiles: [...byId.values()],
    default: named(roles.default),
    router: named(roles.router),
    fallbacks: roles.fallbacks.map(named),
    embedding: roles.embedding === undefined ? undefined : named(roles.embedding),
    providers,
    profileOf: (id) => byId.get(id),
  }
}

/** The profiles that the provider still serves. */
export function livingProfiles(profiles: readonly ModelProfile[], nowMs: number): readonly ModelProfile[] {
  return profiles.filter(({ retiresOn }) => retiresOn === undefined || nowMs < Date.parse(retiresOn))
}

/** One line for each model in use that is shut down within 60 days or was already; for the log at start. */
export function retirementNotices(catalogue: ModelCatalogue, nowMs: number): readonly string[] {
  const inUse = new Set([
    catalogue.default,
    catalogue.router,
    ...catalogue.fallbacks,
    ...(catalogue.embedding ? [catalogue.embedding] : []),
  ])
  return [...inUse]
    .filter(({ retiresOn }) => retiresOn !== undefined && Date.parse(retiresOn) - nowMs < 60 * 86_400_000)
    .map(
      ({ id, provider, retiresOn }) =>
        `${provider} shuts ${id} down on ${retiresOn}: choose another model in models.json`,
    )
}

interface Roles {
  readonly default: string
  readonly router: string
  readonly fallbacks: readonly string[]
  readonly embedding?: string | undefined
}

function wrongRoles(file: string, roles: Roles, byId: ReadonlyMap<string, ModelProfile>): string[] {
  const wanted: [path: string, id: string | undefined, capability: string][] = [
    ['default', roles.default, 'chat'],
    ['router', roles.router, 'structured'],
    ['embedding', roles.embedding, 'embeddings'],
    ...roles.fallbacks.map((id, index): [string, string, string] => [`fallbacks[${index}]`, id, 'chat']),
  ]
  return wanted.flatMap(([path, id, capability]) => {
    const profile = id === undefined ? undefined : byId.get(id)
    if (id === undefined || profile?.capabilities.includes(capability)) return []
    const known = [...byId.values()].filter((each) => each.capabilities.includes(capability)).map((each) => each.id)
    return [
      `${file}: ${path}: wanted the id of a model that can do "${capability}" ` +
        `(${known.join(', ') || 'there is none'}), found "${id}"`,
    ]
  })
}

function repeatedIds(file: string, ids: readonly string[]): string[] {
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index ? [] : [`${file}: models[${index}].id: wanted an id of its own, found "${id}" again`],
  )
}
