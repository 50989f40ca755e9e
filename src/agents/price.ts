import type { ModelProfile, TokenUsage } from './chat-model.ts'

type PricedProfile = Pick<
  ModelProfile,
  | 'inputUsdPerMillion'
  | 'cachedInputUsdPerMillion'
  | 'outputUsdPerMillion'
  | 'cacheWriteUsdPerMillion'
  | 'longContext'
  | 'maxOutputTokens'
>

/**
 * What a call cost, in millionths of a US dollar, rounded up.
 * 'unknown' when a price that it needs is unknown; the caller decides what that means, but it is never 0.
 */
export function priceMicroUsd(profile: PricedProfile, usage: TokenUsage): number | 'unknown' {
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens)
  const cached = Math.min(usage.cachedInputTokens, usage.inputTokens - written)
  const { inputFactor, outputFactor } = factors(profile, usage.inputTokens)
  return sum([
    [usage.inputTokens - cached - written, profile.inputUsdPerMillion, inputFactor],
    [cached, profile.cachedInputUsdPerMillion, inputFactor],
    [written, profile.cacheWriteUsdPerMillion ?? profile.inputUsdPerMillion, inputFactor],
    [usage.outputTokens, profile.outputUsdPerMillion, outputFactor],
  ])
}

/**
 * The most a call can cost: all input at its dearest price, all output used.
 * @param inputTokens an estimate that is not too low, see count-tokens.ts
 */
export function worstCaseMicroUsd(
  profile: PricedProfile,
  inputTokens: number,
  maxOutputTokens: number,
): number | 'unknown' {
  const { inputUsdPerMillion, cacheWriteUsdPerMillion } = profile
  const dearest =
    inputUsdPerMillion === 'unknown' ? inputUsdPerMillion : Math.max(inputUsdPerMillion, cacheWriteUsdPerMillion ?? 0)
  const { inputFactor, outputFactor } = factors(profile, inputTokens)
  return sum([
    [inputTokens, dearest, inputFactor],
    [Math.min(maxOutputTokens, profile.maxOutputTokens), profile.outputUsdPerMillion, outputFactor],
  ])
}

function factors(profile: PricedProfile, inputTokens: number): { inputFactor: number; outputFactor: number } {
  const { longContext } = profile
  return longContext && inputTokens > longContext.aboveInputTokens ? longContext : { inputFactor: 1, outputFactor: 1 }
}

/** US dollars per million tokens are millionths of a dollar per token. Summed as integers, as 30 * 0.1 is above 3. */
function sum(
  parts: readonly (readonly [tokens: number, price: number | 'unknown', factor: number])[],
): number | 'unknown' {
  let millionthsOfMicroUsd = 0
  for (const [tokens, price, factor] of parts) {
    if (tokens === 0) continue
    if (price === 'unknown') return 'unknown'
    millionthsOfMicroUsd += tokens * Math.round(price * factor * 1_000_000)
  }
  return Math.ceil(millionthsOfMicroUsd / 1_000_000)
}
