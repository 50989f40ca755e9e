import type { RateLimit } from './rate-limit.ts'

/** JSON Schema as a plain object; produced from zod by `z.toJSONSchema`. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A model's wish to run a tool; `argumentsJson` is the raw text the model wrote, not yet validated. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly argumentsJson: string
}

/** A picture as a model gets it. */
export interface ChatImage {
  /** image/png, image/jpeg, image/gif or image/webp. */
  readonly mimeType: string
  readonly base64: string
}

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  /** Pictures go to models with the capability `vision` only. */
  | { readonly role: 'user'; readonly content: string; readonly images?: readonly ChatImage[] }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly content: string; readonly toolCallId: string }

export interface ToolSpec {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
}

/** One call of a model. Every call sets `maxOutputTokens`, so that its worst case has a price. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[]
  /** 1 or more. */
  readonly maxOutputTokens: number
  /** 0 to 2; left out for models that refuse it. */
  readonly temperature?: number
  readonly tools?: readonly ToolSpec[]
  /** Asks for structured output; the reply's text is then JSON of this schema (still to be validated). */
  readonly responseSchema?: { readonly name: string; readonly schema: JsonSchema }
}

export interface TokenUsage {
  readonly inputTokens: number
  /** The part of `inputTokens` that the provider read from its cache. */
  readonly cachedInputTokens: number
  readonly outputTokens: number
  /** The part of `inputTokens` that the provider wrote into its cache, where it charges extra for that. */
  readonly cacheWriteTokens?: number
  /** True when the provider sent no usage and the counts come from our own estimate. */
  readonly isEstimated: boolean
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

export interface ChatReply {
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  readonly usage: TokenUsage
  /** Id of the catalogue profile that answered, which after a fallback is not the one asked first. */
  readonly modelId: string
  readonly latencyMs: number
}

export interface CompleteOptions {
  readonly signal: AbortSignal
  /** Asks for a streamed reply; called with each new piece of text, in order. Never called for structured output. */
  readonly onText?: (delta: string) => void
  /**
   * Called when another attempt begins after text was already given to `onText`: what was shown is void.
   * Without it an attempt that already gave text is not repeated.
   */
  readonly onRestart?: () => void
  /** Called when the server says how much of its rate limits is left, with an answer or a refusal. */
  readonly onRateLimit?: (seen: RateLimit) => void
}

/**
 * The port to any model. A provider implements it; retry, journal and budget wrap it.
 */
export interface ChatModel {
  /**
   * @throws {MurmurError} MUR_MODEL_BUSY (429, with `retryAfterMs`), MUR_MODEL_DOWN (5xx, timeout, broken connection),
   * MUR_MODEL_REFUSED (other 4xx), MUR_MODEL_MALFORMED (a reply that is not readable), MUR_RUN_CANCELLED (signal)
   */
  complete(request: ChatRequest, options: CompleteOptions): Promise<ChatReply>
}

/** US dollars per million tokens, 0 or more. An unknown price is never taken for 0. */
export type UsdPerMillion = number | 'unknown'

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** A catalogue entry. Prices in US dollars per million tokens. */
export interface ModelProfile {
  readonly id: string
  readonly provider: string
  /** The name the provider knows the model by. */
  readonly model: string
  /**
   * What it can do: `chat`, `tools`, `structured`, `reasoning`, `vision`, `embeddings`, and how it wants to be asked:
   * `fixed_temperature` (refuses a temperature), `max_tokens` (a server that knows only the old name of the output limit).
   */
  readonly capabilities: readonly string[]
  readonly inputUsdPerMillion: UsdPerMillion
  readonly cachedInputUsdPerMillion: UsdPerMillion
  readonly outputUsdPerMillion: UsdPerMillion
  /** Input that the provider writes into its cache; unset where that costs no more than other input. */
  readonly cacheWriteUsdPerMillion?: number
  /** Above `aboveInputTokens` the whole call costs so many times as much. */
  readonly longContext?: { readonly aboveInputTokens: number; readonly inputFactor: number; readonly outputFactor: number }
  /** Sent with every call; unset for models that do not know it. Models that think refuse a temperature. */
  readonly reasoningEffort?: ReasoningEffort
  /** The day (YYYY-MM-DD) on which the provider shuts it down. */
  readonly retiresOn?: string
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly typicalLatencyMs: number
  /** 1 (weakest) to 5. */
  readonly quality: number
}

/** A model that says which catalogue entry it is. */
export interface ProfiledModel extends ChatModel {
  readonly profile: ModelProfile
}
