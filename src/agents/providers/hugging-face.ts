import type { ProfiledModel } from '../chat-model.ts'
import { clientSettings, createChatCompletionsModel } from './chat-completions.ts'
import type { OpenAiModelOptions } from './openai.ts'

/**
 * A model on Hugging Face: the router over its inference providers (`https://router.huggingface.co/v1`), a dedicated
 * endpoint, or a text-generation-inference server (TGI) of one's own. All speak Chat Completions under `/v1`; what TGI
 * says otherwise is handled here and by the dialect: a schema under `value`, 424 for a failed generation, 422 for a
 * prompt that is too long. TGI serves one model, whatever `model` says.
 */
export function createHuggingFaceModel(options: OpenAiModelOptions): ProfiledModel {
  const { profile, apiKey, timeoutMs, now } = options
  const base = options.baseUrl.replace(/\/+$/, '')
  const isRouter = /^https?:\/\/router\.huggingface\.co(?:[:/]|$)/.test(base)
  return createChatCompletionsModel({
    profile,
    apiKey,
    now,
    // An endpoint that slept may take so long to the first byte; until then it mostly answers 503.
    timeoutMs: timeoutMs ?? (isRouter ? undefined : 120_000),
    // https://github.com/huggingface/text-generation-inference/blob/main/router/src/lib.rs, MessageBody: text or calls
    dialect: { saysTextBesideCalls: isRouter },
    async connect() {
      const { OpenAI } = await import('openai/client')
      const baseURL = /\/v\d+$/.test(base) ? base : `${base}/v1`
      return new OpenAI({ ...clientSettings(options.fetch), apiKey, baseURL })
    },
  })
}
