import { MurmurError } from '../../errors.ts'
import { busyError } from './read-answer.ts'
import { ExchangeError } from './slack-exchange.ts'

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

/**
 * Turns whatever a Web API call threw into one of our errors; our own pass unchanged.
 * @returns MUR_SLACK_BUSY {method, reason, retryAfterMs?, isAmbiguous} when it makes sense to try again; `isAmbiguous` is
 * true when the call may have taken effect all the same
 */
export function toSlackError(method: string, error: unknown): MurmurError {
  if (error instanceof MurmurError) return error
  const reason = error instanceof ExchangeError ? error.code : error instanceof Error ? error.name.slice(0, 80) : 'unknown'
  return busyError(method, reason, { cause: error, isAmbiguous: !neverSentCodes.has(reason) })
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
