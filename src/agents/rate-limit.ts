/** How much of one allowance is left, as a server said it. */
export interface Allowance {
  readonly remaining: number
  /** Undefined when the server does not say. */
  readonly limit: number | undefined
  /** From now on, until the whole allowance is there again. */
  readonly resetsInMs: number
}

/** What a server said of its rate limits with one answer; at least one of the two is there. */
export interface RateLimit {
  readonly requests: Allowance | undefined
  readonly tokens: Allowance | undefined
}

/**
 * Reads `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, which OpenAI, Azure, Groq, vLLM gateways and Hugging
 * Face's providers send. Azure sends -1 for "unknown" on some paths: such an allowance is left out.
 * https://developers.openai.com/api/docs/guides/rate-limits
 */
export function readRateLimit(headers: Headers, nowMs: number): RateLimit | undefined {
  const requests = readAllowance(headers, 'requests', nowMs)
  const tokens = readAllowance(headers, 'tokens', nowMs)
  return requests || tokens ? { requests, tokens } : undefined
}

function readAllowance(headers: Headers, what: 'requests' | 'tokens', nowMs: number): Allowance | undefined {
  const remaining = readCount(headers.get(`x-ratelimit-remaining-${what}`))
  const resetsInMs = readResetMs(headers.get(`x-ratelimit-reset-${what}`), nowMs)
  if (remaining === undefined || resetsInMs === undefined) return undefined
  return { remaining, limit: readCount(headers.get(`x-ratelimit-limit-${what}`)), resetsInMs }
}

function readCount(value: string | null): number | undefined {
  const count = value === null || value.trim() === '' ? Number.NaN : Number(value)
  return Number.isFinite(count) && count >= 0 ? count : undefined
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Larger plain numbers are moments, in seconds or milliseconds since 1970. */
const firstMomentSeconds = 1_000_000_000
const longestMs = 86_400_000

/** `6m0s`, `12ms` (OpenAI), `37` seconds (Azure), a moment since 1970 or a date; never above a day. */
function readResetMs(value: string | null, nowMs: number): number | undefined {
  const text = value?.trim() ?? ''
  if (text === '') return undefined
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? numberMs(Number(text), nowMs) : (durationMs(text) ?? Date.parse(text) - nowMs)
  return Number.isNaN(ms) ? undefined : Math.min(longestMs, Math.max(0, Math.ceil(ms)))
}

function numberMs(value: number, nowMs: number): number {
  if (value < firstMomentSeconds) return value * 1_000
  return (value < firstMomentSeconds * 1_000 ? value * 1_000 : value) - nowMs
}

function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined
  let ms = 0
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) ms += Number(amount) * (unitMs[unit] ?? 0)
  return ms
}
