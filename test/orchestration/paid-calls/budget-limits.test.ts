import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { defaultLimits, LimitBook } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { aPayer, openBudgetWorld, workspaceId, type BudgetWorld } from '../../fakes/budget-world.ts'

let world: BudgetWorld
beforeAll(async () => {
  world = await openBudgetWorld({ agentsPerDay: 7 })
})
afterAll(() => world.close())

/** Another process on the same store. */
const otherBook = (projectOf: (channelId: string) => string | undefined = () => undefined) =>
  new LimitBook(world.store, async () => ({ limits: defaultLimits, projectOf }), world.clock.now)

test('over what ships stands the configuration, over it the workspace, over that the goal', async () => {
  const { book } = world
  expect(await book.limits(workspaceId, 'C1')).toEqual({ ...defaultLimits, agentsPerDay: 7 })
  await book.set(workspaceId, undefined, { personPerDayMicroUsd: 3, agentsPerDay: 5 }, 'U1')
  await book.set(workspaceId, 'C1', { agentsPerDay: 4 }, 'U1')
  expect(await book.limits(workspaceId, 'C1')).toMatchObject({ personPerDayMicroUsd: 3, agentsPerDay: 4 })
  expect(await book.limits(workspaceId, 'C2')).toMatchObject({ personPerDayMicroUsd: 3, agentsPerDay: 5 })
})

test('a second change of a goal leaves the first one as it is', async () => {
  const { book } = world
  await book.set(workspaceId, 'C3', { agentsPerDay: 1 }, 'U1')
  await book.set(workspaceId, 'C3', { runMicroUsd: 2 }, 'U1')
  expect(await book.limits(workspaceId, 'C3')).toMatchObject({ agentsPerDay: 1, runMicroUsd: 2 })
})

test('a change counts at once here, and in another process two seconds later', async () => {
  const { book, clock } = world
  const other = otherBook()
  await other.limits(workspaceId, 'C4')
  await book.set(workspaceId, 'C4', { runMicroUsd: 9 }, 'U1')
  expect(await book.limits(workspaceId, 'C4')).toMatchObject({ runMicroUsd: 9 })
  expect(await other.limits(workspaceId, 'C4')).toMatchObject({ runMicroUsd: defaultLimits.runMicroUsd })
  clock.advance(2_000)
  expect(await other.limits(workspaceId, 'C4')).toMatchObject({ runMicroUsd: 9 })
})

test('who waits for room hears of every change that is made here', async () => {
  const book = otherBook()
  let heard = 0
  book.onChange(() => heard++)
  await book.set(workspaceId, 'C5', { runMicroUsd: 9 }, 'U1')
  await book.assign(workspaceId, 'C5', 'apollo')
  expect(heard).toBe(2)
})

test('a channel is its own goal until it is assigned to a project, and again afterwards', async () => {
  const { book } = world
  expect(await book.goalOf(workspaceId, 'C6')).toBe('C6')
  await book.assign(workspaceId, 'C6', 'apollo')
  expect(await book.goalOf(workspaceId, 'C6')).toBe('apollo')
  await book.assign(workspaceId, 'C6', undefined)
  expect(await book.goalOf(workspaceId, 'C6')).toBe('C6')
})

test('a project of the configuration holds where nobody assigned another', async () => {
  const book = otherBook(() => 'site')
  expect(await book.goalOf(workspaceId, 'C7')).toBe('site')
  await book.assign(workspaceId, 'C7', 'apollo')
  expect(await book.goalOf(workspaceId, 'C7')).toBe('apollo')
})

test('a call is counted for the workspace, the goal, the person and the run, in one order, on the day of the zone', async () => {
  const { book, clock } = world
  const payer = aPayer({ goalId: 'apollo' })
  clock.advance(Date.parse('2026-11-21T23:30:00Z') - clock.now())
  const scopes = book.scopesOf(payer, { ...defaultLimits, timeZone: 'Europe/Berlin' })
  expect(scopes.map(({ scope, day }) => [scope, day])).toEqual([
    ['workspace', '2026-11-22'],
    ['goal:apollo', '2026-11-22'],
    ['person:U1', '2026-11-22'],
    [`run:${payer.runId}`, 'all'],
  ])
  expect(book.scopesOf(payer, defaultLimits)[0]?.day).toBe('2026-11-21')
})
