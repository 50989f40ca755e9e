import { expect, test } from '@jest/globals'
import type { ChatRequest, ModelProfile } from '../../../src/agents/chat-model.ts'
import { countTokens } from '../../../src/agents/count-tokens.ts'
import { priceMicroUsd } from '../../../src/agents/price.ts'
import { worstCaseOf } from '../../../src/orchestration/paid-calls/worst-case.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'

const ask = (content: string, maxOutputTokens = 100): ChatRequest => ({ messages: [{ role: 'user', content }], maxOutputTokens })
const chain = (...profiles: readonly [ModelProfile, ...ModelProfile[]]) => ({ profile: profiles[0], model: { profiles, complete: async () => Promise.reject(new Error('not called')) } })

test('counts every byte of the request and the whole output limit', () => {
  const bytes = JSON.stringify([[{ role: 'user', content: 'é' }], null, null]).length + 1
  expect(worstCaseOf(chain(aProfile()), ask('é', 100))).toBe(bytes * 1 + 100 * 4)
})

test('takes the dearest model of the chain, for it may be the one that answers', () => {
  const dear = aProfile({ id: 'dear', inputUsdPerMillion: 50, outputUsdPerMillion: 100 })
  expect(worstCaseOf(chain(aProfile(), dear), ask('hi'))).toBe(worstCaseOf(chain(dear), ask('hi')))
})

test('counts tools and the schema of the answer as well', () => {
  const tools = [{ name: 'calculator', description: 'x'.repeat(1_000), parameters: {} }]
  const more = worstCaseOf(chain(aProfile()), { ...ask('hi'), tools }) - worstCaseOf(chain(aProfile()), ask('hi'))
  expect(more).toBeGreaterThan(1_000)
  const responseSchema = { name: 'route', schema: { description: 'y'.repeat(500) } }
  expect(worstCaseOf(chain(aProfile()), { ...ask('hi'), responseSchema })).toBeGreaterThan(500)
})

test.each([
  ['the model itself', [aProfile({ id: 'own', inputUsdPerMillion: 'unknown' })]],
  ['one that may take over', [aProfile(), aProfile({ id: 'own', outputUsdPerMillion: 'unknown' })]],
])('refuses what cannot be bounded: no price is known of %s', (_, profiles) => {
  const [first, ...others] = profiles as [ModelProfile, ...ModelProfile[]]
  expect(() => worstCaseOf(chain(first, ...others), ask('hi'))).toThrow('set the prices of own in models.json')
})

test('is never below the price of a call with any text, any tokenizer and any output within the limit', async () => {
  const random = seededRandom(7)
  const alphabet = ['a', ' ', 'é', '漢', '🤖', '0', '{', '\n', '"', 'ß', '\u0000', 'क']
  for (let round = 0; round < 60; round++) {
    const text = Array.from({ length: pickNumber(random, 400) }, () => alphabet[pickNumber(random, alphabet.length)]).join('')
    const request = ask(text, 1 + pickNumber(random, 500))
    const profile = aProfile({ cacheWriteUsdPerMillion: 1.25 })
    // What providers add to a message is at most a few tokens.
    const inputTokens = (await countTokens(text)) + 8
    const usage = { inputTokens, cachedInputTokens: 0, cacheWriteTokens: inputTokens, outputTokens: request.maxOutputTokens, isEstimated: false }
    expect(worstCaseOf(chain(profile), request)).toBeGreaterThanOrEqual(Number(priceMicroUsd(profile, usage)))
  }
})
