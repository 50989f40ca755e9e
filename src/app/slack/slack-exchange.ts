import { Agent as HttpAgent, request as requestHttp, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { FetchFunction } from '@slack/web-api'

type FetchRequest = NonNullable<Parameters<FetchFunction>[1]>
type FetchResponse = Awaited<ReturnType<FetchFunction>>

/** Makes what a WebClient sends its calls with; each exchange may take so long. */
export type SlackExchange = (timeoutMs: number) => FetchFunction

const maxConnections = 100
/** An idle connection is closed before the other side closes it under a call. */
const longestIdleMs = 4_000
/** Far above the largest page of messages. */
const mostAnswerCharacters = 32_000_000
/** What Slack's own clients assume for a 429 that does not say how long to wait. */
const usualWaitSeconds = '1'

/** An HTTP exchange that ended without an answer; `code` as the network or the timeout named it. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: string

  constructor(code: string, cause?: unknown) {
    super(`The exchange failed: ${code}`, { cause })
    this.code = code
  }
}

/**
 * HTTP exchanges over connections that all clients share. By Node's plain client, because `fetch` takes four times the
 * CPU for each of the half dozen calls of a run (`npm run bench`), and WebClient's timeout leaves a timer behind for each.
 */
export function createSlackExchange(): SlackExchange {
  const settings = { keepAlive: true, maxSockets: maxConnections, timeout: longestIdleMs }
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) }
  return (timeoutMs) => (url, init) => exchange(new URL(url), init ?? {}, timeoutMs, agents)
}

function exchange(url: URL, { method = 'GET', headers = {}, body }: FetchRequest, timeoutMs: number, agents: { http: HttpAgent; https: HttpsAgent }): Promise<FetchResponse> {
  // A file upload would need more; no call of ours sends one.
  if (body !== undefined && typeof body !== 'string') return Promise.reject(new ExchangeError('FORM_DATA_NOT_SENT'))
  const isSecure = url.protocol === 'https:'
  const options: RequestOptions = {
    agent: isSecure ? agents.https : agents.http,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
  }
  const { promise, resolve, reject } = Promise.withResolvers<FetchResponse>()
  const fail = (error: unknown): void => reject(error instanceof ExchangeError ? error : new ExchangeError(codeOf(error), error))
  const call = (isSecure ? requestHttps : requestHttp)(options, (response) => {
    readWhole(response, (text) => resolve(asFetchResponse(response, text, url)), fail)
  })
  // What was not even connected was surely not sent.
  const timer = setTimeout(() => call.destroy(new ExchangeError(call.socket?.connecting === false ? 'TimeoutError' : 'CONNECT_TIMEOUT')), timeoutMs)
  call.once('close', () => clearTimeout(timer))
  call.once('error', fail)
  call.end(body)
  return promise
}

function readWhole(response: IncomingMessage, onText: (text: string) => void, onError: (error: unknown) => void): void {
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (piece: string) => {
    text += piece
    if (text.length > mostAnswerCharacters) response.destroy(new ExchangeError('ANSWER_TOO_LONG'))
  })
  response.once('end', () => onText(text))
  // Also for a connection that breaks before the end.
  response.once('error', onError)
}

function asFetchResponse({ statusCode: status = 0, statusMessage: statusText = '', headers }: IncomingMessage, text: string, url: URL): FetchResponse {
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText,
    url: url.href,
    headers: { get: (name) => readHeader(headers, name.toLowerCase(), status), entries: () => Object.entries(headers).map(([name, value]) => [name, String(value)]) },
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  }
}

/** WebClient takes a 429 without a usable Retry-After for a nameless error, so it gets one. */
function readHeader(headers: IncomingHttpHeaders, name: string, status: number): string | null {
  const value = headers[name]
  if (status === 429 && name === 'retry-after' && !/^\d+$/.test(String(value))) return usualWaitSeconds
  return value === undefined ? null : String(value)
}

function codeOf(error: unknown): string {
  const { code, name } = typeof error === 'object' && error !== null ? (error as { code?: unknown; name?: unknown }) : {}
  const known = [code, name].find((value): value is string => typeof value === 'string') ?? 'unknown'
  return known.slice(0, 80)
}
