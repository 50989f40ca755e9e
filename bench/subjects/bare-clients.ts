import { WebClient } from '@slack/web-api'
import { OpenAI } from 'openai'
import type { ChatCompletionCreateParams, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions'
import type { RecordedCall } from '../measure/call-recorder.ts'

/** The calls of one run, made by nothing but the vendors' own clients: what Murmur is compared with. */
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

/** Where a repetition of recorded Slack calls takes place. */
export interface SlackSpot {
  readonly channelId: string
  readonly threadId: string
}

type Fields = Readonly<Record<string, unknown>>

/** The Slack calls of one run, in its order and side by side where the run makes them side by side. */
export class BareSlack {
  readonly #client: WebClient
  readonly #calls: readonly RecordedCall[]

  constructor(options: { readonly apiUrl: string; readonly botToken: string }, calls: readonly RecordedCall[]) {
    this.#client = new WebClient(options.botToken, { slackApiUrl: options.apiUrl, retryConfig: { retries: 0 } })
    this.#calls = calls
  }

  /** The sign of life: everything before the answer's own message. */
  begin(spot: SlackSpot): Promise<unknown> {
    return Promise.all(this.#decorations(true).map((call) => this.#send(call, spot)))
  }

  /** The answer's message, opened, grown and ended, then the end of the session. */
  async finish(spot: SlackSpot): Promise<void> {
    let ts: string | undefined
    for (const call of this.#calls.filter((each) => isMessage(each))) {
      const answer = await this.#send(call, spot, ts)
      ts ??= answer['ts'] as string | undefined
    }
    await Promise.all(this.#decorations(false).map((call) => this.#send(call, spot)))
  }

  #decorations(isBefore: boolean): RecordedCall[] {
    const first = this.#calls.findIndex((call) => isMessage(call))
    return this.#calls.filter((call, index) => !isMessage(call) && index < first === isBefore)
  }

  async #send({ path, body }: RecordedCall, { channelId, threadId }: SlackSpot, ts?: string): Promise<Fields> {
    const place = {
      ...('channel' in body ? { channel: channelId } : {}),
      ...('channel_id' in body ? { channel_id: channelId } : {}),
      ...('thread_ts' in body ? { thread_ts: threadId } : {}),
      ...('ts' in body ? { ts } : {}),
    }
    const { token: _, ...fields } = body
    return { ...(await this.#client.apiCall(methodOf(path), { ...fields, ...place })) }
  }
}

const methodOf = (path: string): string => path.split('/').at(-1) ?? ''
const isMessage = ({ path }: RecordedCall): boolean => methodOf(path).startsWith('chat.')
