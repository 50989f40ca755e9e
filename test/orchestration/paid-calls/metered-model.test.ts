import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ChatRequest, ModelProfile } from '../../../src/agents/chat-model.ts'
import { MurmurError } from '../../../src/errors.ts'
import type { Payer } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { RunMeter } from '../../../src/orchestration/paid-calls/metered-model.ts'
import { worstCaseOf, type NamedModel } from '../../../src/orchestration/paid-calls/worst-case.ts'
import { aPayer, catalogueOf, openBudgetWorld, workspaceId, type BudgetWorld } from '../../fakes/budget-world.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { ScriptedModel, type ScriptStep } from '../../fakes/scripted-model.ts'

const never = new AbortController().signal
const request: ChatRequest = { messages: [{ role: 'user', content: 'hi' }], maxOutputTokens: 100 }
const named = (model: ScriptedModel): NamedModel => ({ model, profile: model.profile })
const wanted = aProfile({ id: 'wanted', inputUsdPerMillion: 10, outputUsdPerMillion: 40, quality: 4 })
const good = aProfile({ id: 'good', inputUsdPerMillion: 3, outputUsdPerMillion: 8, quality: 3 })
const tiny = aProfile({ id: 'tiny', quality: 1 })
const worstOf = (profile: ModelProfile): number => worstCaseOf(named(new ScriptedModel([], profile)), request)

let world: BudgetWorld
beforeEach(async () => {
  world = await openBudgetWorld()
})
afterEach(() => world.close())

/** A run's meter over a script; with the same payer again it is the next attempt of the same run. */
async function meterOf(steps: readonly ScriptStep[], { payer = aPayer(), profile = wanted, alternatives = [] as readonly ScriptedModel[] } = {}) {
  const { database, ledger, guard, clock, journalOf } = world
  const main = new ScriptedModel(steps, profile)
  const meter = new RunMeter({
    database,
    journal: await journalOf(payer.runId),
    ledger,
    guard,
    payer,
    profileOf: catalogueOf(wanted, good, tiny, profile),
    alternativesFor: () => alternatives.map(named),
    nowMs: clock.now,
  })
  return { meter, payer, main, model: meter.metered('answer', named(main)) }
}

const usage = (inputTokens: number, outputTokens: number, cachedInputTokens = 0) => ({ inputTokens, outputTokens, cachedInputTokens, isEstimated: false })
const ask = (model: { complete: NamedModel['model']['complete'] }, onText?: (text: string) => void) => model.complete(request, { signal: never, ...(onText ? { onText } : {}) })
const limitRun = (microUsd: number) => world.book.set(workspaceId, 'C1', { runMicroUsd: microUsd }, 'U9')
const codeOf = (error: unknown): string => (error instanceof MurmurError ? error.code : String(error))

describe('a call that is answered', () => {
  test('costs what it used, stands in the ledger with what was held, and leaves nothing held', async () => {
    const { model, meter, payer } = await meterOf([{ text: 'hello', usage: usage(10, 5) }])
    expect((await ask(model)).text).toBe('hello')
    expect(meter.spentMicroUsd).toBe(10 * 10 + 5 * 40)
    expect(meter.modelIds).toEqual(['wanted'])
    expect(await world.stateOf('goal:C1')).toEqual([0, 300])
    expect(await world.ledgerRows()).toMatchObject([
      { run_id: payer.runId, step_key: 'model:answer:0', model_id: 'wanted', outcome: 'ok', amount_micro_usd: 300, reserved_micro_usd: worstOf(wanted), saved_micro_usd: 0, input_tokens: 10 },
    ])
  })

  test('is read back by the next attempt: no second call, no second cost, its text shown whole', async () => {
    const { model, payer } = await meterOf([{ text: 'hello', usage: usage(10, 5) }])
    await ask(model)
    const again = await meterOf([], { payer })
    const shown: string[] = []
    expect((await ask(again.model, (text) => shown.push(text))).text).toBe('hello')
    expect([shown, again.main.requests, again.meter.spentMicroUsd]).toEqual([['hello'], [], 300])
    expect(await world.stateOf('goal:C1')).toEqual([0, 300])
    expect(await world.ledgerRows()).toHaveLength(1)
  })

  test('is numbered by its scope, so that each call of a run is a step of its own', async () => {
    const { model, meter, main } = await meterOf([{ text: 'a' }, { text: 'b' }, { text: 'c' }])
    await ask(model)
    await ask(meter.metered('route', named(main)))
    await ask(model)
    expect((await world.ledgerRows()).map((row) => row.step_key).toSorted()).toEqual(['model:answer:0', 'model:answer:1', 'model:route:0'])
  })

  test('tells what the cache saved', async () => {
    const { model } = await meterOf([{ text: 'hello', usage: usage(1_000, 5, 900) }])
    await ask(model)
    const [row] = await world.ledgerRows()
    expect(row?.saved_micro_usd).toBe(900 * 10 - 900 * 0.1)
  })

  test('by a dearer model that took over saves nothing', async () => {
    const { model } = await meterOf([{ text: 'hello', usage: usage(10, 5), modelId: 'wanted' }], { profile: tiny })
    await ask(model)
    expect(await world.ledgerRows()).toMatchObject([{ model_id: 'wanted', amount_micro_usd: 300, saved_micro_usd: 0 }])
  })

  test('whose price is gone from the catalogue counts as what was held, and never as 0 in the ledger', async () => {
    const { model } = await meterOf([{ text: 'hello', modelId: 'gone' }])
    await ask(model)
    expect(await world.stateOf('goal:C1')).toEqual([0, worstOf(wanted)])
    expect(await world.ledgerRows()).toMatchObject([{ model_id: 'gone', amount_micro_usd: null }])
  })
})

