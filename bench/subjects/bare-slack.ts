import { WebClient } from '@slack/web-api'
import type { RecordedCall } from '../measure/call-recorder.ts'

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
