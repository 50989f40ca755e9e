import { afterAll, beforeAll, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../../playground/offline-model/offline-model.ts'

let model: OfflineModel
let client: OpenAI

beforeAll(async () => {
  model = await createOfflineModel()
  client = new OpenAI({ apiKey: 'any', baseURL: model.baseUrl, maxRetries: 0 })
})
afterAll(() => model.close())

const system = { role: 'system', content: 'You are a data analyst.' } as const
const calculator = {
  type: 'function',
  function: {
    name: 'calculator',
    description: 'Works out an arithmetic expression',
    parameters: {
      type: 'object',
      properties: { expression: { type: 'string' }, digits: { type: 'integer', minimum: 0 } },
      required: ['expression'],
    },
  },
} as const

test('answers a question with text, usage and the note that it is no language model', async () => {
  const completion = await client.chat.completions.create({
    model: 'any-model',
    messages: [system, { role: 'user', content: 'What is 6 * 7?' }],
  })
  expect(completion).toMatchObject({ object: 'chat.completion', model: 'any-model' })
  expect(completion.choices).toHaveLength(1)
  expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', refusal: null } })
  expect(completion.choices[0]?.message.content).toContain('6 * 7 = 42')
  expect(completion.choices[0]?.message.content).toMatch(/_Offline model: .* not a language model\._$/)
  const usage = completion.usage
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
  expect(usage?.prompt_tokens_details?.cached_tokens).toBe(0)
})

test('gives the same answer to the same request', async () => {
  const ask = async (): Promise<unknown> => {
    const { choices } = await client.chat.completions.create({
      model: 'm',
      messages: [system, { role: 'user', content: 'Plan a retreat' }],
    })
    return choices[0]?.message.content
  }
  expect(await ask()).toBe(await ask())
})

test('streams the same text in pieces and reports usage when it is asked for', async () => {
  const messages = [system, { role: 'user', content: 'List three ideas for 😀 names' }] as const
  const whole = await client.chat.completions.create({ model: 'm', messages: [...messages] })
  const stream = await client.chat.completions.create({
    model: 'm',
    messages: [...messages],
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content)
  expect(chunks.length).toBeGreaterThan(5)
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
})

test('streams without usage when it is not asked for', async () => {
  const stream = await client.chat.completions.create({
    model: 'm',
    messages: [{ role: 'user', content: 'hello' }],
    stream: true,
  })
  for await (const chunk of stream) {
    expect(chunk.usage).toBeUndefined()
    expect(chunk.choices).toHaveLength(1)
  }
})

test.each([['max_tokens'], ['max_completion_tokens']])('cuts the answer at %s and says so', async (parameter) => {
  const completion = await client.chat.completions.create({
    model: 'm',
    messages: [{ role: 'user', content: 'hello' }],
    [parameter]: 5,
    stream: false,
  })
  expect(completion.choices[0]?.finish_reason).toBe('length')
  expect(completion.usage?.completion_tokens).toBe(5)
})

test('ends before a stop sequence', async () => {
  const completion = await client.chat.completions.create({
    model: 'm',
    messages: [{ role: 'user', content: 'hello' }],
    stop: ['specialist'],
  })
  expect(completion.choices[0]?.message.content).not.toContain('specialist')
  expect(completion.choices[0]?.finish_reason).toBe('stop')
})

test('calls a tool with fitting arguments and uses its result in the next turn', async () => {
  const asked = [system, { role: 'user', content: 'How much is 18% of 2,450 plus 99?' }] as const
  const first = await client.chat.completions.create({ model: 'm', messages: [...asked], tools: [calculator] })
  expect(first.choices[0]?.finish_reason).toBe('tool_calls')
  expect(first.choices[0]?.message.content).toBeNull()
  const call = first.choices[0]?.message.tool_calls?.[0]
  if (call?.type !== 'function') throw new Error('expected a function call')
  expect(JSON.parse(call.function.arguments)).toEqual({ expression: '18 / 100 * 2450 + 99' })
  const second = await client.chat.completions.create({
    model: 'm',
    tools: [calculator],
    messages: [
      ...asked,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: '540' },
    ],
  })
  expect(second.choices[0]?.finish_reason).toBe('stop')
  expect(second.choices[0]?.message.content).toContain('540')
})

test('streams a tool call whose pieces join to valid arguments', async () => {
  const stream = client.chat.completions.stream({
    model: 'm',
    messages: [{ role: 'user', content: 'calculate 12 * 12' }],
    tools: [calculator],
  })
  const message = (await stream.finalChatCompletion()).choices[0]?.message
  expect(message?.tool_calls?.[0]).toMatchObject({
    type: 'function',
    function: { name: 'calculator', arguments: '{"expression":"12 * 12"}' },
  })
})

test('obeys tool_choice', async () => {
  const ask = async (tool_choice: OpenAI.ChatCompletionToolChoiceOption): Promise<string | undefined> => {
    const { choices } = await client.chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'Good day, 1 + 1' }],
      tools: [calculator],
      tool_choice,
    })
    const call = choices[0]?.message.tool_calls?.[0]
    return call?.type === 'function' ? call.function.name : undefined
  }
  expect(await ask('none')).toBeUndefined()
  expect(await ask('required')).toBe('calculator')
  expect(await ask({ type: 'function', function: { name: 'calculator' } })).toBe('calculator')
})

