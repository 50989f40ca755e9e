import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { MurmurError } from '../../errors.ts'
import { ExchangeError } from './slack-exchange.ts'

export interface SlackFilesOptions {
  readonly token: string
  /** Addresses on the same host are Slack's too: for tests and proxies. */
  readonly apiUrl: string
}

/** One try to move the bytes of a file. */
export interface SlackFiles {
  /** @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED */
  upload(url: string, bytes: Uint8Array): Promise<void>
  /** @throws {MurmurError} as {@link upload}; `too_large` above `mostBytes` */
  download(url: string, mostBytes: number): Promise<Buffer>
}

interface Exchange {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string | number>>
  readonly body?: Uint8Array
  readonly mostBytes: number
}

interface Exchanged {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

/** Twenty megabytes over a slow line. */
const timeoutMs = 60_000
/** What Slack says to an upload. */
const mostReplyBytes = 10_000
const mostRedirects = 3
const slackHosts = /^(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com$/

export function createSlackFiles({ token, apiUrl }: SlackFilesOptions): SlackFiles {
  return {
    async upload(url, bytes) {
      const headers = { 'content-type': 'application/octet-stream', 'content-length': bytes.byteLength }
      const { status, headers: got } = await exchange('upload', checkAddress('upload', url, apiUrl), { method: 'POST', headers, body: bytes, mostBytes: mostReplyBytes })
      refuseStatus('upload', status, got)
    },
    async download(address, mostBytes) {
      let url = checkAddress('download', address, apiUrl)
      for (let hop = 0; hop <= mostRedirects; hop++) {
        // Wherever a redirect leads, the token stays with Slack.
        const headers = isSlackAddress(url, apiUrl) ? { authorization: `Bearer ${token}` } : {}
        const { status, headers: got, bytes } = await exchange('download', url, { method: 'GET', headers, mostBytes })
        const next = status >= 300 && status < 400 ? URL.parse(got.location ?? '', url) : null
        if (!next) {
          refuseStatus('download', status, got)
          return bytes
        }
        if (next.protocol !== 'https:' && next.origin !== url.origin) break
        url = next
      }
      throw new MurmurError('MUR_SLACK_REJECTED', { method: 'download', reason: 'too_many_redirects' })
    },
  }
}

/** Bytes of a workspace and its token go to Slack only, whatever an answer names. */
function checkAddress(method: string, address: string, apiUrl: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && isSlackAddress(url, apiUrl)) return url
  throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'foreign_address' })
}

const isSlackAddress = (url: URL, apiUrl: string): boolean => (url.protocol === 'https:' && slackHosts.test(url.hostname)) || url.origin === new URL(apiUrl).origin

function refuseStatus(method: string, status: number, headers: IncomingHttpHeaders): void {
  if (status >= 200 && status < 300) return
  const reason = `http_${status}`
  if (status === 429) throw new MurmurError('MUR_SLACK_BUSY', { method, reason, retryAfterMs: (Number(headers['retry-after']) || 1) * 1_000, isAmbiguous: false })
  if (status >= 500 || status === 408) throw new MurmurError('MUR_SLACK_BUSY', { method, reason, isAmbiguous: true })
  throw new MurmurError('MUR_SLACK_REJECTED', { method, reason })
}

async function exchange(method: string, url: URL, wanted: Exchange): Promise<Exchanged> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>()
  const fail = (cause: unknown): void => reject(cause instanceof MurmurError ? cause : new MurmurError('MUR_SLACK_BUSY', { method, reason: codeOf(cause), isAmbiguous: true }, { cause }))
  const call = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, { method: wanted.method, headers: wanted.headers, agent: false }, (response) => {
    readBytes(method, response, wanted.mostBytes).then((bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }), fail)
  })
  const timer = setTimeout(() => call.destroy(new ExchangeError('TimeoutError')), timeoutMs)
  call.once('error', fail)
  call.end(wanted.body)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

async function readBytes(method: string, response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > mostBytes) throw new MurmurError('MUR_SLACK_REJECTED', { method, reason: 'too_large' })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function codeOf(cause: unknown): string {
  const { code, name } = typeof cause === 'object' && cause !== null ? (cause as { code?: unknown; name?: unknown }) : {}
  return ([code, name].find((value): value is string => typeof value === 'string') ?? 'unknown').slice(0, 80)
}
