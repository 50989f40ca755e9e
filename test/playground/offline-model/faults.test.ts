import { afterEach, beforeEach, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../../playground/offline-model/offline-model.ts'

let model: OfflineModel
let client: OpenAI

beforeEach(async () => {
  model = await createOfflineModel({ answer: () => 'one two three four five six', chunkSize: 4 })
  client = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl, maxRetries: 0, logLevel: 'off' })
})
afterEach(() => model.close())

const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] } satisfies OpenAI.ChatCompletionCreateParams

async function readStream(signal?: AbortSignal): Promise<string> {
  const stream = await client.chat.completions.create({ ...body, stream: true }, signal === undefined ? {} : { signal })
  let text = ''
  try {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  } catch (error) {
    throw new Error(`after "${text}"`, { cause: error })
  }
  return text
}

test('answers 429 with Retry-After as often as it is told, then properly', async () => {
  model.faults.add({ kind: 'rate_limited', retryAfterSeconds: 7, times: 2 })
  const failed = client.chat.completions.create(body)
  await expect(failed).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  const error: unknown = await client.chat.completions.create(body).catch((reason: unknown) => reason)
  expect((error as { headers: Headers }).headers.get('retry-after')).toBe('7')
  expect(model.faults.list()).toEqual([])
  expect((await client.chat.completions.create(body)).choices[0]?.message.content).toContain('one two')
  expect(model.requests().map(({ status, fault }) => [status, fault])).toEqual([
    [429, 'rate_limited'],
    [429, 'rate_limited'],
    [200, undefined],
  ])
})

test('makes the client try again by itself after a short Retry-After', async () => {
  model.faults.add({ kind: 'rate_limited', retryAfterSeconds: 0.01 })
  const patient = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl, maxRetries: 1 })
  expect((await patient.chat.completions.create(body)).choices).toHaveLength(1)
  expect(model.requests()).toHaveLength(2)
})

test.each<['http_500' | 'context_too_long' | 'key_refused', number]>([
  ['http_500', 500],
  ['context_too_long', 400],
  ['key_refused', 401],
])('answers %s with status %i', async (kind, status) => {
  model.faults.add({ kind })
  await expect(client.chat.completions.create(body)).rejects.toMatchObject({ status })
})

test('hangs until the caller goes away and journals the call as aborted', async () => {
  model.faults.add({ kind: 'hang' })
  const caller = new AbortController()
  const asked = client.chat.completions.create(body, { signal: caller.signal })
  await model.waitFor('the call', () => model.pending === 1)
  expect(model.requests()[0]).toMatchObject({ pending: true, finished: false, aborted: false, status: undefined })
  caller.abort()
  await expect(asked).rejects.toThrow(/abort/i)
  await model.waitFor('the end of the call', () => model.pending === 0)
  expect(model.requests()[0]).toMatchObject({ pending: false, finished: false, aborted: true })
})

test('hangs in the middle of a stream', async () => {
  model.faults.add({ kind: 'hang', afterChunks: 2 })
  const caller = new AbortController()
  const stream = await client.chat.completions.create({ ...body, stream: true }, { signal: caller.signal })
  let text = ''
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    if (text.length >= 8) caller.abort()
  }
  expect(text).toBe('one two ')
  await model.waitFor('the abort', () => model.requests()[0]?.aborted)
})

test('cuts the connection before any byte', async () => {
  model.faults.add({ kind: 'disconnect' })
  await expect(client.chat.completions.create(body)).rejects.toThrow(/connection/i)
  expect(model.requests()[0]).toMatchObject({ status: undefined, finished: false, aborted: false, pending: false })
})

test('cuts a stream in the middle', async () => {
  model.faults.add({ kind: 'disconnect', afterChunks: 3 })
  await expect(readStream()).rejects.toThrow('after "one two thre"')
  expect(model.requests()[0]).toMatchObject({ status: 200, finished: false, aborted: false })
})

test('cuts an answer that is not streamed in the middle', async () => {
  model.faults.add({ kind: 'disconnect', afterChunks: 0 })
  await expect(client.chat.completions.create(body)).rejects.toThrow(/terminated|connection|premature/i)
  expect(model.requests()[0]).toMatchObject({ status: 200, finished: false })
})

test('breaks the event stream, and leaves calls without a stream alone', async () => {
  model.faults.add({ kind: 'garbage_sse', afterChunks: 1 })
  expect((await client.chat.completions.create(body)).choices).toHaveLength(1)
  await expect(readStream()).rejects.toThrow('after "one "')
})

test('answers with a body that is not JSON', async () => {
  model.faults.add({ kind: 'garbage_json' })
  await expect(client.chat.completions.create(body)).rejects.toThrow(/JSON/)
})

test('gives broken JSON as content where JSON is wanted', async () => {
  model.setAnswer(undefined)
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const structured = { ...body, response_format: { type: 'json_schema', json_schema: { name: 's', schema } } } as const
  model.faults.add({ kind: 'garbage_json' })
  model.faults.add({ kind: 'wrong_shape' })
  const broken = (await client.chat.completions.create(structured)).choices[0]?.message.content ?? ''
  expect(() => {
    JSON.parse(broken)
  }).toThrow(SyntaxError)
  expect((await client.chat.completions.create(structured)).choices[0]?.message.content).toBe('{"unexpected":true}')
  expect((await client.chat.completions.create(structured)).choices[0]?.message.content).toContain('"a"')
})

test('is slow where it is told to be, and still right', async () => {
  model.faults.add({ kind: 'slow', delayMs: 30 })
  const before = performance.now()
  expect((await client.chat.completions.create(body)).choices[0]?.message.content).toContain('six')
  expect(performance.now() - before).toBeGreaterThanOrEqual(29)
})

test('plays a fault only for the calls that it matches', async () => {
  model.faults.add({ kind: 'http_500', on: 'embeddings' })
  model.faults.add({ kind: 'http_500', match: (sent) => sent['model'] === 'big' })
  expect((await client.chat.completions.create(body)).choices).toHaveLength(1)
  await expect(client.chat.completions.create({ ...body, model: 'big' })).rejects.toMatchObject({ status: 500 })
  await expect(client.embeddings.create({ model: 'e', input: 'x' })).rejects.toMatchObject({ status: 500 })
})

test('forgets faults on clear and refuses unknown ones', async () => {
  model.faults.add({ kind: 'http_500', times: Infinity })
  expect(model.faults.list()).toMatchObject([{ kind: 'http_500', times: Infinity }])
  model.faults.clear()
  expect((await client.chat.completions.create(body)).choices).toHaveLength(1)
  expect(() => {
    model.faults.add({ kind: 'explode' as 'hang' })
  }).toThrow(/got "explode"/)
})
