import { MurmurError } from '../../errors.ts'
import type { ModelProfile } from '../chat-model.ts'
import { ErrorInReply } from './openai-reply.ts'
import type { Refusal } from './wire-dialect.ts'

type Fields = Readonly<Record<string, unknown>>

interface ApiFailure extends Refusal {
  readonly code: string
  readonly type: string
  readonly headers: Headers | undefined
}

/** Codes of errors that come inside a stream, where there is no status any more. */
const busyCodes: ReadonlySet<string> = new Set(['rate_limit_exceeded', 'rate_limit_error', 'overloaded_error'])
const longCodes: ReadonlySet<string> = new Set(['context_length_exceeded', 'string_above_max_length'])
/** How vLLM, Ollama and text-generation-inference say the same, which have no code for it. */
const longMessage =
  /maximum context length|exceeds the (?:available )?context|`inputs` (?:tokens|must have less)|maximum length exceeded/i
/** 424 is how text-generation-inference says that the generation failed; 408 and 409 ask to try again. */
const downStatuses: ReadonlySet<number> = new Set([408, 409, 424])

/**
 * Reads what a server said when it refused, from the SDK's error or from an error where an answer was due.
 * The SDK's is recognised by shape, so that this file does not load it.
 */
export function readFailure(error: unknown): ApiFailure | undefined {
  if (!isFields(error) || !('status' in error || 'code' in error || 'error' in error)) return undefined
  const inner = isFields(error['error']) ? error['error'] : error
  const read = (name: string): string => {
    const value = inner[name] ?? error[name]
    return typeof value === 'string' ? value : ''
  }
  return {
    status: readStatus(error['status']) ?? readStatus(inner['code']),
    param: read('param'),
    code: read('code'),
    type: read('type'),
    message: typeof inner['message'] === 'string' ? inner['message'] : '',
    headers: error['headers'] instanceof Headers ? error['headers'] : undefined,
  }
}

/**
 * Every failure of a call as one of our errors, with provider, status and a short reason that holds neither key nor
 * request.
 * @param nowMs for a Retry-After that names a date
 */
export function toModelError(error: unknown, profile: ModelProfile, apiKey: string, nowMs: number): MurmurError {
  if (error instanceof MurmurError) return withProvider(error, profile)
  const failure = readFailure(error)
  const provider = profile.provider
  if (failure === undefined || (failure.status === undefined && !(error instanceof ErrorInReply)))
    return connectionError(error, provider)
  const { status, code, type } = failure
  const reason = shortReason(code || type, failure.message, apiKey)
  if (isTooLong(failure)) {
    return new MurmurError(
      'MUR_INPUT_TOO_LONG',
      { limit: profile.contextTokens, unit: 'tokens', provider },
      { cause: error },
    )
  }
  // An empty account answers 429 as well, but waiting does not fill it.
  if (code === 'insufficient_quota') return refused(provider, status ?? 429, code, error)
  if (status === 429 || (status === undefined && busyCodes.has(code || type))) {
    const retryAfterMs = readRetryAfterMs(failure.headers, nowMs)
    return new MurmurError(
      'MUR_MODEL_BUSY',
      { provider, status: status ?? 429, reason, retryAfterMs },
      { cause: error },
    )
  }
  if (status === undefined || status >= 500 || downStatuses.has(status)) {
    const retryAfterMs = readRetryAfterMs(failure.headers, nowMs)
    return new MurmurError(
      'MUR_MODEL_DOWN',
      { provider, status, reason: reason || 'no reason given', retryAfterMs },
      { cause: error },
    )
  }
  return refused(provider, status, reason, error)
}

function isTooLong({ status, code, message }: ApiFailure): boolean {
  if (longCodes.has(code)) return true
  return (status === 400 || status === 413 || status === 422) && longMessage.test(message)
}

/** `retry-after-ms` first (finer), then `retry-after` in seconds or as a date. */
export function readRetryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const millis = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(millis) && millis >= 0) return Math.ceil(millis)
  const after = headers?.get('retry-after')
  if (!after) return undefined
  const seconds = Number(after)
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1_000) : undefined
  const date = Date.parse(after)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

/** Gateways repeat the status of the server behind them as the code of an error inside a stream. */
function readStatus(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 400 && value <= 599 ? value : undefined
}

function withProvider(error: MurmurError, profile: ModelProfile): MurmurError {
  if (error.details['provider'] !== undefined || !error.code.startsWith('MUR_MODEL_')) return error
  return new MurmurError(error.code, { ...error.details, provider: profile.provider }, { cause: error })
}

/** Broken connections carry the system's code somewhere down the chain of causes. */
function connectionError(error: unknown, provider: string): MurmurError {
  let code = ''
  for (let cause: unknown = error, depth = 0; isFields(cause) && depth < 5; cause = cause['cause'], depth++) {
    if (typeof cause['code'] === 'string') code = cause['code']
  }
  return new MurmurError(
    'MUR_MODEL_DOWN',
    { provider, reason: code === '' ? 'connection failed' : `connection failed, ${code}` },
    { cause: error },
  )
}

function refused(provider: string, status: number | undefined, reason: string, cause: unknown): MurmurError {
  return new MurmurError('MUR_MODEL_REFUSED', { provider, status, reason }, { cause })
}

/** The code and the start of the sentence; keys, long tokens and quoted request text taken out. */
function shortReason(code: string, message: string, apiKey: string): string {
  let clean = message
  if (apiKey.length >= 4) clean = clean.replaceAll(apiKey, '[key]')
  clean = clean
    .replace(/\b(?:(?:sk|pk)[-_][\w*.-]{4,}|key-[\w*.-]{8,}|Bearer\s+\S+)/gi, '[key]')
    .replace(/(["'`])(?:(?!\1).){41,}\1/gs, '[text]')
    .replace(/\b[\w+/=-]{33,}/g, '[token]')
    .replace(/\s+/g, ' ')
  return [code, clean.slice(0, 160)].filter((part) => part !== '').join(': ')
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
