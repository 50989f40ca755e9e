import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../../playground/offline-model/offline-model.ts'

let model: OfflineModel

beforeAll(async () => {
  model = await createOfflineModel()
})
afterAll(() => model.close())

async function post(
  path: string,
  body: unknown,
  key: string | undefined = 'k',
): Promise<{ status: number; body: { error: Record<string, unknown> } }> {
  const response = await fetch(`${model.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
  })
  return { status: response.status, body: (await response.json()) as { error: Record<string, unknown> } }
}

const user = { role: 'user', content: 'hi' }
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

test('says what it is at its address', async () => {
  const response = await fetch(model.url)
  expect(await response.text()).toContain('not a language model')
})

test('refuses a call without a key, and with a wrong one where one is set', async () => {
  const without = await fetch(`${model.baseUrl}/models`)
  expect(without.status).toBe(401)
  expect(((await without.json()) as { error: { message: string } }).error.message).toMatch(/provide an API key/)
  const strict = await createOfflineModel({ apiKey: 'right' })
  const wrong = await fetch(`${strict.baseUrl}/models`, { headers: { authorization: 'Bearer wrong' } })
  expect(wrong.status).toBe(401)
  expect(await wrong.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
  await strict.close()
})

test('answers unknown addresses and models with 404, wrong methods with 405', async () => {
  expect((await post('/v1/nothing', {})).status).toBe(404)
  expect((await fetch(`${model.baseUrl}/chat/completions`, { headers: { authorization: 'Bearer k' } })).status).toBe(
    405,
  )
  const choosy = await createOfflineModel({ models: ['one'] })
  const response = await fetch(`${choosy.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'two', messages: [user] }),
  })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } })
  await choosy.close()
})

test.each<[string, unknown, string | null]>([
  ['broken JSON', '{"model":', null],
  ['a list', '[]', null],
  ['no model', { messages: [user] }, null],
  ['no messages', { model: 'm' }, 'messages'],
  ['empty messages', { model: 'm', messages: [] }, 'messages'],
  ['an unknown role', { model: 'm', messages: [{ role: 'boss', content: 'x' }] }, 'messages[0].role'],
  ['no content', { model: 'm', messages: [{ role: 'user' }] }, 'messages[0].content'],
  ['several answers', { model: 'm', messages: [user], n: 2 }, 'n'],
  ['a temperature of 3', { model: 'm', messages: [user], temperature: 3 }, 'temperature'],
  ['no tokens', { model: 'm', messages: [user], max_tokens: 0 }, 'max_tokens'],
  ['an empty list of tools', { model: 'm', messages: [user], tools: [] }, 'tools'],
  [
    'a tool with a space in its name',
    { model: 'm', messages: [user], tools: [{ type: 'function', function: { name: 'a b' } }] },
    'tools[0].function.name',
  ],
  [
    'a choice of an unknown tool',
    { model: 'm', messages: [user], tools: [tool], tool_choice: { type: 'function', function: { name: 'g' } } },
    'tool_choice',
  ],
  [
    'stream options without a stream',
    { model: 'm', messages: [user], stream_options: { include_usage: true } },
    'stream_options',
  ],
  [
    'json_object without the word',
    { model: 'm', messages: [user], response_format: { type: 'json_object' } },
    'messages',
  ],
  ['an unknown format', { model: 'm', messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
  [
    'a tool call that is not answered',
    { model: 'm', messages: [user, { role: 'assistant', content: null, tool_calls: [call] }, user] },
    'messages.[2].role',
  ],
  [
    'a tool result that nobody asked for',
    { model: 'm', messages: [user, { role: 'tool', tool_call_id: 'c1', content: '1' }] },
    'messages.[1].role',
  ],
])('refuses %s with 400, naming the parameter', async (_, body, param) => {
  const answer = await post('/v1/chat/completions', body)
  expect(answer.status).toBe(400)
  expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', param })
  expect(answer.body.error['message']).not.toBe('')
})

test.each<[string, object, string]>([
  ['additional properties', { type: 'object', properties: {} }, 'additionalProperties'],
  [
    'a property that is not required',
    { type: 'object', additionalProperties: false, required: [], properties: { a: { type: 'string' } } },
    "Missing 'a'",
  ],
  ['a list at the top', { type: 'array', items: { type: 'string' } }, 'type: "object"'],
  [
    'a keyword outside of the subset',
    { type: 'object', additionalProperties: false, required: ['a'], properties: { a: { oneOf: [] } } },
    'oneOf',
  ],
])('refuses a strict schema with %s, as the real one does', async (_, schema, named) => {
  const answer = await post('/v1/chat/completions', {
    model: 'm',
    messages: [user],
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
  })
  expect(answer.status).toBe(400)
  expect(answer.body.error['message']).toContain(named)
})

test.each<[string, object, string]>([
  ['no input', { model: 'e' }, 'input'],
  ['an empty text', { model: 'e', input: '' }, 'input'],
  ['no dimensions', { model: 'e', input: 'x', dimensions: 0 }, 'dimensions'],
  ['an unknown encoding', { model: 'e', input: 'x', encoding_format: 'hex' }, 'encoding_format'],
])('refuses to embed %s', async (_, body, param) => {
  const answer = await post('/v1/embeddings', body)
  expect(answer.status).toBe(400)
  expect(answer.body.error['param']).toBe(param)
})

test('refuses a prompt beyond the context window', async () => {
  const small = await createOfflineModel({ contextTokens: 50 })
  const response = await fetch(`${small.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(400) }] }),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded' } })
  expect(small.requests()[0]).toMatchObject({ status: 400, finished: true, usage: undefined })
  await small.close()
})
