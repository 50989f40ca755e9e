import { afterEach, describe, expect, test } from '@jest/globals'
import { createOpenAiModel, type OpenAiModelOptions } from '../../../src/agents/providers/openai.ts'
import type { ChatReply, ChatRequest, ModelProfile } from '../../../src/agents/chat-model.ts'
import type { MurmurError } from '../../../src/errors.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import {
  completion,
  done,
  event,
  json,
  type RawAnswer,
  RawModelServer,
  stream,
  usageEvent,
} from '../../fakes/raw-model-server.ts'

const apiKey = 'sk-secret-0123456789abcdef'
const never = new AbortController().signal
const request: ChatRequest = {
  messages: [{ role: 'user', content: 'What is the answer?' }],
  maxOutputTokens: 50,
  temperature: 0.2,
}
const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }]

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

describe('what it asks', () => {
  test('sends key, model, limit, temperature and tools', async () => {
    const model = await modelFor([json(completion({ content: 'ok' }))])
    await model.complete({ ...request, tools }, { signal: never })
    expect(server.headers[0]?.authorization).toBe(`Bearer ${apiKey}`)
    expect(server.bodies[0]).toEqual({
      model: 'acme-small',
      messages: [{ role: 'user', content: 'What is the answer?' }],
      max_completion_tokens: 50,
      temperature: 0.2,
      tools: [{ type: 'function', function: tools[0] }],
    })
  })

  test('asks for strict structured output, without streaming', async () => {
    const model = await modelFor([json(completion({ content: '{}' }))])
    const responseSchema = {
      name: 'route',
      schema: { type: 'object', properties: {}, required: [], additionalProperties: false },
    }
    await model.complete({ ...request, responseSchema }, { signal: never, onText: () => undefined })
    expect(server.bodies[0]).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { ...responseSchema, strict: true } },
    })
    expect(server.bodies[0]).not.toHaveProperty('stream')
  })

  test('writes tool calls and their results into the conversation', async () => {
    const model = await modelFor([json(completion({ content: 'ok' }))])
    const toolCalls = [{ id: 'c1', name: 'look', argumentsJson: '{"at":"sky"}' }]
    await model.complete(
      {
        ...request,
        messages: [
          { role: 'assistant', content: '', toolCalls },
          { role: 'tool', content: 'blue', toolCallId: 'c1' },
        ],
      },
      { signal: never },
    )
    expect(server.bodies[0]?.['messages']).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":"sky"}' } }],
      },
      { role: 'tool', content: 'blue', tool_call_id: 'c1' },
    ])
  })

  test('never asks for more output than the model has', async () => {
    const model = await modelFor([json(completion({ content: 'ok' }))], { profile: aProfile({ maxOutputTokens: 40 }) })
    await model.complete(request, { signal: never })
    expect(server.bodies[0]).toMatchObject({ max_completion_tokens: 40 })
  })

  test.each([
    ['refuses one', { capabilities: ['chat', 'fixed_temperature'] }],
    ['thinks', { reasoningEffort: 'low' as const }],
  ])('leaves the temperature out for a model that %s', async (_, over) => {
    const model = await modelFor([json(completion({ content: 'ok' }))], { profile: aProfile(over) })
    await model.complete(request, { signal: never })
    expect(server.bodies[0]).not.toHaveProperty('temperature')
  })

  test('keeps the temperature for a model whose thinking is switched off', async () => {
    const model = await modelFor([json(completion({ content: 'ok' }))], {
      profile: aProfile({ reasoningEffort: 'none' }),
    })
    await model.complete(request, { signal: never })
    expect(server.bodies[0]).toMatchObject({ temperature: 0.2, reasoning_effort: 'none' })
  })
})

