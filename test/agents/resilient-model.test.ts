import { describe, expect, test } from '@jest/globals'
import type { ChatRequest } from '../../src/agents/chat-model.ts'
import { ModelLanes } from '../../src/agents/model-lanes.ts'
import { createResilientModel, type ResilientModelOptions } from '../../src/agents/resilient-model.ts'
import { MurmurError } from '../../src/errors.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'hi' }], maxOutputTokens: 10 }
const busy = (retryAfterMs?: number): ScriptStep => ({
  error: new MurmurError('MUR_MODEL_BUSY', { status: 429, retryAfterMs }),
})
const down: ScriptStep = { error: new MurmurError('MUR_MODEL_DOWN', { reason: 'timeout' }) }
const malformed: ScriptStep = { error: new MurmurError('MUR_MODEL_MALFORMED', { reason: 'not JSON' }) }
const refused = (status: number): ScriptStep => ({ error: new MurmurError('MUR_MODEL_REFUSED', { status }) })

/** Waits are noted, not waited; time passes by them. */
function setUp(steps: readonly ScriptStep[], over: Partial<ResilientModelOptions> = {}) {
  const clock = { nowMs: 0 }
  const waits: number[] = []
  const primary = new ScriptedModel(steps)
  const model = createResilientModel({
    primary,
    now: () => clock.nowMs,
    random: () => 0.5,
    delay: async (ms) => {
      waits.push(ms)
      clock.nowMs += ms
    },
    ...over,
  })
  return { model, primary, waits, clock }
}

describe('retries', () => {
  test('waits longer each time, with jitter, and answers when the model does', async () => {
    const { model, waits, primary } = setUp([down, down, { text: 'there' }])
    expect((await model.complete(request, { signal: never })).text).toBe('there')
    expect(waits).toEqual([125, 250])
    primary.assertDone()
  })

  test('gives up after three attempts with the last error', async () => {
    const { model, primary } = setUp([down, busy(), down])
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
    primary.assertDone()
  })

  test('never waits longer than its bound', async () => {
    const { model, waits } = setUp(Array<ScriptStep>(9).fill(down), {
      limits: { attempts: 9, maxDelayMs: 1_000 },
      breaker: { failures: 99 },
      random: () => 1,
    })
    await model.complete(request, { signal: never }).catch(() => undefined)
    expect(Math.max(...waits)).toBe(1_000)
  })

  test('waits as long as the server asks, and a little more', async () => {
    const { model, waits } = setUp([busy(3_000), { text: 'ok' }])
    await model.complete(request, { signal: never })
    expect(waits).toEqual([3_125])
  })

  test('does not wait for a server that asks for too much', async () => {
    const { model, waits, primary } = setUp([busy(60_000)])
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({
      code: 'MUR_MODEL_BUSY',
      details: { retryAfterMs: 60_000 },
    })
    expect(waits).toEqual([])
    primary.assertDone()
  })

  test('asks once more after garbage, not twice', async () => {
    const { model, primary } = setUp([malformed, malformed])
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({ code: 'MUR_MODEL_MALFORMED' })
    primary.assertDone()
  })

  test.each([
    refused(401),
    refused(400),
    { error: new MurmurError('MUR_INPUT_TOO_LONG') },
    { error: new TypeError('a bug') },
  ])('does not repeat what cannot get better (%#)', async (step) => {
    const { model, waits, primary } = setUp([step])
    await expect(model.complete(request, { signal: never })).rejects.toBeInstanceOf(MurmurError)
    expect(waits).toEqual([])
    primary.assertDone()
  })

  test('stops while it waits when the run is cancelled', async () => {
    const controller = new AbortController()
    const { model, primary } = setUp([down], {
      delay: async () => {
        controller.abort()
      },
    })
    await expect(model.complete(request, { signal: controller.signal })).rejects.toMatchObject({
      code: 'MUR_RUN_CANCELLED',
    })
    primary.assertDone()
  })

  test('stops at once during a real wait', async () => {
    const controller = new AbortController()
    const primary = new ScriptedModel([busy(15_000)])
    const model = createResilientModel({ primary, now: () => 0 })
    const reply = model.complete(request, { signal: controller.signal })
    reply.catch(() => undefined)
    await primary.called(1)
    controller.abort()
    await expect(reply).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
  })
})

describe('streamed text', () => {
  const cut: ScriptStep = { ...down, pieces: ['The ans'] }

  test('is taken back before another attempt', async () => {
    const { model } = setUp([cut, down, { pieces: ['The ', 'answer'] }])
    const shown: string[] = []
    await model.complete(request, {
      signal: never,
      onText: (delta) => shown.push(delta),
      onRestart: () => shown.push('<restart>'),
    })
    expect(shown).toEqual(['The ans', '<restart>', 'The ', 'answer'])
  })

  test('is not repeated by someone who cannot take it back', async () => {
    const { model, primary } = setUp([cut], { fallbacks: [new ScriptedModel([], { id: 'other' })] })
    const shown: string[] = []
    await expect(
      model.complete(request, { signal: never, onText: (delta) => shown.push(delta) }),
    ).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
    expect(shown).toEqual(['The ans'])
    primary.assertDone()
  })

  test('is taken back before a fallback begins', async () => {
    const { model } = setUp([cut], {
      limits: { attempts: 1 },
      fallbacks: [new ScriptedModel([{ text: 'Hello' }], { id: 'other' })],
    })
    const shown: string[] = []
    await model.complete(request, {
      signal: never,
      onText: (delta) => shown.push(delta),
      onRestart: () => shown.push('<restart>'),
    })
    expect(shown).toEqual(['The ans', '<restart>', 'Hello'])
  })
})

