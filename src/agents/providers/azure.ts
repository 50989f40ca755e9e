import type { ProfiledModel } from '../chat-model.ts'
import { clientSettings, createChatCompletionsModel } from './chat-completions.ts'
import type { OpenAiModelOptions } from './openai.ts'

/** `baseUrl` is the resource's, for example `https://NAME.openai.azure.com`; the profile's `model` is the deployment. */
export interface AzureModelOptions extends OpenAiModelOptions {
  /** Default `2024-10-21`, the last version that is generally available. */
  readonly apiVersion?: string | undefined
}

/** https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const stableApiVersion = '2024-10-21'

/**
 * A deployment of Azure OpenAI: `/openai/deployments/<model>/chat/completions?api-version=...` with an `api-key`
 * header. Azure's newer `/openai/v1` addresses need none of this: for them the kind is `openai`.
 */
export function createAzureModel(options: AzureModelOptions): ProfiledModel {
  const { profile, apiKey, baseUrl, timeoutMs, now, apiVersion = stableApiVersion } = options
  return createChatCompletionsModel({
    profile,
    apiKey,
    timeoutMs,
    now,
    async connect() {
      const { AzureOpenAI } = await import('openai/azure')
      return new AzureOpenAI({
        ...clientSettings(options.fetch),
        apiKey,
        apiVersion,
        endpoint: baseUrl.replace(/\/+$/, '').replace(/\/openai$/, ''),
        deployment: profile.model,
        // Unset, the SDK would read it from the environment and refuse both.
        baseURL: '',
      })
    },
  })
}
