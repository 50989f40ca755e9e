import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { alice, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())

/** Fills in the form of a swarm. @returns what stands at its fields */
async function submit(channel: string, values: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { workspace } = scenario
  await workspace.command({ user: alice, channel, command: '/swarm', text: 'new' })
  const view = await workspace.waitFor('the form', () => workspace.openViews(alice).at(-1))
  const { body } = await workspace.submitView({ user: alice, viewId: view.id, values })
  const { errors = {} } = (body ?? {}) as { errors?: Record<string, string> }
  if (Object.keys(errors).length > 0) await workspace.closeView({ user: alice, viewId: view.id })
  return errors
}

const runsIn = (channel: string) => scenario.store.rows('runs').filter((run) => run['channel_id'] === channel)

test('the form starts the swarm that it describes, in a thread of the channel', async () => {
  const channel = scenario.freshChannel()
  expect(await submit(channel, { objective_text: 'Shall we move the office -- to "Berlin"?', topology_name: 'debate', agents_number: '3', rounds_number: '1', budget_usd: '$0.50' })).toEqual({})
  const run = await waitUntil('the end of the swarm', () => runsIn(channel).find((one) => one['finished_at_ms'] !== null))
  const root = scenario.workspace.messages(channel).find(({ text }) => text.includes('move the office'))
  const said = scenario.answers(channel, root?.ts ?? '')
  expect(run['status']).toBe('completed')
  expect(said.at(-1)?.deliveredText).toMatch(/^\W*Verdict/)
})

test('what is wrong stands at its field, and nothing is started', async () => {
  const channel = scenario.freshChannel()
  const asked = { objective_text: 'Shall we move?', topology_name: 'choose' }
  expect(await submit(channel, { ...asked, budget_usd: 'much' })).toEqual({ budget: expect.stringMatching(/^Expected dollars/) })
  expect(await submit(channel, { ...asked, agents_number: '1' })).toEqual({ agents: expect.stringMatching(/2 to 40/) })
  expect(await submit(channel, { ...asked, objective_text: '  ' })).toEqual({ objective: expect.stringMatching(/^Write what/) })
  expect(runsIn(channel)).toEqual([])
})
