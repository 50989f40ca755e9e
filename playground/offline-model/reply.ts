/** One function call that the model asks its caller to make. */
export interface ToolCall {
  readonly name: string
  /** An object is written as JSON; a string is sent as it is, so that a test can send broken arguments. */
  readonly arguments: object | string
  /** Default: made from the number of the request. */
  readonly id?: string
}

/** Token counts that a scripted reply wants reported instead of the counted ones. */
export interface ReplyUsage {
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly cachedTokens?: number
}

/** What the offline model says to one chat request, before it is put on the wire. All parts are optional. */
export interface Reply {
  readonly text?: string
  /** Written as JSON into the content; wins over `text`. */
  readonly json?: unknown
  readonly toolCalls?: readonly ToolCall[]
  /** A refusal in the sense of structured outputs: content is null then. */
  readonly refusal?: string
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter'
  readonly usage?: ReplyUsage
  /** Answer with this HTTP error instead. */
  readonly error?: {
    readonly status: number
    readonly message?: string
    readonly code?: string
    readonly type?: string
    readonly retryAfterSeconds?: number
  }
  /** Waits this long before the first byte, beside `latencyMs` of the server. */
  readonly delayMs?: number
}