describe('servers with manners of their own', () => {
  const unknown = (
    param: string,
    message = `Unsupported parameter: '${param}' is not supported with this model.`,
  ): RawAnswer => json({ error: { message, type: 'invalid_request_error', param, code: 'unsupported_parameter' } }, 400)
  const ok = json(completion({ content: 'ok' }))

  test.each([
    ['OpenAI', unknown('max_completion_tokens')],
    ['vLLM', json({ object: 'error', message: 'max_completion_tokens: extra fields not permitted', code: 400 }, 400)],
    [
      'FastAPI',
      json({ detail: [{ loc: ['body', 'max_completion_tokens'], msg: 'Extra inputs are not permitted' }] }, 422),
    ],
    ['a proxy', json('unknown field max_completion_tokens', 400)],
  ])('uses the old name of the output limit when %s does not know the new one, and remembers', async (_, refusal) => {
    const model = await modelFor([refusal, ok])
    await model.complete(request, { signal: never })
    await model.complete(request, { signal: never })
    expect(server.bodies.map((body) => [body['max_completion_tokens'], body['max_tokens']])).toEqual([
      [50, undefined],
      [undefined, 50],
      [undefined, 50],
    ])
  })

  test('uses the new name where a profile asked for the old one in vain', async () => {
    const refusal = unknown(
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
    )
    const model = await modelFor([refusal, ok], { profile: aProfile({ capabilities: ['chat', 'max_tokens'] }) })
    await model.complete(request, { signal: never })
    expect(server.bodies.map((body) => Object.keys(body).find((key) => key.startsWith('max_')))).toEqual([
      'max_tokens',
      'max_completion_tokens',
    ])
  })

  test('drops a temperature that is refused', async () => {
    const model = await modelFor([
      unknown('temperature', "Unsupported value: 'temperature' does not support 0.2 with this model."),
      ok,
    ])
    await model.complete(request, { signal: never })
    expect(server.bodies[1]).not.toHaveProperty('temperature')
  })

  test('switches thinking off where tools need that', async () => {
    const refusal = unknown(
      'reasoning_effort',
      "Function tools with reasoning_effort are not supported. Set reasoning_effort to 'none'.",
    )
    const model = await modelFor([refusal, ok])
    await model.complete({ ...request, tools }, { signal: never })
    expect(server.bodies[1]).toMatchObject({ reasoning_effort: 'none' })
  })

  test('drops the wish for streamed usage where it is not known', async () => {
    const model = await modelFor([unknown('stream_options'), stream([event({ content: 'ok' }, 'stop'), done])])
    await model.complete(request, { signal: never, onText: () => undefined })
    expect(server.bodies[1]).toEqual(expect.not.objectContaining({ stream_options: expect.anything() }))
    expect(server.bodies[1]).toMatchObject({ stream: true })
  })

  test('leaves out what few servers know when a refusal names nothing', async () => {
    const bare = json({ error: 'bad request' }, 400)
    const model = await modelFor([bare, bare, stream([event({ content: 'ok' }, 'stop'), done])], { profile: aProfile({ reasoningEffort: 'none' }) })
    expect(await model.complete(request, { signal: never, onText: () => undefined })).toMatchObject({ text: 'ok' })
    expect(server.bodies[2]).toEqual({ model: 'acme-small', messages: request.messages, max_tokens: 50, temperature: 0.2, stream: true })
  })

  test('gives up when saying it another way does not help', async () => {
    const model = await modelFor([
      unknown('max_completion_tokens'),
      unknown('max_tokens'),
      unknown('max_completion_tokens'),
    ])
    expect(await failureOf(model.complete(request, { signal: never }))).toMatchObject({
      code: 'MUR_MODEL_REFUSED',
      details: { status: 400 },
    })
    expect(server.bodies.length).toBeLessThanOrEqual(5)
  })

  test('does not learn from a way of asking that was refused as well', async () => {
    const tooLarge = unknown('max_completion_tokens', 'max_completion_tokens is too large')
    const model = await modelFor([tooLarge, json({ error: { message: 'no', param: null } }, 400), ok])
    await failureOf(model.complete(request, { signal: never }))
    await model.complete(request, { signal: never })
    expect(server.bodies[2]).toHaveProperty('max_completion_tokens')
  })
})

