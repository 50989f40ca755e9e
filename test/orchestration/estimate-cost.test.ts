import { expect, test } from '@jest/globals'
import { estimateLongInput } from '../../src/orchestration/estimate-cost.ts'
import { aProfile } from '../fakes/model-profile.ts'

const words = (count: number): string => 'word '.repeat(count)

test('an ordinary request has no estimate, whatever stands in its thread', () => {
  expect(estimateLongInput(aProfile(), { request: words(20), context: [words(50_000)] })).toBeUndefined()
  expect(estimateLongInput(aProfile(), { request: words(400), context: [] })).toBeUndefined()
})

test('a long one costs its own text, its context and an answer of a tenth of it', () => {
  const alone = estimateLongInput(aProfile(), { request: words(20_000), context: [] })
  const tokens = Number(/about ([\d,]+) tokens/.exec(alone?.what ?? '')?.[1]?.replaceAll(',', ''))
  expect(tokens).toBeGreaterThanOrEqual(20_000)
  expect(alone?.costMicroUsd).toBe(tokens + Math.round(tokens / 10) * 4)
  const context = estimateLongInput(aProfile(), { request: words(20_000), context: [words(20_000)] })
  expect(context?.what).toBe(alone?.what)
  expect(context?.costMicroUsd).toBe(Number(alone?.costMicroUsd) + tokens)
})

test('an answer is never taken for longer than the model can give, nor for shorter than a few lines', () => {
  const costOf = (request: string, maxOutputTokens: number) => estimateLongInput(aProfile({ inputUsdPerMillion: 0, maxOutputTokens }), { request, context: [] })?.costMicroUsd
  expect(costOf(words(50_000), 1_000)).toBe(4_000)
  expect(costOf(words(2_000), 10_000)).toBe(2_000)
})

test('of a model without a price there is no estimate', () => {
  expect(estimateLongInput(aProfile({ inputUsdPerMillion: 'unknown' }), { request: words(20_000), context: [] })).toBeUndefined()
})
