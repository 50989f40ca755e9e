import { expect, test } from '@jest/globals'
import { estimateLongInput } from '../../src/orchestration/estimate-cost.ts'
import { aProfile } from '../fakes/model-profile.ts'

const words = (count: number): string => 'word '.repeat(count)
const whole = { inputTokens: 20_000, isWhole: true, context: [] }

test('a long one that goes into the prompt costs its own text, its context and an answer of a tenth of it', () => {
  const alone = estimateLongInput(aProfile(), whole)
  expect(alone).toMatchObject({ what: 'This input of about 20,000 tokens', costMicroUsd: 20_000 + 2_000 * 4 })
  const context = estimateLongInput(aProfile(), { ...whole, context: [words(20_000)] })
  expect(context?.what).toBe(alone?.what)
  expect(context?.costMicroUsd).toBeGreaterThan(Number(alone?.costMicroUsd) + 20_000)
})

test('one that is looked up costs what is read of it, whatever its length, and its embedding', () => {
  const costOf = (inputTokens: number, embedder = aProfile({ inputUsdPerMillion: 0 })) => estimateLongInput(aProfile(), { inputTokens, isWhole: false, context: [], embedder })?.costMicroUsd
  expect(costOf(500_000)).toBe(costOf(100_000))
  expect(costOf(500_000, aProfile({ inputUsdPerMillion: 0.02 }))).toBe(Number(costOf(500_000)) + 10_000)
})

test('an answer is never taken for longer than the model can give, nor for shorter than a few lines', () => {
  const costOf = (inputTokens: number, maxOutputTokens: number) => estimateLongInput(aProfile({ inputUsdPerMillion: 0, maxOutputTokens }), { ...whole, inputTokens })?.costMicroUsd
  expect(costOf(50_000, 1_000)).toBe(4_000)
  expect(costOf(2_000, 10_000)).toBe(2_000)
})

test('of a model without a price there is no estimate', () => {
  expect(estimateLongInput(aProfile({ inputUsdPerMillion: 'unknown' }), whole)).toBeUndefined()
  expect(estimateLongInput(aProfile(), { ...whole, embedder: aProfile({ inputUsdPerMillion: 'unknown' }) })).toBeUndefined()
})
