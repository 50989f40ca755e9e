import { afterEach, expect, test } from '@jest/globals'
import type { ChatRequest, ModelProfile } from '../../src/agents/chat-model.ts'
import { parseModelCatalogue } from '../../src/agents/model-catalogue.ts'
import { ModelLanes } from '../../src/agents/model-lanes.ts'
import { composeModels } from '../../src/app/compose-models.ts'
import { ModelClients } from '../../src/app/model-clients.ts'
import { resolveProviders } from '../../src/app/resolve-providers.ts'
import { json, RawModelServer, completion, type RawAnswer } from '../fakes/raw-model-server.ts'
import { aProfile } from '../fakes/model-profile.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 10 }
const limits = { 'x-ratelimit-remaining-requests': '4', 'x-ratelimit-reset-requests': '10s', 'x-ratelimit-remaining-tokens': '12000', 'x-ratelimit-reset-tokens': '1s' }

let server: RawModelServer
const clock = { nowMs: 1_000 }
/** An answer for which five seconds pass. */
const slow: RawAnswer = (response, body) => {
  clock.nowMs += 5_000
  json(completion({ content: 'Hello' }))(response, body)
}
afterEach(() => server.close())

async function setUp(answers: readonly RawAnswer[]) {
  server = new RawModelServer(answers)
  const openAiBaseUrl = await server.listen()
  const nowMs = () => clock.nowMs
  const setup = { clients: new ModelClients(nowMs), lanes: new ModelLanes({ now: nowMs }), nowMs }
  return (models: readonly ModelProfile[], fallbacks: readonly string[] = []) => {
    const catalogue = parseModelCatalogue(JSON.stringify({ default: 'small', router: 'small', fallbacks, models }), 'models.json')
    const keys = { openAiApiKey: 'sk-1', openAiBaseUrl, secretOf: () => undefined }
    return composeModels(catalogue, resolveProviders(catalogue, keys, 'models.json'), setup)
  }
}
const stateOf = (models: ReturnType<typeof composeModels>, id = 'small') => models.lines().find(({ profile }) => profile.id === id)?.state

test('shows of each model its role, what was seen of it, and what is left of its rate limits', async () => {
  const compose = await setUp([json(completion({ content: 'Hello' }), 200, limits)])
  const models = compose([aProfile(), aProfile({ id: 'other' })], ['other'])
  expect(models.lines()).toMatchObject([
    { role: 'answers, routes', state: 'not used yet' },
    { role: 'fallback', state: 'not used yet' },
  ])
  await models.main.model.complete(request, { signal: never })
  expect(stateOf(models)).toBe('1 calls, 0 failed, about 0 ms, 4 requests left, 12,000 tokens left')
})

test('shows a breaker that opened, with the time of the next try', async () => {
  const compose = await setUp([json('oops', 500)])
  const models = compose([aProfile()])
  for (let call = 0; call < 5; call++) await models.router.model.complete(request, { signal: never }).catch(() => undefined)
  expect(stateOf(models)).toBe('breaker open, next try in 15 s, 5 calls, 5 failed')
})

test('keeps what was seen when the configuration changes, but not of a model that changed', async () => {
  const compose = await setUp([json(completion({ content: 'Hello' }))])
  const profiles = [aProfile(), aProfile({ id: 'other' })]
  await compose(profiles).main.model.complete(request, { signal: never })
  const after = compose([...profiles, aProfile({ id: 'third' })])
  expect(stateOf(after)).toContain('1 calls')
  expect(stateOf(compose([aProfile({ maxOutputTokens: 99 })]))).toBe('not used yet')
})

test('finds the best model by what was seen lately', async () => {
  const compose = await setUp([slow])
  const models = compose([aProfile({ typicalLatencyMs: 10 }), aProfile({ id: 'other', typicalLatencyMs: 900 })])
  const best = () => models.findBest({ capability: 'chat', prefer: 'latency' })?.profile.id
  expect(best()).toBe('small')
  await models.main.model.complete(request, { signal: never })
  expect(best()).toBe('other')
  expect(models.findBest({ capability: 'vision', prefer: 'latency' })).toBeUndefined()
})
