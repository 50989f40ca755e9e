import type { ModelProfile } from '../agents/chat-model.ts'
import { estimateTokens } from '../agents/count-tokens.ts'
import { priceMicroUsd } from '../agents/price.ts'

/** What a piece of work will cost about. What is held for its calls is their worst case, which is more. */
export interface CostEstimate {
  /** The work as a person calls it, for example `This input of about 12,000 tokens`. */
  readonly what: string
  /** The same as the status of the one at work, for example `is reading about 12,000 tokens`. */
  readonly doing: string
  readonly costMicroUsd: number
}

/** Longer requests are shown an estimate of. */
const longInputTokens = 1_000
/** Shorter texts never have so many tokens: no character counts for more than three. */
const shortChars = Math.floor(longInputTokens / 3)
/** An answer to a long input, as a share of it and at least. */
const outputShare = 0.1
const leastOutputTokens = 500

export interface LongInput {
  readonly request: string
  /** What goes with it into the call: prompt and thread. */
  readonly context: readonly string[]
}

/**
 * What answering a long input costs about on a model.
 * @returns undefined for an ordinary request, and for a model of unknown price, which is not called anyway
 */
export function estimateLongInput(profile: ModelProfile, { request, context }: LongInput): CostEstimate | undefined {
  if (request.length < shortChars) return undefined
  const requestTokens = estimateTokens(request)
  if (requestTokens < longInputTokens) return undefined
  const inputTokens = context.reduce((tokens, text) => tokens + estimateTokens(text), requestTokens)
  const outputTokens = Math.min(profile.maxOutputTokens, Math.max(leastOutputTokens, Math.round(requestTokens * outputShare)))
  const costMicroUsd = priceMicroUsd(profile, { inputTokens, outputTokens, cachedInputTokens: 0, isEstimated: true })
  if (costMicroUsd === 'unknown') return undefined
  const tokens = `about ${requestTokens.toLocaleString('en-US')} tokens`
  return { what: `This input of ${tokens}`, doing: `is reading ${tokens}`, costMicroUsd }
}
