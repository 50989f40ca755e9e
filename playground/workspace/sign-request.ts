import { createHmac } from 'node:crypto'

/** How a delivery is signed; all but `valid` are for tests of the app's checks. */
export type Signature = 'valid' | 'forged' | 'stale' | 'none'

/** Bolt refuses what is older than five minutes. */
const STALE_SECONDS = 600

/**
 * Slack's signature headers: HMAC-SHA256 over `v0:<time>:<raw body>`
 * (docs.slack.dev/authentication/verifying-requests-from-slack).
 * @param nowMs real time, because the app compares it with its own clock
 */
export function signRequest(
  secret: string,
  body: string,
  nowMs: number,
  signature: Signature = 'valid',
): { readonly [header: string]: string } {
  if (signature === 'none') return {}
  const seconds = Math.floor(nowMs / 1000) - (signature === 'stale' ? STALE_SECONDS : 0)
  const key = signature === 'forged' ? `${secret}-forged` : secret
  const digest = createHmac('sha256', key).update(`v0:${seconds}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${digest}` }
}