describe('a call that fails', () => {
  test('gives back what was held, stands in the ledger with its code, and can be made again', async () => {
    const { model, payer } = await meterOf([{ error: new MurmurError('MUR_MODEL_DOWN') }])
    expect(codeOf(await ask(model).catch((error: unknown) => error))).toBe('MUR_MODEL_DOWN')
    expect(await world.stateOf('goal:C1')).toEqual([0, 0])
    expect(await world.ledgerRows()).toMatchObject([{ outcome: 'MUR_MODEL_DOWN', amount_micro_usd: 0, model_id: 'wanted' }])
    const again = await meterOf([{ text: 'hello', usage: usage(1, 1) }], { payer })
    await ask(again.model)
    expect(await world.stateOf('goal:C1')).toEqual([0, 50])
  })

  test('and one that is stopped on the way gives back as well', async () => {
    const stop = new AbortController()
    const { model, main } = await meterOf([{ pieces: ['hel'], hangs: true }])
    const reply = model.complete(request, { signal: stop.signal, onText: () => {} })
    await main.called(1)
    expect(await world.stateOf('goal:C1')).toEqual([worstOf(wanted), 0])
    stop.abort()
    expect(codeOf(await reply.catch((error: unknown) => error))).toBe('MUR_RUN_CANCELLED')
    expect(await world.stateOf('goal:C1')).toEqual([0, 0])
  })

  test('for want of a price is not made, and nothing is held for it', async () => {
    const { model, main } = await meterOf([], { profile: aProfile({ id: 'own', inputUsdPerMillion: 'unknown' }) })
    expect(codeOf(await ask(model).catch((error: unknown) => error))).toBe('MUR_MODEL_REFUSED')
    expect([main.requests, await world.stateOf('workspace')]).toEqual([[], [0, 0]])
  })
})

describe('a call that was cut off by a crash', () => {
  const crashed = async (payer: Payer, alternatives: readonly ScriptedModel[] = []) => {
    const { model, main } = await meterOf([{ hangs: true }], { payer, alternatives })
    void ask(model).catch(() => {})
    await Promise.race([main.called(1), ...alternatives.map((alternative) => alternative.called(1))])
  }

  test('holds once more, not twice, and settles once', async () => {
    const payer = aPayer()
    await crashed(payer)
    const again = await meterOf([{ text: 'hello', usage: usage(10, 5) }], { payer })
    await ask(again.model)
    expect(await world.stateOf('goal:C1')).toEqual([0, 300])
  })

  test('holds the worst case of the model that makes it now, not that of the cheaper one before', async () => {
    const payer = aPayer()
    await limitRun(worstOf(tiny))
    await crashed(payer, [new ScriptedModel([{ hangs: true }], tiny)])
    expect(await world.stateOf('goal:C1')).toEqual([worstOf(tiny), 0])
    await limitRun(worstOf(wanted))
    const again = await meterOf([{ hangs: true }], { payer })
    void ask(again.model).catch(() => {})
    await again.main.called(1)
    expect(await world.stateOf('goal:C1')).toEqual([worstOf(wanted), 0])
  })
})

