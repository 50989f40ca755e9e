import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChangeFeed } from './change-feed.ts'
import type { Answer, Delivery, Outgoing } from './delivery.ts'
import type { FaultSwitches } from './fault-switches.ts'
import { asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { postToApp } from './post-to-app.ts'
import { signRequest } from './sign-request.ts'
import type { Signature } from './sign-request.ts'

/** Carries deliveries over Socket Mode while the app holds a connection. */
export interface SocketPort {
  readonly isConnected: boolean
  send(outgoing: Outgoing, retry: RetryNote | undefined, timeoutMs: number): Promise<Answer>
}

/** Slack's note on a repeated delivery. */
export interface RetryNote {
  readonly num: number
  readonly reason: string
}

export interface AppLinkOptions {
  readonly signingSecret: string
  readonly ackMs: number
  /** Pauses before the retries; its length is how many there are. Slack waits 0, 60 and 300 s. */
  readonly retryDelaysMs: readonly number[]
  readonly isRetrying: boolean
  readonly wallClock: () => number
}

/** A delivery as a test spells it out, signed or not. */
export interface RawDelivery {
  readonly body: JsonObject | string
  readonly contentType?: string
  readonly signature?: Signature
  readonly headers?: { readonly [name: string]: string }
}

/** The way to the app: signed posts with a deadline, retries and deliberate duplicates. */
export class AppLink {
  readonly #options: AppLinkOptions
  readonly #faults: FaultSwitches
  readonly #changes: ChangeFeed
  readonly #socket: SocketPort
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 })
  readonly #closing = new AbortController()
  #appUrl: string | undefined

  constructor(options: AppLinkOptions, faults: FaultSwitches, changes: ChangeFeed, socket: SocketPort) {
    this.#options = options
    this.#faults = faults
    this.#changes = changes
    this.#socket = socket
  }

  connect(appUrl: string): void {
    this.#appUrl = appUrl.replace(/\/+$/, '')
  }

  /** Base address of the app, once it is connected. */
  get appUrl(): string | undefined {
    return this.#appUrl
  }

  /** Delivers once, with retries for events. A `duplicate_delivery` fault sends the event a second time beside it. */
  async deliver(outgoing: Outgoing, isRetrying = this.#options.isRetrying): Promise<Delivery[]> {
    if (outgoing.kind !== 'event') return [await this.#attempt(outgoing, undefined)]
    const isDoubled = this.#faults.takeWorkspaceFault('duplicate_delivery')
    const first = isRetrying ? this.#attemptWithRetries(outgoing) : this.#attempt(outgoing, undefined)
    const deliveries = [first]
    if (isDoubled) deliveries.push(this.#attempt(outgoing, { num: 1, reason: 'http_timeout' }))
    return Promise.all(deliveries)
  }

  /** Sends exactly what a test asks for, always over HTTP. */
  async deliverRaw(raw: RawDelivery): Promise<Delivery> {
    const body = typeof raw.body === 'string' ? raw.body : JSON.stringify(raw.body)
    const headers = {
      'content-type': raw.contentType ?? 'application/json',
      ...signRequest(this.#options.signingSecret, body, this.#options.wallClock(), raw.signature),
      ...raw.headers,
    }
    const startedMs = performance.now()
    return this.#report('raw', 'raw', undefined, 1, await this.#post(body, headers), startedMs)
  }

  /** Ends pauses between retries and what is under way. */
  close(): void {
    this.#closing.abort()
    this.#agent.destroy()
  }

  async #attemptWithRetries(outgoing: Outgoing): Promise<Delivery> {
    let delivery = await this.#attempt(outgoing, undefined)
    for (const [index, delayMs] of this.#options.retryDelaysMs.entries()) {
      if (delivery.ok || delivery.body === NO_RETRY) break
      await pause(delayMs, undefined, { signal: this.#closing.signal }).catch(() => {})
      if (this.#closing.signal.aborted) break
      delivery = await this.#attempt(outgoing, { num: index + 1, reason: delivery.error ?? 'unknown_error' })
    }
    return delivery
  }

  async #attempt(outgoing: Outgoing, retry: RetryNote | undefined): Promise<Delivery> {
    const startedMs = performance.now()
    const answer = this.#socket.isConnected
      ? await this.#socket.send(outgoing, retry, this.#options.ackMs)
      : await this.#postOutgoing(outgoing, retry)
    const delivery = this.#report(
      outgoing.kind,
      outgoing.type,
      asText(outgoing.payload.event_id),
      (retry?.num ?? 0) + 1,
      answer,
      startedMs,
    )
    this.#changes.publish({ type: 'delivery', delivery })
    return delivery
  }

  #postOutgoing(outgoing: Outgoing, retry: RetryNote | undefined): Promise<Answer> {
    const body = encode(outgoing)
    return this.#post(body, {
      'content-type': outgoing.kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded',
      ...signRequest(this.#options.signingSecret, body, this.#options.wallClock()),
      ...(retry === undefined ? {} : { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason }),
    })
  }

  async #post(body: string, headers: { readonly [name: string]: string }): Promise<Answer> {
    if (this.#appUrl === undefined) return { httpStatus: 0, error: 'not_connected', text: '' }
    return postToApp(`${this.#appUrl}/slack/events`, body, headers, this.#agent, this.#options.ackMs)
  }

  #report(
    kind: Delivery['kind'],
    type: string,
    eventId: string | undefined,
    attempts: number,
    answer: Answer,
    startedMs: number,
  ): Delivery {
    const body = answer.isRetryRefused === true && answer.error !== undefined ? NO_RETRY : parse(answer.text)
    return {
      kind,
      type,
      httpStatus: answer.httpStatus,
      ok: answer.error === undefined,
      latencyMs: performance.now() - startedMs,
      attempts,
      ...(eventId === undefined ? {} : { eventId }),
      ...(answer.error === undefined ? {} : { error: answer.error }),
      ...(body === undefined ? {} : { body }),
    }
  }
}

/** Body of a failed delivery whose answer had `X-Slack-No-Retry: 1`. */
const NO_RETRY = 'no_retry'

function encode(outgoing: Outgoing): string {
  switch (outgoing.kind) {
    case 'event':
      return JSON.stringify(outgoing.payload)
    case 'interaction':
      return new URLSearchParams({ payload: JSON.stringify(outgoing.payload) }).toString()
    case 'command':
      return new URLSearchParams(
        Object.entries(outgoing.payload).map(([name, value]) => [name, String(value)]),
      ).toString()
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
