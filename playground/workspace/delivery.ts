import type { JsonObject } from './json-object.ts'

/** What Slack sends to the app: an event, a slash command or an interaction. */
export interface Outgoing {
  readonly kind: 'event' | 'command' | 'interaction'
  /** event type, command word, or interaction type */
  readonly type: string
  readonly payload: JsonObject
}

/** How the app answered. */
export interface Delivery {
  readonly kind: 'event' | 'command' | 'interaction' | 'raw'
  readonly type: string
  readonly eventId?: string
  /** 0 when there was no answer */
  readonly httpStatus: number
  /** answered with 2xx in time */
  readonly ok: boolean
  readonly latencyMs: number
  readonly attempts: number
  readonly error?: 'http_timeout' | 'http_error' | 'connection_failed' | 'not_connected'
  /** parsed JSON, or the text of the answer; undefined when it was empty */
  readonly body?: unknown
}

/** One attempt on the wire. */
export interface Answer {
  readonly httpStatus: number
  readonly error?: NonNullable<Delivery['error']>
  readonly text: string
  readonly isRetryRefused?: boolean
}
