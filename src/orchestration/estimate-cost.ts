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

/** An answer to a long input, as a share of what is read of it and at least. */
const outputShare = 0.1
const leastOutputTokens = 500
/** What an agent reads that looks passages up: three times six of them, each call with what the ones before brought. */
const lookedUpTokens = 24_000

export interface LongInput {
  readonly inputTokens: number
  /** True when all of it goes into the call; else passages of it are looked up. */
  readonly isWhole: boolean
  /** What goes with it into the call: prompt, thread, outline. */
  readonly context: readonly string[]
  /** What its passages are embedded with; undefined: for nothing. */
  readonly embedder?: ModelProfile | undefined
}

/**
 * What answering a long input costs about on a model, its embedding included.
 * @returns undefined for a model of unknown price, which is not called anyway
 */
export function estimateLongInput(profile: ModelProfile, { inputTokens, isWhole, context, embedder }: LongInput): CostEstimate | undefined {
  const readTokens = isWhole ? inputTokens : Math.min(inputTokens, lookedUpTokens)
  const promptTokens = context.reduce((tokens, text) => tokens + estimateTokens(text), readTokens)
  const outputTokens = Math.min(profile.maxOutputTokens, Math.max(leastOutputTokens, Math.round(readTokens * outputShare)))
  const answerMicroUsd = priceMicroUsd(profile, { inputTokens: promptTokens, outputTokens, cachedInputTokens: 0, isEstimated: true })
  const embedMicroUsd = embedder ? priceMicroUsd(embedder, { inputTokens, outputTokens: 0, cachedInputTokens: 0, isEstimated: true }) : 0
  if (answerMicroUsd === 'unknown' || embedMicroUsd === 'unknown') return undefined
  const tokens = `about ${inputTokens.toLocaleString('en-US')} tokens`
  return { what: `This input of ${tokens}`, doing: `is reading ${tokens}`, costMicroUsd: answerMicroUsd + embedMicroUsd }
}
