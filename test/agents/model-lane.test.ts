import { describe, expect, test } from '@jest/globals'
import type { ChatReply, ChatRequest, CompleteOptions, ProfiledModel } from '../../src/agents/chat-model.ts'
import { ModelLanes } from '../../src/agents/model-lanes.ts'
import type { RateLimit } from '../../src/agents/rate-limit.ts'
import { createResilientModel } from '../../src/agents/resilient-model.ts'
import { MurmurError } from '../../src/errors.ts'
import { aProfile } from '../fakes/model-profile.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'four' }], maxOutputTokens: 99 }

/** A model whose server tells its rate limits with each answer. */
class LimitedModel implements ProfiledModel {
  readonly profile = aProfile({ id: 'limited' })
  readonly sentAtMs: number[] = []
  readonly #now: () => number
  readonly #limits: RateLimit[]

  constructor(now: () => number, limits: RateLimit[]) {
    this.#now = now
    this.#limits = limits
  }

  async complete(_: ChatRequest, { onRateLimit }: CompleteOptions): Promise<ChatReply> {
    this.sentAtMs.push(this.#now())
    const limit = this.#limits.shift()
    if (limit) onRateLimit?.(limit)
    const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, isEstimated: false }
    return { text: 'ok', toolCalls: [], finishReason: 'stop', usage, modelId: 'limited', latencyMs: 1 }
  }
}

function setUp(over: { maxPaceMs?: number } = {}) {
  const clock = { nowMs: 0 }
  const now = () => clock.nowMs
  const waits: number[] = []
  const delay = async (ms: number) => {
    waits.push(ms)
    clock.nowMs += ms
  }
  return { clock, now, waits, delay, lanes: new ModelLanes({ now, delay, ...over }) }
}
const left = (remaining: number, resetsInMs: number): RateLimit => ({ requests: { remaining, limit: undefined, resetsInMs }, tokens: undefined })

describe('rate limits', () => {
  test('slow a lane down before the server has to refuse', async () => {
    const { lanes, now, waits } = setUp()
    const model = new LimitedModel(now, [left(1, 5_000)])
    const lane = lanes.laneOf(model)
    for (let call = 0; call < 3; call++) await lane.attempt(request, { signal: never })
    expect(model.sentAtMs).toEqual([0, 0, 5_000])
    expect(waits).toEqual([5_000])
  })

  test('are shown with the lane', async () => {
    const { lanes, now } = setUp()
    const lane = lanes.laneOf(new LimitedModel(now, [{ requests: undefined, tokens: { remaining: 40, limit: 1_000, resetsInMs: 960 } }]))
    await lane.attempt(request, { signal: never })
    expect(lane.state().pace).toEqual({ requestsLeft: undefined, tokensLeft: 40, waitMs: 0 })
  })

  test('give the call to another model when the wait is too long', async () => {
    const { lanes, now, waits, delay } = setUp({ maxPaceMs: 1_000 })
    const other = new ScriptedModel([{ text: 'me instead' }], { id: 'other' })
    const primary = new LimitedModel(now, [left(0, 30_000)])
    const model = createResilientModel({ primary, fallbacks: [other], lanes, now, delay })
    await model.complete(request, { signal: never })
    expect((await model.complete(request, { signal: never })).text).toBe('me instead')
    expect(primary.sentAtMs).toEqual([0])
    expect(waits).toEqual([])
  })

  test('end the wait at once when the run is cancelled, and the place is free again', async () => {
    const { now } = setUp()
    const model = new LimitedModel(now, [left(0, 10_000)])
    const lane = new ModelLanes({ now }).laneOf(model)
    await lane.attempt(request, { signal: never })
    const controller = new AbortController()
    const waiting = lane.attempt(request, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
    expect(lane.state()).toMatchObject({ running: 0, waiting: 0, breaker: 'closed', calls: 1 })
  })
})

test('a call waits for what all processes together have left, and its answer says to all what that is', async () => {
  const { now, waits, delay } = setUp()
  const observed: unknown[] = []
  const waitsMs = [0, 3_000, 60_000, undefined]
  const allowances = { take: async () => waitsMs.shift(), observe: (name: string, seen: unknown) => void observed.push([name, seen]) }
  const shared = { enter: async () => () => {}, tellBusy: () => {}, hearBusy: () => {}, allowances }
  const model = new LimitedModel(now, [left(50, 10_000)])
  const lane = new ModelLanes({ now, delay, shared }).laneOf(model)
  const ask = () => lane.attempt(request, { signal: never })
  await ask()
  await ask()
  await expect(ask()).rejects.toMatchObject({ code: 'MUR_MODEL_BUSY', details: { retryAfterMs: 60_000 } })
  await ask()
  expect(waits).toEqual([3_000])
  expect(observed[0]).toEqual([`${model.profile.provider}/${model.profile.id}`, left(50, 10_000)])
})

test('what one call was told to wait holds for the next', async () => {
  const { lanes, waits } = setUp()
  const busy: ScriptStep = { error: new MurmurError('MUR_MODEL_BUSY', { status: 429, retryAfterMs: 4_000 }) }
  const lane = lanes.laneOf(new ScriptedModel([busy, { text: 'ok' }]))
  await lane.attempt(request, { signal: never }).catch(() => undefined)
  await lane.attempt(request, { signal: never })
  expect(waits).toEqual([4_000])
})

describe('what was seen of a model', () => {
  const down: ScriptStep = { error: new MurmurError('MUR_MODEL_DOWN', { reason: 'timeout' }) }

  test('is forgotten after a while, but not in the totals', async () => {
    const { lanes, clock } = setUp()
    const lane = lanes.laneOf(new ScriptedModel([down, { text: 'ok', latencyMs: 70 }]))
    await lane.attempt(request, { signal: never }).catch(() => undefined)
    expect(lane.observed()).toEqual({ latencyMs: undefined, calls: 1, failures: 1 })
    clock.nowMs += 16 * 60_000
    await lane.attempt(request, { signal: never })
    expect(lane.observed()).toEqual({ latencyMs: 70, calls: 1, failures: 0 })
    expect(lane.state()).toMatchObject({ calls: 2, failures: 1 })
  })

  test('puts the fallback first that failed least', async () => {
    const { lanes, now, delay } = setUp()
    const primary = new ScriptedModel(Array<ScriptStep>(4).fill(down), { id: 'primary' })
    const weak = new ScriptedModel([down], { id: 'weak' })
    const strong = new ScriptedModel([{ text: 'a' }, { text: 'b' }], { id: 'strong' })
    const model = createResilientModel({ primary, fallbacks: [weak, strong], lanes, now, delay, limits: { attempts: 1 } })
    await model.complete(request, { signal: never })
    expect((await model.complete(request, { signal: never })).modelId).toBe('strong')
    expect(weak.requests).toHaveLength(1)
  })
})

test('a model that cannot do what is needed is not asked when another can', async () => {
  const { lanes, now } = setUp()
  const mute = new ScriptedModel([{ text: 'plain' }], { id: 'mute', capabilities: ['chat'] })
  const able = new ScriptedModel([{ text: '{}' }], { id: 'able' })
  const model = createResilientModel({ primary: mute, fallbacks: [able], lanes, now })
  const responseSchema = { name: 'x', schema: {} }
  expect((await model.complete({ ...request, responseSchema }, { signal: never })).modelId).toBe('able')
  expect((await model.complete(request, { signal: never })).modelId).toBe('mute')
})
