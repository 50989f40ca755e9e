import { OpenAI } from 'openai'
import type { ChatCompletionCreateParams, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions'
import type { RecordedCall } from '../measure/call-recorder.ts'

/** The model calls of one run, made by nothing but the vendor's own client: what Murmur is compared with. */
export class BareModel {
  readonly #client: OpenAI

  constructor(baseURL: string) {
    this.#client = new OpenAI({ baseURL, apiKey: 'bench', maxRetries: 0 })
  }

  /** Makes a recorded call again in the same mode, and reads the answer to its end. */
  async complete({ body }: RecordedCall): Promise<string> {
    const params = body as unknown as ChatCompletionCreateParams
    if (params.stream !== true) return (await this.#client.chat.completions.create({ ...params, stream: false })).choices[0]?.message.content ?? ''
    let text = ''
    for await (const chunk of await this.#client.chat.completions.create(params satisfies ChatCompletionCreateParamsStreaming)) {
      text += chunk.choices[0]?.delta.content ?? ''
    }
    return text
  }
}
