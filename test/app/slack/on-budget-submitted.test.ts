import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { onBudgetSubmitted } from '../../../src/app/slack/on-budget-submitted.ts'
import { budgetFields, renderBudgetModal } from '../../../src/app/slack/render-budget-modal.ts'
import { workspaceId } from '../../fakes/budget-world.ts'
import { admin, openBudgetEdge, stranger } from './budget-edge.ts'

let open: Awaited<ReturnType<typeof openBudgetEdge>>
beforeEach(async () => {
  open = await openBudgetEdge()
})
afterEach(() => open.world.close())

const good = { daily: '3', run: '0.50', agents: '20', concurrent: '4' }

const submit = (over: Partial<Record<keyof typeof budgetFields, string | null>> = {}, userId = admin) => {
  const values = Object.fromEntries(Object.entries({ ...good, ...over }).map(([name, value]) => [name, { [name]: { value } }]))
  return onBudgetSubmitted(open.edge, { teamId: 'T1', userId, viewId: 'V1', metadata: JSON.stringify({ channelId: 'C1' }), values })
}
const limits = (goalId = 'C1') => open.world.book.limits(workspaceId, goalId)

test('all fields together are in force at once', async () => {
  expect(await submit()).toEqual({})
  expect(await limits()).toMatchObject({ goalPerDayMicroUsd: 3_000_000, runMicroUsd: 500_000, agentsPerDay: 20, concurrentAgents: 4 })
})

test('a channel of a project changes the budget of the project', async () => {
  await open.world.book.assign(workspaceId, 'C1', 'apollo')
  await submit()
  expect(await limits('apollo')).toMatchObject({ agentsPerDay: 20 })
  expect(await open.world.store.limitsOf(workspaceId, 'goal:C1')).toBeUndefined()
})

test('each wrong field gets its own message, and nothing is saved', async () => {
  const errors = await submit({ daily: 'much', agents: '0', concurrent: null })
  expect(Object.keys(errors)).toEqual(['daily', 'agents', 'concurrent'])
  expect(errors['daily']).toBe('Expected dollars from 0 to 100000, such as `5` or `0.50`, got `much`. For example `/swarm budget set daily 5`.')
  expect(Object.values(errors).every((message) => message.length <= 150)).toBe(true)
  expect(await open.world.store.limitsOf(workspaceId, 'goal:C1')).toBeUndefined()
})

test('the right to change it is checked again when the form comes back', async () => {
  expect(await submit({}, stranger)).toEqual({ daily: 'Changing a budget is for admins.' })
  expect(await open.world.store.limitsOf(workspaceId, 'goal:C1')).toBeUndefined()
})

test('the form shows what is in force, in values that it takes back', async () => {
  await open.world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: 1, runMicroUsd: 1_234_567 }, admin)
  const view = renderBudgetModal({ form: 'budget', limits: await limits(), channelId: 'C1' })
  const shown = Object.fromEntries(view.blocks.map(({ block_id: name, element }) => [name, element.initial_value]))
  expect(shown).toEqual({ daily: '0.000001', run: '1.234567', agents: '100', concurrent: '10' })
  expect(await submit(shown)).toEqual({})
  expect(await limits()).toMatchObject({ goalPerDayMicroUsd: 1, runMicroUsd: 1_234_567 })
})
