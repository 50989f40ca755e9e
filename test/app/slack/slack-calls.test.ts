import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createSlackCalls } from '../../../src/app/slack/slack-calls.ts'
import type { SlackCalls } from '../../../src/app/slack/slack-calls.ts'
import {
  isAmbiguous,
  isMissingFeature,
  isRejectedFor,
  retryAfterMsOf,
  toSlackError,
} from '../../../src/app/slack/slack-errors.ts'
import { MurmurError } from '../../../src/errors.ts'

type Answer = (response: ServerResponse) => void

const ok: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true,"ts":"1.1"}')
const platform =
  (error: string, extra: object = {}): Answer =>
  (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ok: false, error, ...extra }))
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end('{}')
const page: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Login to the proxy</html>')
const cut: Answer = (response) => void response.destroy()
const halfBody: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"ok":', () => response.destroy())
}
const silence: Answer = () => undefined

let server: Server
let answers: Answer[]
let paths: string[]
let tokens: (string | undefined)[]
let waits: number[]
let nowMs: number
let lines: string[]

beforeEach(async () => {
  answers = []
  paths = []
  tokens = []
  waits = []
  lines = []
  nowMs = 0
  server = createServer((request, response) => {
    paths.push(request.url ?? '')
    tokens.push(request.headers.authorization)
    request.resume().on('end', () => (answers.shift() ?? ok)(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
})

function makeCalls(token = 'xoxb-test'): SlackCalls {
  const address = server.address()
  return createSlackCalls({
    token,
    apiUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/api/`,
    logger: {
      debug: (fields, message) => void lines.push(JSON.stringify([fields, message])),
      warn: (fields, message) => void lines.push(JSON.stringify([fields, message])),
    },
    now: () => nowMs,
    delay: async (ms, signal) => {
      waits.push(ms)
      nowMs += ms
      signal?.throwIfAborted()
    },
    random: () => 0,
    timeoutMs: 300,
  })
}

async function failureOf(act: Promise<unknown>): Promise<MurmurError> {
  const error = await act.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(error instanceof MurmurError)) throw new Error(`expected one of our errors, got ${String(error)}`)
  return error
}

describe('what a failure becomes', () => {
  test.each([
    ['a wait', status(429, { 'retry-after': '7' }), { reason: 'ratelimited', isAmbiguous: false, retryAfterMs: 7_000 }],
    ['a wait without a time', status(429), { isAmbiguous: false, retryAfterMs: 1_000 }],
    ['a wait said in the body', platform('ratelimited'), { isAmbiguous: false, retryAfterMs: 1_000 }],
    ['trouble inside Slack', platform('internal_error'), { reason: 'internal_error', isAmbiguous: true }],
    ['a fatal error', platform('fatal_error'), { isAmbiguous: true }],
    ['a bad gateway', status(502), { reason: 'http_502', isAmbiguous: true }],
    ['a page of a proxy', page, { reason: 'unreadable_answer', isAmbiguous: true }],
    ['a cut connection', cut, { isAmbiguous: true }],
    ['an answer that breaks off', halfBody, { isAmbiguous: true }],
    ['no answer', silence, { reason: 'TimeoutError', isAmbiguous: true }],
  ] as const)('%s is busy', async (_what, answer, details) => {
    answers = [answer]
    const error = await failureOf(makeCalls().call('chat.postMessage', {}, { attempts: 1 }))
    expect(error.code).toBe('MUR_SLACK_BUSY')
    expect(error.details).toMatchObject({ method: 'chat.postMessage', ...details })
    expect(isAmbiguous(error)).toBe(details.isAmbiguous)
    expect(retryAfterMsOf(error)).toBe('retryAfterMs' in details ? details.retryAfterMs : undefined)
  })

  test('a server that is not there got nothing', async () => {
    const calls = makeCalls()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const error = await failureOf(calls.call('auth.test', {}, { attempts: 1 }))
    expect([error.code, isAmbiguous(error)]).toEqual(['MUR_SLACK_BUSY', false])
  })

  test.each([
    ['channel_not_found', platform('channel_not_found'), false],
    ['missing_scope', platform('missing_scope', { needed: 'chat:write' }), true],
    ['unknown_method', platform('unknown_method'), true],
    ['not_allowed_token_type', platform('not_allowed_token_type'), true],
    ['not_authorized', platform('not_authorized'), true],
    ['http_404', status(404), true],
    ['http_403', status(403), false],
  ] as const)('%s is refused', async (reason, answer, isMissing) => {
    answers = [answer]
    const error = await failureOf(makeCalls().call('chat.postMessage', {}))
    expect(error).toMatchObject({ code: 'MUR_SLACK_REJECTED', details: { method: 'chat.postMessage', reason } })
    expect(isMissingFeature(error)).toBe(isMissing)
    expect(isRejectedFor(error, reason, 'other')).toBe(true)
    expect(paths).toHaveLength(1)
  })

  test('our own errors stay as they are', () => {
    const own = new MurmurError('MUR_STORE_DOWN')
    expect(toSlackError('x', own)).toBe(own)
    expect([isAmbiguous(own), isMissingFeature(own), retryAfterMsOf(own)]).toEqual([false, false, undefined])
  })
})

describe('call', () => {
  test('waits as long as Slack asks, then tries again', async () => {
    answers = [status(429, { 'retry-after': '3' })]
    expect(await makeCalls().call('chat.postMessage', {})).toMatchObject({ ok: true, ts: '1.1' })
    expect(waits).toEqual([3_000])
  })

  test('does not wait longer than 30 seconds', async () => {
    answers = [status(429, { 'retry-after': '31' })]
    expect((await failureOf(makeCalls().call('chat.postMessage', {}))).code).toBe('MUR_SLACK_BUSY')
    expect(waits).toEqual([])
  })

  test('backs off twice as long each time, and gives up after four tries', async () => {
    answers = [status(500), status(500), status(500), status(500), ok]
    await failureOf(makeCalls().call('conversations.replies', {}))
    expect(waits).toEqual([250, 500, 1_000])
    expect(paths).toHaveLength(4)
  })

  test('looks whether a call took place before it repeats it', async () => {
    answers = [status(500), ok]
    const found = await makeCalls().call('chat.postMessage', {}, { recover: async () => ({ ts: '9.9' }) })
    expect([found, paths.length]).toEqual([{ ts: '9.9' }, 1])
  })

  test('looks after the last try as well', async () => {
    answers = [cut]
    expect(
      await makeCalls().call('chat.postMessage', {}, { attempts: 1, recover: async () => ({ ts: '9.9' }) }),
    ).toEqual({ ts: '9.9' })
  })

  test('does not repeat when it cannot find out', async () => {
    answers = [status(500), ok]
    const recover = async (): Promise<never> =>
      Promise.reject(new MurmurError('MUR_SLACK_BUSY', { method: 'conversations.replies' }))
    expect((await failureOf(makeCalls().call('chat.postMessage', {}, { recover }))).details['method']).toBe(
      'chat.postMessage',
    )
    expect(paths).toHaveLength(1)
  })

  test('needs no look after a refusal to serve, because nothing took place', async () => {
    answers = [status(429, { 'retry-after': '1' }), ok]
    let looks = 0
    await makeCalls().call('chat.postMessage', {}, { recover: async () => void looks++ as undefined })
    expect([looks, paths.length]).toEqual([0, 2])
  })

  test('ends with its signal, but never in the middle of a call', async () => {
    const stop = new AbortController()
    answers = [status(500), ok]
    const calling = makeCalls().call('chat.postMessage', {}, { signal: stop.signal })
    stop.abort()
    expect((await failureOf(calling)).code).toBe('MUR_RUN_CANCELLED')
    expect(paths).toHaveLength(1)
    expect((await failureOf(makeCalls().call('chat.postMessage', {}, { signal: stop.signal }))).code).toBe(
      'MUR_RUN_CANCELLED',
    )
    expect(paths).toHaveLength(1)
  })

  test('never leaves the API it was given', async () => {
    await makeCalls().call('https://evil.example/steal', {})
    expect(paths).toEqual(['/api/https://evil.example/steal'])
  })
})

describe('tryCall', () => {
  test('tries once and tells how it went', async () => {
    answers = [status(500)]
    const calls = makeCalls()
    expect(await calls.tryCall('reactions.add', {})).toMatchObject({ ok: false, error: { code: 'MUR_SLACK_BUSY' } })
    expect(await calls.tryCall('reactions.add', {})).toMatchObject({ ok: true, result: { ts: '1.1' } })
    expect(waits).toEqual([])
  })

  test('leaves a method alone while Slack asks to wait, and no other', async () => {
    answers = [status(429, { 'retry-after': '5' })]
    const calls = makeCalls()
    await calls.tryCall('chat.update', {})
    expect(await calls.tryCall('chat.update', {})).toMatchObject({
      ok: false,
      error: { details: { retryAfterMs: 5_000 } },
    })
    expect(await calls.tryCall('chat.delete', {})).toMatchObject({ ok: true })
    expect(paths).toHaveLength(2)
    nowMs = 5_000
    expect(await calls.tryCall('chat.update', {})).toMatchObject({ ok: true })
  })
})

test('a call that hangs holds up no other', async () => {
  answers = [silence, ok]
  const calls = makeCalls()
  const hanging = calls.tryCall('conversations.replies', {})
  expect(await calls.tryCall('chat.postMessage', {})).toMatchObject({ ok: true })
  expect(await hanging).toMatchObject({ ok: false })
})

test('writes no text and no token into the log', async () => {
  answers = [status(500), platform('channel_not_found')]
  await failureOf(makeCalls('xoxb-very-secret').call('chat.postMessage', { text: 'a private text' }))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.join()).not.toMatch(/private text|very-secret/)
})

describe('the bytes of a file', () => {
  test('are read with the token, within a bound, and again when the server is busy', async () => {
    const calls = makeCalls()
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/files-pri/F1/a.txt`
    answers = [status(503), (response) => void response.end('hello')]
    expect(Buffer.from(await calls.download(url, 100, new AbortController().signal)).toString()).toBe('hello')
    expect(tokens).toEqual(['Bearer xoxb-test', 'Bearer xoxb-test'])
    answers = [(response) => void response.end('x'.repeat(101))]
    expect(await failureOf(calls.download(url, 100, new AbortController().signal))).toMatchObject({ code: 'MUR_SLACK_REJECTED', details: { reason: 'too_large' } })
  })

  test('are asked of Slack only, and a redirect to an unsafe address is not followed', async () => {
    const calls = makeCalls()
    const { port } = server.address() as AddressInfo
    expect(await failureOf(calls.download('https://files.example.org/a', 100, new AbortController().signal))).toMatchObject({ details: { reason: 'foreign_address' } })
    const other = createServer((request, response) => void response.end(`token: ${request.headers.authorization ?? 'none'}`))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    try {
      const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/a`
      answers = [(response) => void response.writeHead(302, { location: elsewhere }).end()]
      const got = await calls.download(`http://127.0.0.1:${port}/a`, 100, new AbortController().signal).then(String, (error: unknown) => (error as MurmurError).details['reason'])
      // Without TLS it is not even followed.
      expect(got).toBe('too_many_redirects')
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })
})
