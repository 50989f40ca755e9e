import { describe, expect, test } from '@jest/globals'
import { parseModelCatalogue } from '../../src/agents/model-catalogue.ts'
import { type ProviderKeys, resolveProviders } from '../../src/app/resolve-providers.ts'
import { aProfile } from '../fakes/model-profile.ts'

const none: ProviderKeys = { openAiApiKey: undefined, openAiBaseUrl: undefined, secretOf: () => undefined }
const openAi: ProviderKeys = { ...none, openAiApiKey: 'sk-1', openAiBaseUrl: 'http://model/v1' }

function resolve(providers: readonly object[] | undefined, keys: ProviderKeys, provider = 'acme') {
  const profile = aProfile({ provider })
  const file = { default: 'small', router: 'small', fallbacks: [], models: [profile], ...(providers ? { providers } : {}) }
  return resolveProviders(parseModelCatalogue(JSON.stringify(file), 'models.json'), keys, 'models.json')(profile)
}

test('without providers the server of OPENAI_BASE_URL serves every model', () => {
  expect(resolve(undefined, openAi)).toMatchObject({ id: 'acme', kind: 'openai', baseUrl: 'http://model/v1', apiKey: 'sk-1' })
})

test('the provider openai is there beside others, and may be set up itself', () => {
  expect(resolve([], openAi, 'openai')).toMatchObject({ kind: 'openai', baseUrl: 'http://model/v1', apiKey: 'sk-1' })
  const own = [{ id: 'openai', kind: 'openai', apiKeyEnv: 'OTHER', concurrency: 3 }]
  expect(resolve(own, { ...openAi, secretOf: () => 'sk-2' }, 'openai')).toMatchObject({ baseUrl: 'http://model/v1', apiKey: 'sk-2', concurrency: 3 })
})

test.each([
  ['ollama', 'http://127.0.0.1:11434', ''],
  ['petals', 'https://chat.petals.dev', ''],
  ['hugging-face', 'https://router.huggingface.co/v1', 'none'],
  ['openai', 'https://api.openai.com/v1', 'none'],
] as const)('a provider of kind %s has a usual address, and never the key of another', (kind, baseUrl, apiKey) => {
  const profile = aProfile({ provider: 'own', capabilities: ['chat'] })
  const router = aProfile({ id: 'router', provider: 'openai' })
  const file = { default: 'small', router: 'router', fallbacks: [], models: [profile, router], providers: [{ id: 'own', kind }] }
  const providerOf = resolveProviders(parseModelCatalogue(JSON.stringify(file), 'm'), openAi, 'm')
  expect(providerOf(profile)).toMatchObject({ kind, baseUrl, apiKey })
})

describe('what is missing is named', () => {
  test('when a provider has no key', () => {
    const azure = { id: 'acme', kind: 'azure', baseUrl: 'https://x.openai.azure.com', apiKeyEnv: 'AZURE_OPENAI_API_KEY' }
    expect(() => resolve([azure], none)).toThrow(
      'models.json: providers[0].apiKeyEnv: wanted an environment variable that is set, found AZURE_OPENAI_API_KEY unset',
    )
    expect(resolve([azure], { ...none, secretOf: (name) => `key of ${name}` })).toMatchObject({ apiKey: 'key of AZURE_OPENAI_API_KEY' })
  })

  test('when a model is on OpenAI and OpenAI was not set up', () => {
    expect(() => resolve(undefined, none)).toThrow('OPENAI_API_KEY: missing')
    expect(() => resolve([], none, 'openai')).toThrow('OPENAI_API_KEY: missing')
    expect(resolve([{ id: 'acme', kind: 'ollama' }], none)).toMatchObject({ kind: 'ollama' })
  })
})

describe('models.json', () => {
  const problemsOf = (provider: object, profile: object = {}) => {
    const file = { default: 'small', router: 'small', fallbacks: [], models: [aProfile(profile)], providers: [{ id: 'acme', kind: 'openai' }, provider] }
    try {
      parseModelCatalogue(JSON.stringify(file), 'models.json')
    } catch (error) {
      return String(error)
    }
    return ''
  }

  test.each([
    [{ id: 'acme', kind: 'ollama' }, {}, 'providers[1].id: wanted an id of its own, found "acme" again'],
    [{ id: 'a', kind: 'azure' }, {}, 'providers[1].baseUrl: wanted the address of the Azure resource (https://NAME.openai.azure.com), found nothing'],
    [{ id: 'a', kind: 'ollama', apiVersion: '2024' }, {}, 'providers[1].apiVersion: wanted only for the kind "azure", found "2024"'],
    [{ id: 'a', kind: 'ollama' }, { provider: 'acne' }, 'models[0].provider: wanted the id of a provider (openai, acme, a), found "acne"'],
    [{ id: 'a', kind: 'petals' }, { provider: 'a' }, 'models[0].capabilities: wanted only "chat" for a model on Petals, found "tools", "structured"'],
    [{ id: 'a', kind: 'watson' }, {}, 'providers[1].kind: wanted one of "openai", "azure", "ollama", "hugging-face", "petals", found "watson"'],
  ])('is refused with %j', (provider, profile, told) => {
    expect(problemsOf(provider, profile)).toContain(`models.json: ${told}`)
  })

  test('never repeats a key that somebody put in the place of its name', () => {
    const told = problemsOf({ id: 'a', kind: 'openai', apiKeyEnv: 'sk-secret-0123456789' })
    expect(told).toContain('providers[1].apiKeyEnv: wanted the name of an environment variable, in capitals')
    expect(told).not.toContain('secret')
  })
})