test('answers in the wanted schema, parsed by zod', async () => {
  const route = z.object({
    specialty: z.enum(['writer', 'software_engineer', 'generalist']),
    confidence: z.number().min(0).max(1),
    reason: z.string(),
  })
  const completion = await client.chat.completions.parse({
    model: 'm',
    response_format: zodResponseFormat(route, 'route'),
    messages: [
      { role: 'system', content: 'Choose the specialist.' },
      { role: 'user', content: 'Fix this TypeScript bug in the async function' },
    ],
  })
  const parsed = completion.choices[0]?.message.parsed
  expect(parsed?.specialty).toBe('software_engineer')
  expect(parsed?.confidence).toBeGreaterThan(0.5)
  expect(parsed?.reason).not.toBe('')
})

test('answers with an object for json_object', async () => {
  const completion = await client.chat.completions.create({
    model: 'm',
    response_format: { type: 'json_object' },
    messages: [{ role: 'user', content: 'Answer as JSON: hello' }],
  })
  expect(typeof JSON.parse(completion.choices[0]?.message.content ?? '')).toBe('object')
})

test('reports cached tokens for a long beginning that was seen before', async () => {
  const long = 'The handbook says many things about holidays. '.repeat(200)
  const ask = async (question: string): Promise<number | undefined> => {
    const { usage } = await client.chat.completions.create({
      model: 'm',
      messages: [
        { role: 'system', content: long },
        { role: 'user', content: question },
      ],
    })
    return usage?.prompt_tokens_details?.cached_tokens
  }
  expect(await ask('one')).toBe(0)
  const cached = await ask('two')
  expect(cached).toBeGreaterThan(1024)
  expect((cached ?? 1) % 128).toBe(0)
})

test('embeds texts as the client asks, near ones nearer than far ones', async () => {
  const {
    data,
    usage,
    model: name,
  } = await client.embeddings.create({
    model: 'embed',
    input: ['invoice for March', 'the March invoices', 'a walk in the forest'],
  })
  const [one, near, far] = data.map((item) => item.embedding)
  expect(name).toBe('embed')
  expect(usage.total_tokens).toBeGreaterThan(0)
  expect(one).toHaveLength(1536)
  expect(dot(one, one)).toBeCloseTo(1, 5)
  expect(dot(one, near)).toBeGreaterThan(dot(one, far) + 0.2)
})

test('embeds alike in both encodings and in the wanted number of dimensions', async () => {
  const ask = async (encoding_format: 'float' | 'base64'): Promise<unknown> =>
    (await client.embeddings.create({ model: 'e', input: 'hello', encoding_format, dimensions: 8 })).data[0]?.embedding
  const floats = (await ask('float')) as number[]
  const encoded = Buffer.from(String(await ask('base64')), 'base64')
  expect(floats).toHaveLength(8)
  expect(floats.map((_, index) => encoded.readFloatLE(index * 4))).toEqual(floats)
})

test('lists its models', async () => {
  const ids = []
  for await (const listed of client.models.list()) ids.push(listed.id)
  expect(ids).toContain('offline-model')
  await expect(client.models.retrieve('nothing')).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
})

function dot(one: readonly number[] = [], other: readonly number[] = []): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
}
