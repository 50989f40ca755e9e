import { MurmurError } from '../../errors.ts'
import type { ExchangeAnswer } from './slack-exchange.ts'

type Fields = Readonly<Record<string, unknown>>

/** Slack says "ask again" with these although the status is 200; whether the call took effect is unknown. */
const ambiguousReasons = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'unreadable_answer'])

/** Slack surely did nothing, and the same call may work later. */
const busyReasons = new Set(['ratelimited', 'rate_limited', 'request_timeout'])

const secondMs = 1_000

/**
 * What Slack answered to a call.
 * @throws {MurmurError} MUR_SLACK_BUSY {method, reason, retryAfterMs?, isAmbiguous}; MUR_SLACK_REJECTED {method, reason,
 * needed?} when Slack said no
 */
export function readAnswer(method: string, answer: ExchangeAnswer): Fields {
  const { status, headers, text } = answer
  if (status === 429) throw busyError(method, 'ratelimited', { isAmbiguous: false, retryAfterMs: readRetryAfterMs(headers['retry-after']) })
  if (status !== 200) throw fromStatus(method, status)
  const body = readJson(text)
  if (body?.['ok'] !== true) throw fromRefusal(method, body ?? {}, headers['retry-after'])
  return body
}

export function busyError(method: string, reason: string, { cause, ...facts }: { isAmbiguous: boolean; retryAfterMs?: number; cause?: unknown }): MurmurError {
  return new MurmurError('MUR_SLACK_BUSY', { method, reason, retryAfterMs: facts.retryAfterMs, isAmbiguous: facts.isAmbiguous }, { cause })
}

function fromRefusal(method: string, body: Fields, retryAfter: string | undefined): MurmurError {
  // A proxy's HTML page is no JSON, and only what looks like a code of Slack's is taken for one.
  const found = String(body['error'] ?? '')
  const reason = /^[a-z0-9_.-]{1,80}$/i.test(found) ? found : 'unreadable_answer'
  if (ambiguousReasons.has(reason)) return busyError(method, reason, { isAmbiguous: true })
  if (busyReasons.has(reason)) return busyError(method, reason, { isAmbiguous: false, retryAfterMs: readRetryAfterMs(retryAfter) })
  const needed = typeof body['needed'] === 'string' ? body['needed'].slice(0, 200) : undefined
  return new MurmurError('MUR_SLACK_REJECTED', { method, reason, needed })
}

function fromStatus(method: string, status: number): MurmurError {
  const reason = `http_${status}`
  if ((status >= 500 && status !== 501) || status === 408) return busyError(method, reason, { isAmbiguous: true })
  return new MurmurError('MUR_SLACK_REJECTED', { method, reason })
}

/** One second, as Slack's own clients assume, where it does not say. */
function readRetryAfterMs(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) * secondMs : secondMs
}

function readJson(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined
  } catch {
    return undefined
  }
}
