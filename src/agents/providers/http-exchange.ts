import { MurmurError } from '../../errors.ts'
import type { ChatReply, ChatRequest, CompleteOptions, ModelProfile } from '../chat-model.ts'
import { readRateLimit } from '../rate-limit.ts'
import { CallWatch } from './call-watch.ts'
import { toModelError } from './openai-errors.ts'
import { type Answered, toChatReply } from './openai-reply.ts'

/** What models behind a plain HTTP API are made with. */
export interface HttpModelOptions {
  readonly profile: ModelProfile
  /** Sent as a bearer token; empty: no such header. */
  readonly apiKey: string
  readonly baseUrl: string
  /** To the first byte and between two pieces; each provider has its default. */
  readonly timeoutMs?: number | undefined
  readonly now: () => number
  readonly fetch?: typeof fetch
}

/** One call of a server that no SDK speaks to. */
export interface HttpExchange {
  readonly url: string
  readonly contentType: string
  readonly body: string
  readonly firstByteMs: number
  readonly quietMs: number
  readonly read: (response: Response, watch: CallWatch) => Promise<Answered>
}

/** A refusal, in the form that {@link toModelError} reads. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal'
  readonly status: number
  readonly headers: Headers | undefined
  readonly error: { readonly message: string }

  constructor(status: number, message: string, headers?: Headers) {
    super(`HTTP ${status}`)
    this.status = status
    this.headers = headers
    this.error = { message: message.slice(0, 2_000) }
  }
}

/** Makes one call and names its outcome: a reply, or one of our errors. */
export async function exchangeOverHttp(
  model: HttpModelOptions,
  request: ChatRequest,
  options: CompleteOptions,
  exchange: HttpExchange,
): Promise<ChatReply> {
  if (options.signal.aborted) throw new MurmurError('MUR_RUN_CANCELLED')
  const startedAtMs = model.now()
  const watch = new CallWatch(options.signal, exchange.firstByteMs, exchange.quietMs)
  try {
    const response = await post(model, exchange, watch.signal)
    const limit = options.onRateLimit && readRateLimit(response.headers, model.now())
    if (limit) options.onRateLimit?.(limit)
    if (!response.ok) throw new HttpRefusal(response.status, readMessage(await response.text()), response.headers)
    const answered = await exchange.read(response, watch)
    return toChatReply(model.profile, request, answered, model.now() - startedAtMs)
  } catch (error) {
    throw toModelError(watch.verdict() ?? error, model.profile, model.apiKey, model.now())
  } finally {
    watch.stop()
  }
}

function post({ apiKey, fetch: send = fetch }: HttpModelOptions, exchange: HttpExchange, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'content-type': exchange.contentType }
  if (apiKey !== '') headers['authorization'] = `Bearer ${apiKey}`
  // A redirect would carry prompt and key to an address that nobody configured.
  return send(exchange.url, { method: 'POST', headers, body: exchange.body, signal, redirect: 'error' })
}

/** `{ "error": "..." }` where there is one, else the start of the page. */
function readMessage(text: string): string {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') return body.error
  } catch {
    // Proxies answer with pages.
  }
  return text
}
