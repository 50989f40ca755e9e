import type { ModelProfile, ProfiledModel } from '../chat-model.ts'
import { clientSettings, createChatCompletionsModel } from './chat-completions.ts'

export interface OpenAiModelOptions {
  readonly profile: ModelProfile
  /** May be any text for servers that ask for none. */
  readonly apiKey: string
  readonly baseUrl: string
  /**
   * To the first byte and between two pieces, not in all. Default 30,000, and 120,000 for models that think before they
   * speak; an answer that is not streamed gets 20 ms more for each token it may have, because its first byte comes
   * last.
   */
  readonly timeoutMs?: number | undefined
  readonly now: () => number
  readonly fetch?: typeof fetch
}

/** A chat model behind OpenAI or any server that speaks its Chat Completions API. */
export function createOpenAiModel(options: OpenAiModelOptions): ProfiledModel {
  const { profile, apiKey, baseUrl, timeoutMs, now } = options
  return createChatCompletionsModel({
    profile,
    apiKey,
    timeoutMs,
    now,
    async connect() {
      // `openai/client` leaves Azure, Bedrock and helpers out.
      const { OpenAI } = await import('openai/client')
      return new OpenAI({ ...clientSettings(options.fetch), apiKey, baseURL: baseUrl })
    },
  })
}
