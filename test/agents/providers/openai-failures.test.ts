import { afterEach, describe, expect, test } from '@jest/globals'
import { createOpenAiModel, type OpenAiModelOptions } from '../../../src/agents/providers/openai.ts'
import type { ChatReply, ChatRequest, ModelProfile } from '../../../src/agents/chat-model.ts'
import type { MurmurError } from '../../../src/errors.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { completion, done, event, json, type RawAnswer, RawModelServer, stream } from '../../fakes/raw-model-server.ts'

const apiKey = 'sk-secret-0123456789abcdef'
const never = new AbortController().signal
const request: ChatRequest = {
  messages: [{ role: 'user', content: 'What is the answer?' }],
  maxOutputTokens: 50,
  temperature: 0.2,
}

let server: RawModelServer
afterEach(() => server.close())

interface Setup extends Partial<OpenAiModelOptions> {
  readonly profile?: ModelProfile
}

async function modelFor(answers: readonly RawAnswer[], options: Setup = {}) {
  server = new RawModelServer(answers)
  const baseUrl = await server.listen()
  return createOpenAiModel({ profile: aProfile(), apiKey, baseUrl, now: () => 1_000, ...options })
}

async function failureOf(call: Promise<ChatReply>): Promise<MurmurError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error as MurmurError,
  )
  if (!outcome) throw new Error('the call did not fail')
  return outcome
}

describe('what goes wrong', () => {
  const ask = async (answers: readonly RawAnswer[], options: Setup = {}): Promise<MurmurError> => {
    const model = await modelFor(answers, options)
    return failureOf(model.complete(request, { signal: never, onText: () => undefined }))
  }

  test.each([
    ['an empty stream', stream([done])],
    ['a stream of nothing', stream([])],
    ['an empty answer', json(completion({ content: '' }))],
    ['calls announced and not sent', json(completion({ content: null }, 'tool_calls'))],
    ['garbage', json('{"choices": [{"mess')],
    ['a page', json('<html><body>Welcome</body></html>')],
    ['a broken event', stream([event({ content: 'x' }), 'data: {"choices"\n\n'])],
    ['a list', json([])],
  ])('calls %s malformed', async (_, answer) => {
    expect(await ask([answer])).toMatchObject({ code: 'MUR_MODEL_MALFORMED', details: { provider: 'acme' } })
  })

  test('does not take a stream that broke off for an answer', async () => {
    expect(await ask([stream([event({ content: 'The answer is' })])])).toMatchObject({
      code: 'MUR_MODEL_DOWN',
      details: { reason: 'the answer broke off' },
    })
  })

  test.each([
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['seconds', { 'retry-after': '3' }, 3_000],
    ['a date', { 'retry-after': new Date(61_000).toUTCString() }, 60_000],
    ['nothing', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ] as const)('reads how long to wait from %s', async (_, headers, retryAfterMs) => {
    const error = await ask([json({ error: { message: 'Slow down.', code: 'rate_limit_exceeded' } }, 429, headers)])
    expect(error).toMatchObject({ code: 'MUR_MODEL_BUSY', details: { provider: 'acme', status: 429, retryAfterMs } })
  })

  test.each([
    [500, 'MUR_MODEL_DOWN'],
    [503, 'MUR_MODEL_DOWN'],
    [408, 'MUR_MODEL_DOWN'],
    [401, 'MUR_MODEL_REFUSED'],
    [403, 'MUR_MODEL_REFUSED'],
    [404, 'MUR_MODEL_REFUSED'],
    [400, 'MUR_MODEL_REFUSED'],
  ])('maps status %i', async (status, code) => {
    expect(await ask([json({ error: { message: 'No.' } }, status)])).toMatchObject({
      code,
      details: { status, provider: 'acme' },
    })
  })

  test('does not wait for an account without money', async () => {
    const error = await ask([
      json({ error: { message: 'You exceeded your current quota.', code: 'insufficient_quota' } }, 429),
    ])
    expect(error).toMatchObject({ code: 'MUR_MODEL_REFUSED', details: { status: 429, reason: 'insufficient_quota' } })
  })

  test('says when the conversation is too long for the model', async () => {
    const error = await ask([
      json({ error: { message: 'Too long.', code: 'context_length_exceeded', param: 'messages' } }, 400),
    ])
    expect(error).toMatchObject({ code: 'MUR_INPUT_TOO_LONG', details: { limit: 100_000, unit: 'tokens' } })
  })

  test.each([
    [
      'inside a stream',
      stream([event({ content: 'x' }), 'data: {"error":{"message":"overloaded","type":"server_error"}}\n\n']),
      'MUR_MODEL_DOWN',
    ],
    [
      'inside a stream with a code',
      stream(['data: {"error":{"message":"slow down","code":429}}\n\n']),
      'MUR_MODEL_BUSY',
    ],
    ['with status 200', json({ error: { message: 'bad key', code: 401 } }), 'MUR_MODEL_REFUSED'],
  ])('finds an error %s', async (_, answer, code) => {
    expect(await ask([answer])).toMatchObject({ code })
  })

  test('never tells the key or what the request said', async () => {
    const quoted = `'${'my secret diary '.repeat(5)}'`
    const error = await ask([
      json({ error: { message: `Incorrect API key provided: ${apiKey}. Bearer abc.def You sent ${quoted}` } }, 401),
    ])
    const told = JSON.stringify([error.message, error.details])
    expect(told).not.toContain('0123456789')
    expect(told).not.toContain('abc.def')
    expect(told).not.toContain('diary')
    expect(told).toContain('Incorrect API key')
  })

  test('calls a server that is not there down', async () => {
    const model = await modelFor([], { baseUrl: 'http://127.0.0.1:1/v1' })
    expect(await failureOf(model.complete(request, { signal: never }))).toMatchObject({
      code: 'MUR_MODEL_DOWN',
      details: { provider: 'acme', reason: expect.stringContaining('connection failed') },
    })
  })

  test.each([
    ['before the first byte', (() => undefined) as RawAnswer],
    ['between two pieces', stream([event({ content: 'x' })], { ends: false })],
  ])('times out when nothing comes %s', async (_, answer) => {
    expect(await ask([answer], { timeoutMs: 40 })).toMatchObject({
      code: 'MUR_MODEL_DOWN',
      details: { reason: 'timeout', provider: 'acme' },
    })
  })

  test('does not time out while pieces keep coming, however long it takes in all', async () => {
    const slow: RawAnswer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let sent = 0
      const timer = setInterval(() => {
        response.write(sent++ < 12 ? ': still here\n\n' : event({ content: 'done' }, 'stop') + done)
        if (sent > 12) clearInterval(timer)
      }, 15)
    }
    const model = await modelFor([slow], { timeoutMs: 120 })
    expect((await model.complete(request, { signal: never, onText: () => undefined })).text).toBe('done')
  })

  test('does not blame the server for a listener that throws', async () => {
    const model = await modelFor([stream([event({ content: 'x' }, 'stop'), done])])
    const call = model.complete(request, {
      signal: never,
      onText: () => {
        throw new TypeError('oops')
      },
    })
    expect(await failureOf(call)).toMatchObject({ code: 'MUR_BUG' })
  })
})
