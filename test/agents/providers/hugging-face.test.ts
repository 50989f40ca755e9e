import { afterEach, expect, test } from '@jest/globals'
import type { ChatRequest } from '../../../src/agents/chat-model.ts'
import { createHuggingFaceModel } from '../../../src/agents/providers/hugging-face.ts'
import type { ModelDeed } from '../../conformance/chat-model.ts'
import { DeedServer, sendJson } from '../../fakes/deed-server.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { createTgiServer } from '../../fakes/tgi-server.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], maxOutputTokens: 10 }
const responseSchema = { name: 'answer', schema: { type: 'object' } }

let server: DeedServer
afterEach(() => server.close())

async function modelFor(listening: DeedServer, path = '') {
  server = listening
  return createHuggingFaceModel({ profile: aProfile(), apiKey: 'hf_0123456789', baseUrl: (await server.listen()) + path, now: Date.now })
}
const bodies = () => server.calls.map(({ body }) => JSON.parse(body) as Record<string, unknown>)

test.each(['', '/', '/v1', '/v1/'])('finds the API of an endpoint whose address ends in %j', async (path) => {
  const model = await modelFor(createTgiServer([{ say: 'Hello' }]), path)
  expect((await model.complete(request, { signal: never })).text).toBe('Hello')
  expect(server.calls[0]).toMatchObject({ path: '/v1/chat/completions', headers: { authorization: 'Bearer hf_0123456789' } })
})

test('learns once where the server wants a schema', async () => {
  const model = await modelFor(createTgiServer([{ say: '{"a":1}' }, { say: '{"a":2}' }]))
  for (const text of ['{"a":1}', '{"a":2}'])
    expect((await model.complete({ ...request, responseSchema }, { signal: never })).text).toBe(text)
  const formats = bodies().map((body) => Object.keys(body['response_format'] as object))
  expect(formats).toEqual([['type', 'json_schema'], ['type', 'value'], ['type', 'value']])
})

test('leaves the text beside earlier tool calls out, which the server would take instead of them', async () => {
  const model = await modelFor(createTgiServer([{ say: 'done' }]))
  const toolCalls = [{ id: 'c1', name: 'look', argumentsJson: '{}' }]
  const messages: ChatRequest['messages'] = [
    { role: 'assistant', content: 'Let me look.', toolCalls },
    { role: 'tool', content: 'blue', toolCallId: 'c1' },
  ]
  expect((await model.complete({ ...request, messages }, { signal: never })).text).toBe('done')
})

test.each([
  [424, { error: 'Request failed during generation: CUDA error', error_type: 'generation' }, { code: 'MUR_MODEL_DOWN' }],
  [503, { error: 'Service Unavailable' }, { code: 'MUR_MODEL_DOWN' }],
  [
    422,
    { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens', error_type: 'validation' },
    { code: 'MUR_INPUT_TOO_LONG' },
  ],
  [422, { error: 'Template error: unknown role', error_type: 'template_error' }, { code: 'MUR_MODEL_REFUSED', details: { status: 422 } }],
])('reads a refusal with status %d', async (status, body, error) => {
  const model = await modelFor(new DeedServer([{ say: '' }] satisfies ModelDeed[], ({ response }) => sendJson(response, status, body)))
  await expect(model.complete(request, { signal: never })).rejects.toMatchObject(error)
})

test('reads an error that comes inside a stream', async () => {
  const model = await modelFor(
    new DeedServer([{ say: '' }], ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"error":"Incomplete generation","error_type":"incomplete_generation"}\n\n')
    }),
  )
  await expect(model.complete(request, { signal: never, onText: () => undefined })).rejects.toMatchObject({
    code: 'MUR_MODEL_DOWN',
    details: { reason: 'Incomplete generation' },
  })
})