describe('where the wanted model does not fit', () => {
  test('the best one that fits takes its place, and what that saves is told', async () => {
    await limitRun(worstOf(good))
    const cheap = [new ScriptedModel([], tiny), new ScriptedModel([{ text: 'cheaper', usage: usage(10, 5) }], good), new ScriptedModel([], wanted)]
    const { model, meter, main } = await meterOf([], { alternatives: cheap })
    expect((await ask(model)).text).toBe('cheaper')
    expect([main.requests.length, meter.hasUsedCheaper, meter.spentMicroUsd]).toEqual([0, true, 70])
    expect(await world.ledgerRows()).toMatchObject([{ model_id: 'good', amount_micro_usd: 70, saved_micro_usd: 230, reserved_micro_usd: worstOf(good) }])
  })

  test('a worse one does where only that fits', async () => {
    await limitRun(worstOf(tiny))
    const { model, meter } = await meterOf([], { alternatives: [new ScriptedModel([], good), new ScriptedModel([{ text: 'cheapest' }], tiny)] })
    expect((await ask(model)).text).toBe('cheapest')
    expect(meter.modelIds).toEqual(['tiny'])
  })

  test('the refusal is that of the wanted model when no other fits either, and no model is called', async () => {
    await limitRun(worstOf(tiny) - 1)
    const alternatives = [new ScriptedModel([], good), new ScriptedModel([], tiny)]
    const { model, main } = await meterOf([], { alternatives })
    const error: unknown = await ask(model).catch((reason: unknown) => reason)
    expect(codeOf(error)).toBe('MUR_BUDGET_SPENT')
    expect((error as MurmurError).details['neededMicroUsd']).toBe(worstOf(wanted))
    expect([main, ...alternatives].flatMap(({ requests }) => requests)).toEqual([])
    expect(await world.stateOf('workspace')).toEqual([0, 0])
  })

  test('a dearer one is never taken, even if the cap that refuses is another than it would meet', async () => {
    await limitRun(worstOf(good) - 1)
    const { model } = await meterOf([], { profile: good, alternatives: [new ScriptedModel([], wanted), new ScriptedModel([], good)] })
    expect(codeOf(await ask(model).catch((error: unknown) => error))).toBe('MUR_BUDGET_SPENT')
  })
})

describe('a warning', () => {
  test('is taken once, by the run that tells it', async () => {
    await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: 25_000 }, 'U9')
    const first = await meterOf([{ text: 'a', usage: usage(400, 400) }])
    await ask(first.model)
    const second = await meterOf([{ text: 'b', usage: usage(1, 1) }])
    await ask(second.model)
    expect((await second.meter.takeWarnings()).map(({ state }) => state.scope)).toEqual(['goal:C1'])
    expect([await second.meter.takeWarnings(), await first.meter.takeWarnings()]).toEqual([[], []])
  })

  test('that a run did not live to tell is told by the next one', async () => {
    await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: 25_000 }, 'U9')
    const dead = await meterOf([{ text: 'a', usage: usage(400, 400) }])
    await ask(dead.model)
    const next = await meterOf([{ text: 'b', usage: usage(1, 1) }])
    await ask(next.model)
    expect(await next.meter.takeWarnings()).toHaveLength(1)
  })

  test('is none of a run that made no call', async () => {
    const { meter } = await meterOf([])
    expect(await meter.takeWarnings()).toEqual([])
  })
})

test('50 runs at once under a small cap stay below it by the micro-dollar, and the ledger adds up', async () => {
  const limit = worstOf(wanted) * 3
  await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: limit }, 'U9')
  let most = 0
  const watch = async (): Promise<void> => {
    const [held = 0, settled = 0] = await world.stateOf('goal:C1')
    most = Math.max(most, held + settled)
  }
  const run = async (index: number): Promise<void> => {
    const { model } = await meterOf([index % 5 === 0 ? { error: new MurmurError('MUR_MODEL_DOWN') } : { text: 'x', usage: usage(index, index * 2) }])
    await ask(model, () => void watch()).catch(() => {})
    await watch()
  }
  await Promise.all(Array.from({ length: 50 }, (_, index) => run(index)))
  const rows = await world.ledgerRows()
  const total = rows.reduce((sum, row) => sum + Number(row.amount_micro_usd), 0)
  expect(most).toBeLessThanOrEqual(limit)
  expect(most).toBeGreaterThan(worstOf(wanted))
  expect(await world.stateOf('goal:C1')).toEqual([0, total])
})
