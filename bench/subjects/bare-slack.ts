import { WebClient } from '@slack/web-api'

/** A call of the Web API as the server saw it. */
export interface SlackCall {
  readonly method: string
  readonly args: Readonly<Record<string, unknown>>
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
  readonly #calls: readonly SlackCall[]

  constructor(options: { readonly apiUrl: string; readonly botToken: string }, calls: readonly SlackCall[]) {
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

  #decorations(isBefore: boolean): SlackCall[] {
    const first = this.#calls.findIndex((call) => isMessage(call))
    return this.#calls.filter((call, index) => !isMessage(call) && index < first === isBefore)
  }

  async #send({ method, args }: SlackCall, { channelId, threadId }: SlackSpot, ts?: string): Promise<Fields> {
    const place = {
      ...('channel' in args ? { channel: channelId } : {}),
      ...('channel_id' in args ? { channel_id: channelId } : {}),
      ...('thread_ts' in args ? { thread_ts: threadId } : {}),
      ...('ts' in args ? { ts } : {}),
    }
    return { ...(await this.#client.apiCall(method, { ...args, ...place })) }
  }
}

const isMessage = ({ method }: SlackCall): boolean => method.startsWith('chat.')
