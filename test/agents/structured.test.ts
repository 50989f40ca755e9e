import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { askStructured } from '../../src/agents/structured.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const route = z.object({
  specialty: z.enum(['writer', 'planner']),
  confidence: z.number().min(0).max(1),
  reason: z.string().optional(),
})
const messages = [{ role: 'user' as const, content: 'Where to?' }]

async function ask<T>(schema: z.ZodType<T>, steps: readonly ScriptStep[]) {
  const model = new ScriptedModel(steps)
  const answer = askStructured({
    model,
    schema,
    name: 'route',
    messages,
    maxOutputTokens: 100,
    signal: new AbortController().signal,
    temperature: 0,
  })
  const value = await answer.finally(() => {
    model.assertDone()
  })
  return { value, requests: model.requests }
}

describe('a structured answer', () => {
  test('is asked for with a strict schema and validated', async () => {
    const { value, requests } = await ask(route, [
      { text: '{"specialty":"writer","confidence":0.9,"reason":"it is a text"}' },
    ])
    expect(value).toEqual({ specialty: 'writer', confidence: 0.9, reason: 'it is a text' })
    expect(requests[0]).toMatchObject({
      messages,
      temperature: 0,
      maxOutputTokens: 100,
      responseSchema: { name: 'route', schema: { required: ['specialty', 'confidence', 'reason'] } },
    })
  })

  test('takes null for what was left out', async () => {
    expect((await ask(route, [{ text: '{"specialty":"writer","confidence":1,"reason":null}' }])).value).toEqual({
      specialty: 'writer',
      confidence: 1,
    })
  })

  test('keeps null where the schema has it', async () => {
    const schema = z.object({ a: z.string().nullable(), b: z.string().optional() })
    expect((await ask(schema, [{ text: '{"a":null,"b":null}' }])).value).toEqual({ a: null })
  })

  test.each([
    '```json\n{"specialty":"planner","confidence":1}\n```',
    '```\n{"specialty":"planner","confidence":1}```',
    '  {"specialty":"planner","confidence":1}\n',
  ])('is found inside code fences (%#)', async (text) => {
    expect((await ask(route, [{ text }])).value).toMatchObject({ specialty: 'planner' })
  })

  test('travels in an object when it is not one', async () => {
    const { value, requests } = await ask(z.array(z.string()), [{ text: '{"value":["a","b"]}' }])
    expect(value).toEqual(['a', 'b'])
    expect(requests[0]?.responseSchema?.schema).toMatchObject({ type: 'object', required: ['value'] })
  })

  test.each([
    ['{"specialty":"pirate","confidence":0.9}', 'specialty'],
    ['{"specialty":"writer","confidence":7}', 'confidence'],
    ['I would choose the writer.', 'not JSON'],
    ['[1]', 'the answer'],
  ])('is asked for once more, with what is wrong said (%#)', async (text, problem) => {
    const { value, requests } = await ask(route, [{ text }, { text: '{"specialty":"writer","confidence":0.5}' }])
    expect(value).toEqual({ specialty: 'writer', confidence: 0.5 })
    expect(requests[1]?.messages.slice(0, -1)).toEqual([...messages, { role: 'assistant', content: text }])
    expect(requests[1]?.messages.at(-1)?.content).toContain(problem)
  })

  test('says that it must be shorter when it was cut', async () => {
    const { requests } = await ask(route, [
      { text: '{"specialty":"wri', finishReason: 'length' },
      { text: '{"specialty":"writer","confidence":0.5}' },
    ])
    expect(requests[1]?.messages.at(-1)?.content).toContain('shorter')
  })

  test('fails after the second answer that does not fit', async () => {
    await expect(ask(route, [{ text: 'no' }, { text: '{"specialty":"writer"}' }])).rejects.toMatchObject({
      code: 'MUR_MODEL_MALFORMED',
      details: { reason: expect.stringContaining('route: confidence') },
    })
  })

  test('fails when the model declines twice', async () => {
    const declined: ScriptStep = { text: 'I cannot.', finishReason: 'content_filter' }
    await expect(ask(route, [declined, declined])).rejects.toMatchObject({ code: 'MUR_MODEL_MALFORMED' })
  })
})
