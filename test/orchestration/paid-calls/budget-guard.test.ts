import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import { describeScope } from '../../../src/orchestration/paid-calls/budget-guard.ts'
import { aPayer, openBudgetWorld, workspaceId, type BudgetWorld } from '../../fakes/budget-world.ts'

let world: BudgetWorld
beforeEach(async () => {
  world = await openBudgetWorld({ goalPerDayMicroUsd: 100, personPerDayMicroUsd: 80, runMicroUsd: 60 })
})
afterEach(() => world.close())

const refusalOf = async (reserved: Promise<unknown>): Promise<MurmurError> => {
  const error: unknown = await reserved.then(() => undefined, (reason: unknown) => reason)
  if (!(error instanceof MurmurError)) throw new Error('Expected a refusal.')
  return error
}

test('holds the worst case everywhere, and counts the real cost in its place', async () => {
  const { guard, settle, stateOf } = world
  const payer = aPayer()
  const hold = await guard.reserve(payer, 'model:answer:0', 50)
  for (const scope of ['workspace', 'goal:C1', 'person:U1']) expect(await stateOf(scope)).toEqual([50, 0])
  expect(await stateOf(`run:${payer.runId}`, 'all')).toEqual([50, 0])
  await settle(hold, 20)
  for (const scope of ['workspace', 'goal:C1', 'person:U1']) expect(await stateOf(scope)).toEqual([0, 20])
})

describe('the refusal names the cap that was met', () => {
  test("the run's, which comes back with a new request only", async () => {
    const error = await refusalOf(world.guard.reserve(aPayer(), 'model:answer:0', 61))
    expect(error.code).toBe('MUR_BUDGET_SPENT')
    expect(error.message).toContain("The single run's limit of $0.0001 leaves no room for this: $0.0000 is spent, and this may cost up to $0.0001. It resets with a new request;")
  })

  test("the person's, and what is held for calls under way", async () => {
    await world.guard.reserve(aPayer(), 'model:answer:0', 50)
    const error = await refusalOf(world.guard.reserve(aPayer(), 'model:answer:0', 31))
    expect(error.message).toMatch(/^The personal daily limit .* is spent, \$0\.0001 is held for calls under way, and this may cost/)
    expect(error.details).toMatchObject({ scopeKey: 'person:U1', day: '2026-11-21', settledMicroUsd: 0, heldMicroUsd: 50, neededMicroUsd: 31 })
  })

  test("the channel's, with the moment at which it resets where the people are", async () => {
    await world.book.set(workspaceId, undefined, { timeZone: 'Asia/Tokyo' }, 'U9')
    await world.settle(await world.guard.reserve(aPayer(), 'model:answer:0', 60), 60)
    const error = await refusalOf(world.guard.reserve(aPayer({ userId: 'U2' }), 'model:answer:0', 41))
    expect(error.message).toContain("The channel's daily limit of $0.0001")
    expect(error.message).toContain('It resets at 00:00 on 2026-11-22 (Asia/Tokyo); an admin can raise it with `/swarm budget set`.')
    expect(error.details['resetsAtMs']).toBe(Date.parse('2026-11-21T15:00:00Z'))
  })

  test("the team's share of the channel's, which others may spend further", async () => {
    const team = { name: 'research', budgetShare: 0.4 }
    await world.settle(await world.guard.reserve(aPayer({ team }), 'model:answer:0', 40), 40)
    const error = await refusalOf(world.guard.reserve(aPayer({ team, userId: 'U2' }), 'model:answer:0', 1))
    expect(error.message).toMatch(/^The team research's daily limit/)
    expect(error.details).toMatchObject({ scopeKey: 'team:research:C1', day: '2026-11-21', settledMicroUsd: 40, limitMicroUsd: 40 })
    await world.guard.reserve(aPayer({ userId: 'U2' }), 'model:answer:0', 50)
    await world.guard.reserve(aPayer({ team: { ...team, name: 'support' }, userId: 'U3' }), 'model:answer:0', 10)
  })

  test.each([
    ['team:research:C1', "team research's daily"],
    ['goal:apollo', "project apollo's daily"],
    ['goal:C1', "channel's daily"],
    ['workspace', "workspace's daily"],
  ])('%s is called the %s limit', (scope, name) => {
    expect(describeScope(scope, 'C1')).toBe(name)
  })
})

test('nothing is held after a refusal', async () => {
  await refusalOf(world.guard.reserve(aPayer(), 'model:answer:0', 61))
  expect(await world.stateOf('workspace')).toEqual([0, 0])
})

test('before it refuses, what dead runs hold is given back', async () => {
  const { guard, clock, stateOf } = world
  await guard.reserve(aPayer(), 'model:answer:0', 60)
  clock.advance(15 * 60_000)
  await refusalOf(guard.reserve(aPayer(), 'model:answer:0', 30))
  clock.advance(1)
  await guard.reserve(aPayer(), 'model:answer:0', 30)
  expect(await stateOf('person:U1')).toEqual([30, 0])
})

test('a day that ends gives room again', async () => {
  const { guard, clock, settle, stateOf } = world
  await settle(await guard.reserve(aPayer(), 'model:answer:0', 60), 60)
  await refusalOf(guard.reserve(aPayer(), 'model:answer:0', 60))
  clock.advance(Date.parse('2026-11-22T00:00:00Z') - clock.now())
  await settle(await guard.reserve(aPayer(), 'model:answer:0', 60), 7)
  expect([await stateOf('goal:C1'), await stateOf('goal:C1', '2026-11-22')]).toEqual([[0, 60], [0, 7]])
})

test('a run that is taken up after midnight leaves neither day with what nobody holds', async () => {
  const { guard, clock, settle, stateOf } = world
  const payer = aPayer()
  await guard.reserve(payer, 'model:answer:0', 60)
  clock.advance(Date.parse('2026-11-22T00:00:00Z') - clock.now())
  await settle(await guard.reserve(payer, 'model:answer:0', 40), 10)
  expect([await stateOf('goal:C1'), await stateOf('goal:C1', '2026-11-22')]).toEqual([[0, 0], [0, 10]])
  expect(await stateOf(`run:${payer.runId}`, 'all')).toEqual([0, 10])
})

describe('near a cap', () => {
  const spend = async (microUsd: number, userId = 'U1') => {
    const payer = aPayer({ userId })
    const states = await world.settle(await world.guard.reserve(payer, 'model:answer:0', microUsd), microUsd)
    return (await world.guard.takeWarnings(payer, states)).map(({ state }) => state.scope)
  }

  test('a warning is given from 80 % on, once a day and cap, to one of those who spend', async () => {
    expect(await spend(50)).toEqual([])
    expect(await spend(14)).toEqual(['person:U1'])
    expect(await spend(1)).toEqual([])
    expect(await spend(15, 'U2')).toEqual(['goal:C1'])
    expect(await spend(1, 'U2')).toEqual([])
    world.clock.advance(24 * 3_600_000)
    await spend(20)
    expect(await spend(60, 'U2')).toEqual(['goal:C1'])
  })

  test('nothing is said of a cap of 0 under which only free models work', async () => {
    await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: 0 }, 'U9')
    expect(await spend(0)).toEqual([])
  })
})