describe('what it reads', () => {
  const streamed = async (
    model: Awaited<ReturnType<typeof modelFor>>,
  ): Promise<{ reply: ChatReply; pieces: string[] }> => {
    const pieces: string[] = []
    return { reply: await model.complete(request, { signal: never, onText: (delta) => pieces.push(delta) }), pieces }
  }

  test('gives each piece of a stream on, and the usage at its end', async () => {
    const model = await modelFor([
      stream([
        event({ role: 'assistant', content: '' }),
        event({ content: 'for' }) + event({ content: 'ty ' }),
        event({ content: 'two' }),
        event({}, 'stop'),
        usageEvent,
        done,
      ]),
    ])
    const { reply, pieces } = await streamed(model)
    expect(pieces).toEqual(['for', 'ty ', 'two'])
    expect(reply).toEqual({
      text: 'forty two',
      toolCalls: [],
      finishReason: 'stop',
      modelId: 'small',
      latencyMs: 0,
      usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 3, isEstimated: false },
    })
  })

  test('reads a stream cut inside lines and letters, with comments and carriage returns', async () => {
    const bytes = Buffer.from(
      `: hello\r\n\r\n${event({ content: 'für 🎉' })}`.replaceAll('\n\n', '\r\n\r\n') + event({}, 'stop') + done,
    )
    const model = await modelFor([
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const byte of bytes) response.write(Buffer.from([byte]))
        response.end()
      },
    ])
    expect((await streamed(model)).reply.text).toBe('für 🎉')
  })

  test('puts tool calls together by index, with text before and after them', async () => {
    const model = await modelFor([
      stream([
        event({ content: 'Let me see. ' }),
        event({
          tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'second', arguments: '{"x"' } }],
        }),
        event({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'first', arguments: '' } }] }),
        event({
          tool_calls: [
            { index: 1, function: { arguments: ':1}' } },
            { index: 0, function: { arguments: '{}' } },
          ],
        }),
        event({ content: 'One moment.' }),
        event({}, 'tool_calls'),
        done,
      ]),
    ])
    const { reply, pieces } = await streamed(model)
    expect(pieces.join('')).toBe('Let me see. One moment.')
    expect(reply).toMatchObject({
      finishReason: 'tool_calls',
      toolCalls: [
        { id: 'b', name: 'second', argumentsJson: '{"x":1}' },
        { id: 'a', name: 'first', argumentsJson: '{}' },
      ],
    })
  })

  test('tells parallel calls apart that a server numbers 0 each', async () => {
    const call = (id: string) =>
      event({ tool_calls: [{ index: 0, id, function: { name: 'look', arguments: `{"at":"${id}"}` } }] })
    const model = await modelFor([stream([call('a'), call('b'), event({}, 'stop'), done])])
    expect((await streamed(model)).reply.toolCalls.map((each) => each.argumentsJson)).toEqual([
      '{"at":"a"}',
      '{"at":"b"}',
    ])
  })

  test('understands plain JSON where a stream was asked for, whatever its content type', async () => {
    const model = await modelFor([json(completion({ content: 'whole' }), 200, { 'content-type': 'text/event-stream' })])
    const { reply, pieces } = await streamed(model)
    expect(pieces).toEqual(['whole'])
    expect(reply.text).toBe('whole')
  })

  test('estimates usage that a server does not send', async () => {
    const model = await modelFor([json(completion({ content: '12345678' }, 'stop', null))])
    const reply = await model.complete(request, { signal: never })
    expect(reply.usage).toEqual({ inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, isEstimated: true })
  })

  test('counts what was written into the cache', async () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 3,
      prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 5 },
    }
    const model = await modelFor([json(completion({ content: 'ok' }, 'stop', usage))])
    expect((await model.complete(request, { signal: never })).usage).toMatchObject({
      cachedInputTokens: 2,
      cacheWriteTokens: 5,
    })
  })

  test.each([
    ['a refusal', completion({ content: null, refusal: 'I cannot help with that.' }), 'I cannot help with that.'],
    ['a filtered answer', completion({ content: 'So far' }, 'content_filter'), 'So far'],
  ])('gives %s as text that was filtered', async (_, body, text) => {
    const model = await modelFor([json(body)])
    expect(await model.complete(request, { signal: never })).toMatchObject({ text, finishReason: 'content_filter' })
  })

  test('uses connections again after a stream', async () => {
    const model = await modelFor([stream([event({ content: 'ok' }, 'stop'), done])])
    for (let call = 0; call < 6; call++) await streamed(model)
    // A second one opens when a call comes before the last bytes of the one before.
    expect(server.connections).toBeLessThanOrEqual(2)
  })
})
