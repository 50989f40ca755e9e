import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

export interface ExchangeRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** For the whole exchange. */
  readonly timeoutMs: number
}

export interface ExchangeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Posts over connections that are kept. @throws {ExchangeError} when no whole answer came */
export type SlackExchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>

const mostConnections = 100
/** An idle connection is closed before the other side closes it under a call. */
const longestIdleMs = 4_000
/** Far above the largest page of messages. */
const mostAnswerCharacters = 32_000_000

/** An HTTP exchange that ended without an answer; `code` as the network or the timeout named it. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly code: string

  constructor(code: string, cause?: unknown) {
    super(`The exchange failed: ${code}`, { cause })
    this.code = code
  }
}

/** By Node's plain HTTP client, because `fetch` takes four times its CPU for each of the half dozen calls of a run. */
export function createSlackExchange(): SlackExchange {
  const settings = { keepAlive: true, maxSockets: mostConnections, timeout: longestIdleMs }
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) }
  return (request) => {
    const { promise, resolve, reject } = Promise.withResolvers<ExchangeAnswer>()
    const fail = (error: unknown): void => reject(error instanceof ExchangeError ? error : new ExchangeError(codeOf(error), error))
    const call = open(request, agents, (response) => readWhole(response, resolve, fail))
    // What was not even connected was surely not sent.
    const timer = setTimeout(() => call.destroy(new ExchangeError(call.socket?.connecting === false ? 'TimeoutError' : 'CONNECT_TIMEOUT')), request.timeoutMs)
    call.once('close', () => clearTimeout(timer))
    call.once('error', fail)
    call.end(request.body)
    return promise
  }
}

function open({ url, headers, body }: ExchangeRequest, agents: { http: HttpAgent; https: HttpsAgent }, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const isSecure = url.protocol === 'https:'
  const options = {
    agent: isSecure ? agents.https : agents.http,
    // The brackets of an IPv6 address belong to the URL only.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  }
  return isSecure ? requestHttps(options, onResponse) : requestHttp(options, onResponse)
}

function readWhole(response: IncomingMessage, onAnswer: (answer: ExchangeAnswer) => void, onError: (error: unknown) => void): void {
  const { statusCode: status = 0, headers } = response
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (piece: string) => {
    text += piece
    if (text.length > mostAnswerCharacters) response.destroy(new ExchangeError('ANSWER_TOO_LONG'))
  })
  response.once('end', () => onAnswer({ status, headers, text }))
  // Also for a connection that breaks before the end.
  response.once('error', onError)
}

function codeOf(error: unknown): string {
  const { code, name } = typeof error === 'object' && error !== null ? (error as { code?: unknown; name?: unknown }) : {}
  return String(code ?? name ?? 'unknown').slice(0, 80)
}
