import { afterEach, expect, test } from '@jest/globals'
import { type AzureModelOptions, createAzureModel } from '../../../src/agents/providers/azure.ts'
import { azureKey, createAzureServer } from '../../fakes/azure-server.ts'
import type { DeedServer } from '../../fakes/deed-server.ts'
import { aProfile } from '../../fakes/model-profile.ts'

const never = new AbortController().signal
const request = { messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 10 } as const

let server: DeedServer
afterEach(() => server.close())

async function ask(options: Partial<AzureModelOptions> = {}, path = '') {
  server = createAzureServer([{ say: 'Hello' }], 'my-mini')
  const baseUrl = (await server.listen()) + path
  const profile = aProfile({ model: 'my-mini', provider: 'azure-eu' })
  return createAzureModel({ profile, apiKey: azureKey, baseUrl, now: Date.now, ...options }).complete(request, { signal: never })
}

test.each(['', '/', '/openai', '/openai/'])('calls the deployment of the profile at an address that ends in %j', async (path) => {
  expect((await ask({}, path)).text).toBe('Hello')
  expect(server.calls[0]?.path).toBe('/openai/deployments/my-mini/chat/completions?api-version=2024-10-21')
})

test('takes another version of the API', async () => {
  await ask({ apiVersion: '2025-04-01-preview' })
  expect(server.calls[0]?.path).toMatch(/api-version=2025-04-01-preview$/)
})

test.each([
  ['an unknown deployment', { profile: aProfile({ model: 'gone', provider: 'azure-eu' }) }, 404],
  ['a wrong key', { apiKey: 'wrong-key-wrong-key' }, 401],
])('says that %s is refused, without the key', async (_, options, status) => {
  const failure = ask(options)
  await expect(failure).rejects.toMatchObject({ code: 'MUR_MODEL_REFUSED', details: { provider: expect.anything(), status } })
  await expect(failure).rejects.not.toThrow(/wrong-key|0123456789abcdef/)
})