describe('fallbacks', () => {
  test.each([
    ['down', down],
    ['busy for long', busy(60_000)],
    ['without this model', refused(404)],
    ['without credit', refused(401)],
  ])('answer when the first is %s', async (_, step) => {
    const other = new ScriptedModel([{ text: 'me instead' }], { id: 'other' })
    const { model } = setUp([step, step, step], { fallbacks: [other] })
    expect(await model.complete(request, { signal: never })).toMatchObject({ text: 'me instead', modelId: 'other' })
    other.assertDone()
  })

  test('are not asked what is wrong for all', async () => {
    const other = new ScriptedModel([], { id: 'other' })
    const { model } = setUp([refused(400)], { fallbacks: [other] })
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({ details: { status: 400 } })
    other.assertDone()
  })

  test('are skipped when they cannot do what is needed', async () => {
    const mute = new ScriptedModel([], { id: 'mute', capabilities: ['chat'] })
    const able = new ScriptedModel([{ text: 'with tools' }], { id: 'able' })
    const { model } = setUp([refused(404)], { fallbacks: [mute, able] })
    const tools = [{ name: 'look', description: '', parameters: {} }]
    expect((await model.complete({ ...request, tools }, { signal: never })).modelId).toBe('able')
    mute.assertDone()
  })

  test('stand in order behind the first, for who must know the worst price', () => {
    const { model } = setUp([], {
      fallbacks: [new ScriptedModel([], { id: 'second' }), new ScriptedModel([], { id: 'third' })],
    })
    expect(model.profiles.map((profile) => profile.id)).toEqual(['small', 'second', 'third'])
  })
})

describe('circuit breaker', () => {
  test('spares a failing model, then probes it once', async () => {
    const { model, primary, clock } = setUp([down, down, { text: 'well again' }, { text: 'and on' }], {
      limits: { attempts: 1 },
      breaker: { failures: 2 },
    })
    for (let call = 0; call < 2; call++) await model.complete(request, { signal: never }).catch(() => undefined)
    await expect(model.complete(request, { signal: never })).rejects.toMatchObject({
      code: 'MUR_MODEL_DOWN',
      details: { retryAfterMs: 15_000 },
    })
    expect(primary.requests).toHaveLength(2)
    expect(model.state()).toMatchObject([
      { modelId: 'small', breaker: 'open', probesAtMs: 15_000, calls: 2, failures: 2 },
    ])
    clock.nowMs = 15_000
    expect((await model.complete(request, { signal: never })).text).toBe('well again')
    expect(model.state()).toMatchObject([{ breaker: 'closed', probesAtMs: undefined }])
    await model.complete(request, { signal: never })
    primary.assertDone()
  })

  test('goes to the fallback without waiting while it is open', async () => {
    const other = new ScriptedModel([{ text: 'a' }, { text: 'b' }], { id: 'other' })
    const { model, waits } = setUp([down], { limits: { attempts: 1 }, breaker: { failures: 1 }, fallbacks: [other] })
    await model.complete(request, { signal: never })
    expect((await model.complete(request, { signal: never })).text).toBe('b')
    expect(waits).toEqual([])
  })

  test('is not opened by a busy or refusing provider, or by cancelled runs', async () => {
    const { model } = setUp([busy(), refused(401), { hangs: true }, { text: 'fine' }], {
      limits: { attempts: 1 },
      breaker: { failures: 1 },
    })
    for (let call = 0; call < 2; call++) await model.complete(request, { signal: never }).catch(() => undefined)
    await model.complete(request, { signal: AbortSignal.timeout(1) }).catch(() => undefined)
    expect((await model.complete(request, { signal: never })).text).toBe('fine')
  })
})

describe('lanes', () => {
  test('are shared by the roles of a process: one line per provider, one breaker per model', async () => {
    const lanes = new ModelLanes({ concurrency: 1, now: () => 0 })
    const slow = new ScriptedModel([{ hangs: true }], { id: 'a' })
    const next = new ScriptedModel([{ text: 'after' }], { id: 'b' })
    const [first, second] = [slow, next].map((primary) => createResilientModel({ primary, lanes, now: () => 0 }))
    const controller = new AbortController()
    const one = first?.complete(request, { signal: controller.signal }).catch(() => 'cancelled')
    const two = second?.complete(request, { signal: never })
    await slow.called(1)
    expect([slow, next].map((model) => lanes.laneOf(model).state())).toMatchObject([
      { modelId: 'a', running: 1, waiting: 1 },
      { modelId: 'b', running: 1, waiting: 1 },
    ])
    expect(next.requests).toEqual([])
    controller.abort()
    expect(await one).toBe('cancelled')
    expect(await two).toMatchObject({ text: 'after' })
  })

  test('show the middle of what they saw of latency', async () => {
    const { model } = setUp([5, 900, 7].map((latencyMs) => ({ text: 'x', latencyMs })))
    expect(model.state()[0]?.latencyMs).toBeUndefined()
    for (let call = 0; call < 3; call++) await model.complete(request, { signal: never })
    expect(model.state()).toMatchObject([{ latencyMs: 7, calls: 3, failures: 0, breaker: 'closed' }])
  })
})
