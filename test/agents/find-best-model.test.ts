import { expect, test } from '@jest/globals'
import { findBestModel, type ModelWish } from '../../src/agents/find-best-model.ts'
import { aProfile } from '../fakes/model-profile.ts'

const cheap = aProfile({
  id: 'cheap',
  inputUsdPerMillion: 0.1,
  outputUsdPerMillion: 0.4,
  quality: 2,
  typicalLatencyMs: 1_000,
})
const fast = aProfile({ id: 'fast', inputUsdPerMillion: 1, outputUsdPerMillion: 4, quality: 2, typicalLatencyMs: 200 })
const good = aProfile({
  id: 'good',
  inputUsdPerMillion: 5,
  outputUsdPerMillion: 20,
  quality: 5,
  typicalLatencyMs: 5_000,
  contextTokens: 1_000_000,
})
const all = [cheap, fast, good]

test.each([
  ['cost', 'cheap'],
  ['latency', 'fast'],
  ['quality', 'good'],
] as const)('prefers %s when asked to', (prefer, id) => {
  expect(findBestModel({ capability: 'chat', prefer }, all)?.id).toBe(id)
  expect(findBestModel({ capability: 'chat', prefer }, all.toReversed())?.id).toBe(id)
})

test('takes only models that can do it, that are large enough and that are not too dear', () => {
  const wish: ModelWish = { capability: 'chat', prefer: 'quality' }
  expect(findBestModel({ ...wish, capability: 'vision' }, all)).toBeUndefined()
  expect(findBestModel({ ...wish, prefer: 'cost', contextTokens: 200_000 }, all)?.id).toBe('good')
  expect(findBestModel({ ...wish, maxUsdPerMillion: 2 }, [cheap, good])?.id).toBe('cheap')
})

test('does not take an unknown price for a low one', () => {
  const unknown = aProfile({ id: 'a-mystery', inputUsdPerMillion: 'unknown', quality: 2 })
  expect(findBestModel({ capability: 'chat', prefer: 'cost' }, [unknown, fast])?.id).toBe('fast')
  expect(findBestModel({ capability: 'chat', prefer: 'cost', maxUsdPerMillion: 1_000 }, [unknown])).toBeUndefined()
})

test('believes what was observed more than what is typical', () => {
  const observed = new Map([['fast', { latencyMs: 9_000, calls: 20, failures: 0 }]])
  expect(findBestModel({ capability: 'chat', prefer: 'latency' }, [cheap, fast], observed)?.id).toBe('cheap')
})

test('counts failures against a model', () => {
  const twin = { ...fast, id: 'twin' }
  const wish: ModelWish = { capability: 'chat', prefer: 'latency' }
  expect(findBestModel(wish, [fast, twin])?.id).toBe('fast')
  expect(findBestModel(wish, [fast, twin], new Map([['fast', { latencyMs: 200, calls: 10, failures: 4 }]]))?.id).toBe(
    'twin',
  )
})
