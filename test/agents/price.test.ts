import { expect, test } from '@jest/globals'
import { priceMicroUsd, worstCaseMicroUsd } from '../../src/agents/price.ts'
import { aProfile } from '../fakes/model-profile.ts'

const usage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 500, isEstimated: false }

test('prices input, cached input and output in millionths of a dollar', () => {
  expect(priceMicroUsd(aProfile(), usage)).toBe(1_000 + 500 * 4)
  expect(priceMicroUsd(aProfile(), { ...usage, cachedInputTokens: 600 })).toBe(400 + 60 + 2_000)
})

test('prices what was written into the cache apart, where that costs more', () => {
  const written = { ...usage, cachedInputTokens: 300, cacheWriteTokens: 600 }
  expect(priceMicroUsd(aProfile({ cacheWriteUsdPerMillion: 1.25 }), written)).toBe(100 + 30 + 750 + 2_000)
  expect(priceMicroUsd(aProfile(), written)).toBe(100 + 30 + 600 + 2_000)
})

test('rounds up to whole millionths, and whole ones stay whole', () => {
  const cheap = aProfile({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 })
  expect(priceMicroUsd(cheap, { ...usage, inputTokens: 30, outputTokens: 0 })).toBe(3)
  expect(priceMicroUsd(cheap, { ...usage, inputTokens: 31, outputTokens: 0 })).toBe(4)
  expect(priceMicroUsd(cheap, { ...usage, inputTokens: 0, outputTokens: 0 })).toBe(0)
})

test('does not charge more cached tokens than there was input', () => {
  expect(priceMicroUsd(aProfile(), { ...usage, cachedInputTokens: 9_999, cacheWriteTokens: 9_999 })).toBe(1_000 + 2_000)
})

test('charges the whole call more above the long-context border', () => {
  const profile = aProfile({ longContext: { aboveInputTokens: 1_000, inputFactor: 2, outputFactor: 1.5 } })
  expect(priceMicroUsd(profile, usage)).toBe(1_000 + 2_000)
  expect(priceMicroUsd(profile, { ...usage, inputTokens: 1_001 })).toBe(2_002 + 3_000)
})

test('says unknown for a price that is not known, never 0', () => {
  expect(priceMicroUsd(aProfile({ outputUsdPerMillion: 'unknown' }), usage)).toBe('unknown')
  expect(worstCaseMicroUsd(aProfile({ inputUsdPerMillion: 'unknown' }), 1, 1)).toBe('unknown')
  // Nothing of the unknown was used.
  expect(priceMicroUsd(aProfile({ cachedInputUsdPerMillion: 'unknown' }), usage)).toBe(3_000)
})

test('takes the dearest input and all output for the worst case, which no usage passes', () => {
  const profile = aProfile({ cacheWriteUsdPerMillion: 1.25 })
  const worst = worstCaseMicroUsd(profile, 1_000, 500)
  expect(worst).toBe(1_250 + 2_000)
  for (const cachedInputTokens of [0, 400, 1_000]) {
    for (const cacheWriteTokens of [0, 600]) {
      expect(Number(priceMicroUsd(profile, { ...usage, cachedInputTokens, cacheWriteTokens }))).toBeLessThanOrEqual(
        Number(worst),
      )
    }
  }
})

test('counts no more output than the model can give', () => {
  expect(worstCaseMicroUsd(aProfile({ maxOutputTokens: 100 }), 0, 5_000)).toBe(400)
})
