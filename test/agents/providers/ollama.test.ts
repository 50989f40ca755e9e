import { afterEach, describe, expect, test } from '@jest/globals'
import type { ChatRequest, ModelProfile } from '../../../src/agents/chat-model.ts'
import { createOllamaModel } from '../../../src/agents/providers/ollama.ts'
import { DeedServer, sendJson, type Speak } from '../../fakes/deed-server.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { createOllamaServer } from '../../fakes/ollama-server.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 50, temperature: 0.2 }

let server: DeedServer
afterEach(() => server.close())

interface Setup {
  readonly path?: string
  readonly apiKey?: string
  readonly profile?: Partial<ModelProfile>
  readonly timeoutMs?: number
}
async function modelFor(listening: DeedServer, { path = '', apiKey = '', profile = {}, timeoutMs }: Setup = {}) {
  server = listening
  return createOllamaModel({ profile: aProfile({ contextTokens: 16_384, ...profile }), apiKey, baseUrl: (await server.listen()) + path, now: Date.now, timeoutMs })
}
const saying = (...lines: string[]): Speak => ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  for (const line of lines) response.write(line)
  response.end()
}
const one = (speak: Speak) => new DeedServer([{ say: '' }], speak)
const body = () => JSON.parse(server.calls[0]?.body ?? '{}') as Record<string, unknown>

describe('a request', () => {
  test('names window and output limit, and forbids to cut what does not fit', async () => {
    const model = await modelFor(createOllamaServer([{ say: 'Hello' }]))
    await model.complete(request, { signal: never })
    expect(body()).toEqual({
      model: 'acme-small',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      truncate: false,
      shift: false,
      options: { num_ctx: 16_384, num_predict: 50, temperature: 0.2 },
    })
    expect(server.calls[0]?.headers.authorization).toBeUndefined()
  })

  test('carries schema, tools, earlier calls with their names, and a key where there is one', async () => {
    const model = await modelFor(createOllamaServer([{ say: '{}' }]), { apiKey: 'key-of-the-cloud' })
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }]
    const messages: ChatRequest['messages'] = [
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'look', argumentsJson: '{"at":"sky"}' }, { id: 'c2', name: 'look', argumentsJson: '{bro' }] },
      { role: 'tool', content: 'blue', toolCallId: 'c1' },
    ]
    await model.complete({ messages, tools, maxOutputTokens: 9_000, responseSchema: { name: 'x', schema: { type: 'object' } } }, { signal: never })
    expect(body()).toMatchObject({
      messages: [
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'c1', function: { name: 'look', arguments: { at: 'sky' } } },
            { id: 'c2', function: { name: 'look', arguments: { input: '{bro' } } },
          ],
        },
        { role: 'tool', content: 'blue', tool_name: 'look', tool_call_id: 'c1' },
      ],
      tools: [{ type: 'function', function: { name: 'look' } }],
      format: { type: 'object' },
      options: { num_predict: 4_000 },
    })
    expect(server.calls[0]?.headers.authorization).toBe('Bearer key-of-the-cloud')
  })

  test.each([
    ['none', false],
    ['minimal', 'low'],
    ['xhigh', 'high'],
    ['max', 'max'],
  ] as const)('says the effort %s in the words of the server', async (reasoningEffort, think) => {
    const model = await modelFor(createOllamaServer([{ say: 'ok' }]), { profile: { reasoningEffort } })
    await model.complete(request, { signal: never })
    expect(body()['think']).toBe(think)
  })

  test.each(['', '/', '/v1', '/api/'])('goes to the same place from an address that ends in %j', async (path) => {
    const model = await modelFor(createOllamaServer([{ say: 'ok' }]), { path })
    expect((await model.complete(request, { signal: never })).text).toBe('ok')
  })
})

describe('an answer', () => {
  const line = (value: object): string => `${JSON.stringify(value)}\n`
  const end = line({ message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 })

  test('is read from pieces cut anywhere, without what the model thought', async () => {
    const text = line({ message: { content: 'Blau', thinking: 'hm' }, done: false }) + end
    const model = await modelFor(one(saying(text.slice(0, 9), text.slice(9, 60), text.slice(60))))
    expect(await model.complete(request, { signal: never })).toMatchObject({
      text: 'Blau',
      usage: { inputTokens: 3, outputTokens: 4, isEstimated: false },
    })
  })

  test('gets estimated usage and names for its calls where the server gives none', async () => {
    const calls = [{ function: { name: 'look', arguments: { at: 'sky' } } }, { function: { name: 'look' } }]
    const model = await modelFor(one(saying(line({ message: { tool_calls: calls }, done: true, done_reason: 'stop' }))))
    expect(await model.complete(request, { signal: never })).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [
        { id: 'call_0', name: 'look', argumentsJson: '{"at":"sky"}' },
        { id: 'call_1', name: 'look', argumentsJson: '{}' },
      ],
      usage: { isEstimated: true },
    })
  })

  test.each([
    ['an error in the stream', [line({ message: { content: 'The' } }), line({ error: 'model runner has stopped' })], 'MUR_MODEL_DOWN'],
    ['a busy cloud in the stream', [line({ error: 'too many requests', status: 429 })], 'MUR_MODEL_BUSY'],
    ['a stream without an end', [line({ message: { content: 'The' } })], 'MUR_MODEL_DOWN'],
    ['an empty answer', [end], 'MUR_MODEL_MALFORMED'],
    ['a call without a name', [line({ message: { tool_calls: [{ function: {} }] } })], 'MUR_MODEL_MALFORMED'],
    ['nothing', [], 'MUR_MODEL_MALFORMED'],
  ])('that is %s is named so', async (_, lines, code) => {
    const model = await modelFor(one(saying(...lines)))
    await expect(model.complete(request, { signal: never, onText: () => undefined })).rejects.toMatchObject({ code, details: { provider: 'acme' } })
  })

  test.each([
    [400, 'the input length exceeds the context length', { code: 'MUR_INPUT_TOO_LONG', details: { limit: 16_384 } }],
    [404, 'model "acme-small" not found, try pulling it first', { code: 'MUR_MODEL_REFUSED', details: { status: 404 } }],
    [503, 'server busy, please try again', { code: 'MUR_MODEL_DOWN', details: { status: 503 } }],
  ])('with status %d says why', async (status, error, expected) => {
    const model = await modelFor(one(({ response }) => sendJson(response, status, { error })))
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject(expected)
  })

  test('that is silent for too long is not waited for', async () => {
    const model = await modelFor(new DeedServer([{ hang: true }], saying()), { timeoutMs: 30 })
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN', details: { reason: 'timeout' } })
  })

  test('never follows a redirect with prompt and key', async () => {
    const model = await modelFor(one(({ response }) => sendJson(response, 307, '', { location: 'http://127.0.0.1:1/api/chat' })))
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
  })
})
