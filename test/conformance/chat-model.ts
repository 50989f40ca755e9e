import { afterEach, describe, expect, test } from '@jest/globals'
import type { ChatModel, ChatRequest } from '../../src/agents/chat-model.ts'

/** What the model behind a subject does at one call. */
export type ModelDeed =
  | { readonly say: string; readonly finishReason?: 'stop' | 'length' | 'content_filter' }
  | { readonly call: readonly { readonly id: string; readonly name: string; readonly argumentsJson: string }[] }
  | { readonly fail: 'busy' | 'down' | 'refused' | 'malformed' }
  | { readonly hang: true }

export interface ChatModelSubject {
  readonly model: ChatModel
  /** Settles once the n-th call has reached the model. */
  readonly called: (calls: number) => Promise<void>
}

export interface ChatModelSuite {
  readonly name: string
  /** What the protocol behind it cannot say, with the reason; each leaves a test out, visibly. */
  readonly cannot?: Partial<Record<'tools' | 'broken arguments' | 'structured output' | 'say when it was cut', string>>
  /** `busy` asks to wait 2 seconds. */
  create(deeds: readonly ModelDeed[]): Promise<ChatModelSubject>
  destroy(): Promise<void>
}

const request: ChatRequest = {
  messages: [
    { role: 'system', content: 'You are brief.' },
    { role: 'user', content: 'Say something.' },
  ],
  maxOutputTokens: 100,
}
const answerSchema = {
  name: 'answer',
  schema: {
    type: 'object',
    properties: { value: { type: 'number' } },
    required: ['value'],
    additionalProperties: false,
  },
}
const never = new AbortController().signal

/** What every ChatModel does, whatever is behind it. */
export function chatModelConformance(suite: ChatModelSuite): void {
  describe(`chat model: ${suite.name}`, () => {
    afterEach(() => suite.destroy())
    const { cannot = {} } = suite
    /** What takes the place of a test that cannot be passed here: its title, with the reason. */
    const unless = (reason: string | undefined) =>
      reason === undefined
        ? test
        : (title: string, _body: () => Promise<void>) => {
            test.todo(`${title} (left out: ${reason})`)
          }

    test('answers with text, usage, the model and the time it took', async () => {
      const { model } = await suite.create([{ say: 'Hello there.' }])
      const reply = await model.complete(request, { signal: never })
      expect(reply).toMatchObject({ text: 'Hello there.', toolCalls: [], finishReason: 'stop' })
      expect(reply.usage.inputTokens).toBeGreaterThan(0)
      expect(reply.usage.outputTokens).toBeGreaterThan(0)
      expect(reply.modelId).not.toBe('')
      expect(reply.latencyMs).toBeGreaterThanOrEqual(0)
    })

    test('streams pieces that join to the text', async () => {
      const text = 'A longer answer that comes in several pieces, with umlauts äöü and an emoji 🎉 at its end.'
      const { model } = await suite.create([{ say: text }])
      const pieces: string[] = []
      const reply = await model.complete(request, { signal: never, onText: (delta) => pieces.push(delta) })
      expect(pieces.join('')).toBe(text)
      expect(reply.text).toBe(text)
    })

    unless(cannot['structured output'])('does not stream structured output', async () => {
      const { model } = await suite.create([{ say: '{"value":42}' }])
      const pieces: string[] = []
      const reply = await model.complete(
        { ...request, responseSchema: answerSchema },
        { signal: never, onText: (delta) => pieces.push(delta) },
      )
      expect(JSON.parse(reply.text)).toEqual({ value: 42 })
      expect(pieces).toEqual([])
    })

    const call = [
      { id: 'c1', name: 'look', argumentsJson: '{"at":"sky"}' },
      { id: 'c2', name: 'look', argumentsJson: cannot['broken arguments'] === undefined ? '{broken' : '{"at":"sea"}' },
    ]
    const tools = [
      { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: { at: { type: 'string' } } } },
    ]

    for (const how of ['plain', 'streamed'] as const) {
      unless(cannot.tools)(`hands on tool calls as the model wrote them, ${how}`, async () => {
        const { model } = await suite.create([{ call }])
        const reply = await model.complete(
          { ...request, tools },
          { signal: never, ...(how === 'streamed' ? { onText: () => undefined } : {}) },
        )
        expect(reply).toMatchObject({ toolCalls: call, finishReason: 'tool_calls' })
      })
    }

    unless(cannot['say when it was cut'])('says when the answer was cut', async () => {
      const { model } = await suite.create([{ say: 'Once upon a', finishReason: 'length' }])
      expect(await model.complete(request, { signal: never })).toMatchObject({
        text: 'Once upon a',
        finishReason: 'length',
      })
    })

    test.each([
      ['busy', 'MUR_MODEL_BUSY', { status: 429, retryAfterMs: 2_000 }],
      ['down', 'MUR_MODEL_DOWN', {}],
      ['refused', 'MUR_MODEL_REFUSED', { status: 401 }],
      ['malformed', 'MUR_MODEL_MALFORMED', {}],
    ] as const)('names a provider that is %s', async (fail, code, details) => {
      const { model } = await suite.create([{ fail }])
      const failure = model.complete(request, { signal: never, onText: () => undefined })
      await expect(failure).rejects.toMatchObject({ code, details: expect.objectContaining(details) })
    })

    test('makes no call for a run that is already cancelled', async () => {
      const { model } = await suite.create([])
      await expect(model.complete(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'MUR_RUN_CANCELLED',
      })
    })

    test.each([
      ['plain', false],
      ['streamed', true],
    ])('stops at once when the run is cancelled during a %s call', async (_, isStreamed) => {
      const { model, called } = await suite.create([{ hang: true }])
      const controller = new AbortController()
      const reply = model.complete(request, {
        signal: controller.signal,
        ...(isStreamed ? { onText: () => undefined } : {}),
      })
      reply.catch(() => undefined)
      await called(1)
      controller.abort()
      await expect(reply).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
    })
  })
}
