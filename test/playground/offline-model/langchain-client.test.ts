import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { z } from 'zod'
import { createOfflineModel } from '../../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../../playground/offline-model/offline-model.ts'

let model: OfflineModel
let chat: ChatOpenAI

beforeAll(async () => {
  model = await createOfflineModel()
  chat = new ChatOpenAI({
    model: 'offline-model',
    apiKey: 'any',
    maxRetries: 0,
    configuration: { baseURL: model.baseUrl },
  })
})
afterAll(() => model.close())

const clock = tool(() => 'Friday 2026-11-20', {
  name: 'date_time',
  description: 'Today',
  schema: z.object({ timeZone: z.string().optional() }),
})

test('streams text and usage', async () => {
  let whole = ''
  let usage: unknown
  for await (const chunk of await chat.stream([new HumanMessage('What is 2 + 3?')], {})) {
    whole += chunk.text
    usage = chunk.usage_metadata ?? usage
  }
  expect(whole).toContain('2 + 3 = 5')
  expect(usage).toMatchObject({
    input_tokens: expect.any(Number),
    output_tokens: expect.any(Number),
    input_token_details: { cache_read: 0 },
  })
})

test('goes round with a tool', async () => {
  const bound = chat.bindTools([clock])
  const messages = [new SystemMessage('You are a planner.'), new HumanMessage('What is the date today?')]
  const first = await bound.invoke(messages)
  expect(first.tool_calls).toMatchObject([{ name: 'date_time', args: {} }])
  const call = first.tool_calls?.[0]
  if (call === undefined) throw new Error('expected a call')
  const result = new ToolMessage({ tool_call_id: call.id ?? '', content: 'Friday 2026-11-20' })
  const second = await bound.invoke([...messages, new AIMessage({ content: '', tool_calls: [call] }), result])
  expect(second.tool_calls).toEqual([])
  expect(second.text).toContain('Friday 2026-11-20')
})

test.each(['jsonSchema', 'functionCalling'] as const)('gives structured output by %s', async (method) => {
  const ballot = z.object({
    choice: z.enum(['red', 'green', 'blue']),
    reason: z.string(),
    ranking: z.array(z.enum(['red', 'green', 'blue'])).length(3),
  })
  const answer = await chat
    .withStructuredOutput(ballot, { name: 'ballot', method })
    .invoke('Vote for a colour: green is calm.')
  expect(ballot.parse(answer)).toEqual(answer)
  expect(new Set(answer.ranking).size).toBe(3)
})

test('embeds queries and documents', async () => {
  const embeddings = new OpenAIEmbeddings({
    model: 'offline-embedding',
    apiKey: 'any',
    configuration: { baseURL: model.baseUrl },
  })
  const [one, other] = await embeddings.embedDocuments(['red apples', 'green pears'])
  expect(one).toHaveLength(1536)
  expect(await embeddings.embedQuery('red apples')).toEqual(one)
  expect(other).not.toEqual(one)
})

test('stops a stream in the middle when the caller does', async () => {
  const slow = await createOfflineModel({ chunkDelayMs: 5, chunkSize: 4 })
  const client = new ChatOpenAI({ model: 'm', apiKey: 'any', maxRetries: 0, configuration: { baseURL: slow.baseUrl } })
  const caller = new AbortController()
  const reading = (async () => {
    for await (const chunk of await client.stream('hello', { signal: caller.signal })) {
      if (chunk.text !== '') caller.abort()
    }
  })()
  await expect(reading).rejects.toThrow(/abort/i)
  await slow.waitFor('the abort', () => slow.requests()[0]?.aborted)
  await slow.close()
})
