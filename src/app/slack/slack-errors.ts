import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { MurmurError } from '../../errors.ts'
import { ExchangeError } from './slack-exchange.ts'

/** Slack says "ask again" with these although the status is 200; whether the call took effect is unknown. */
const ambiguousReasons = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'unreadable_answer'])

/** Slack surely did nothing, and the same call may work later. */
const busyReasons = new Set(['ratelimited', 'rate_limited', 'request_timeout'])

/** A method, scope or feature that this workspace does not have; asking again right away is pointless. */
const missingFeatureReasons = new Set([
  'missing_scope',
  'unknown_method',
  'method_not_supported',
  'method_not_supported_for_channel_type',
  'not_allowed_token_type',
  'team_access_not_granted',
  'no_permission',
  'not_authorized',
  'feature_not_enabled',
  'feature_disabled',
  'not_supported',
  'method_deprecated',
  'deprecated_endpoint',
  'ekm_access_denied',
  'http_404',
  'http_405',
  'http_501',
])

/** The connection was never made, so nothing was sent. */
const neverSentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT'])

const secondMs = 1_000

/**
 * Turns whatever a Web API call threw into one of our errors.
 * @returns MUR_SLACK_BUSY {method, reason, retryAfterMs?, isAmbiguous} when it makes sense to try again;
 * `isAmbiguous` is true when the call may have taken effect all the same. MUR_SLACK_REJECTED {method, reason,
 * needed?} when Slack said no. Our own errors pass unchanged
 */
export function toSlackError(method: string, error: unknown): MurmurError {
  if (error instanceof MurmurError) return error
  if (error instanceof WebAPIRateLimitedError) {
    return busy(method, 'ratelimited', { cause: error, isAmbiguous: false, retryAfterMs: error.retryAfter * secondMs })
  }
  if (error instanceof WebAPIPlatformError) return fromPlatform(method, error)
  if (error instanceof WebAPIHTTPError) return fromStatus(method, error)
  if (error instanceof WebAPIRequestError) return fromRequest(method, error)
  // What is left comes from reading the body (a cut connection, our timeout): the call was sent, its outcome unknown.
  return busy(method, nameOf(error), { cause: error, isAmbiguous: true })
}

/** True when the workspace lacks the scope, method or feature that a call needs. */
export function isMissingFeature(error: unknown): boolean {
  return hasReason(error, missingFeatureReasons)
}

/** True when Slack refused a call for one of these reasons. */
export function isRejectedFor(error: unknown, ...reasons: readonly string[]): boolean {
  return hasReason(error, new Set(reasons))
}

/** True when the failed call may have taken effect. */
export function isAmbiguous(error: unknown): boolean {
  return error instanceof MurmurError && error.code === 'MUR_SLACK_BUSY' && error.details['isAmbiguous'] === true
}

/** How long Slack asked to wait; undefined when it did not say. */
export function retryAfterMsOf(error: unknown): number | undefined {
  const wait =
    error instanceof MurmurError && error.code === 'MUR_SLACK_BUSY' ? error.details['retryAfterMs'] : undefined
  return typeof wait === 'number' ? wait : undefined
}

function hasReason(error: unknown, reasons: ReadonlySet<string>): boolean {
  return (
    error instanceof MurmurError && error.code === 'MUR_SLACK_REJECTED' && reasons.has(String(error.details['reason']))
  )
}

interface BusyFacts {
  readonly cause: unknown
  readonly isAmbiguous: boolean
  readonly retryAfterMs?: number
}

function busy(method: string, reason: string, { cause, isAmbiguous, retryAfterMs }: BusyFacts): MurmurError {
  return new MurmurError('MUR_SLACK_BUSY', { method, reason, retryAfterMs, isAmbiguous }, { cause })
}

function fromPlatform(method: string, error: WebAPIPlatformError): MurmurError {
  // A proxy's HTML page ends up here as `error`, so only what looks like a code of Slack's is taken for one.
  const found = String(error.data.error)
  const reason = /^[a-z0-9_.-]{1,80}$/i.test(found) ? found : 'unreadable_answer'
  if (ambiguousReasons.has(reason)) return busy(method, reason, { cause: error, isAmbiguous: true })
  if (busyReasons.has(reason)) {
    const retryAfterS = error.data.response_metadata?.retryAfter
    const retryAfterMs = typeof retryAfterS === 'number' ? retryAfterS * secondMs : secondMs
    return busy(method, reason, { cause: error, isAmbiguous: false, retryAfterMs })
  }
  const needed =
    'needed' in error.data && typeof error.data.needed === 'string' ? error.data.needed.slice(0, 200) : undefined
  return new MurmurError('MUR_SLACK_REJECTED', { method, reason, needed }, { cause: error })
}

function fromStatus(method: string, error: WebAPIHTTPError): MurmurError {
  const reason = `http_${error.statusCode}`
  if ((error.statusCode >= 500 && error.statusCode !== 501) || error.statusCode === 408) {
    return busy(method, reason, { cause: error, isAmbiguous: true })
  }
  return new MurmurError('MUR_SLACK_REJECTED', { method, reason }, { cause: error })
}

function fromRequest(method: string, error: WebAPIRequestError): MurmurError {
  const code = error.original instanceof ExchangeError ? error.original.code : nameOf(error.original)
  return busy(method, code, { cause: error, isAmbiguous: !neverSentCodes.has(code) })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name.slice(0, 80) : 'unknown'
}
