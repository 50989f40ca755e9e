import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, bob, privateLab, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

const remark = 'always name the berth'

let scenario: Scenario
beforeAll(async () => {
  // An audit by a model that says anything takes automations back.
  scenario = await startScenario({ environment: { MURMUR_AUDIT_PERCENT: '0' } })
  scriptAnswers(scenario.model, 'Here it is.')
})
afterAll(() => scenario.close())

const swarm = async (text: string, channel: string, user = alice): Promise<string> => JSON.stringify(await scenario.workspace.command({ user, channel, command: '/swarm', text }))
const workflowsOf = (channel: string) => scenario.store.rows('workflows').filter((row) => row['goal_id'] === channel)
const versionsOf = (channel: string) => scenario.store.rows('workflow_versions').filter((row) => row['workflow_id'] === workflowsOf(channel)[0]?.['workflow_id'])

async function ask(text: string, channel: string): Promise<string> {
  const before = scenario.model.requests().length
  await scenario.waitForEnd(await scenario.ask(text, { channel }))
  return JSON.stringify(scenario.model.requests().slice(before).findLast(({ body }) => isAnswerCall(body))?.body['messages'])
}

/** A channel in which such requests have gone well with a person's remark. */
async function teach(text: (nth: number) => string, channel: string): Promise<void> {
  await ask(text(0), channel)
  await scenario.workspace.command({ user: alice, channel, command: '/improve', text: remark })
  await waitUntil('the remark to count', async () => (await ask(text(1), channel)).includes(remark))
  for (let nth = 2; nth < 7; nth++) await ask(text(nth), channel)
}
/** All that has ended was looked at by the reader that shares. */
async function readUp(): Promise<void> {
  const last = scenario.store.rows('events').at(-1)
  await waitUntil('the events to be read', () => Number(scenario.store.rows('event_cursors').find((row) => row['reader'] === 'share-workflows')?.['seq']) >= Number(last?.['seq']))
}

test('recipes stay in their channel until an admin lets public ones go to others, and those of private ones never do', async () => {
  const [here, there, else_] = [scenario.freshChannel(), scenario.freshChannel(), scenario.freshChannel()]
  const ferries = (nth: number): string => `List the moorings of ferry ${nth} at ${9 + (nth % 10)}:30`
  const secrets = (nth: number): string => `Compare sample ${nth} of the basalt series with its twin`
  await teach(ferries, here)
  await teach(secrets, privateLab)

  await ask(ferries(7), there)
  await readUp()
  expect(workflowsOf(there)).toEqual([])

  expect(await swarm('workflows share on', there, bob)).toMatch(/for admins/)
  expect(await swarm('workflows share on', there)).toMatch(/another public channel/)
  await ask(ferries(8), there)
  await waitUntil('the recipe of the other channel', () => workflowsOf(there).length > 0)
  expect(versionsOf(there)).toMatchObject([{ version: 1, source: 'system', author_id: '', reason: expect.stringContaining(`Taken over from <#${here}>`) }])
  expect(await ask(ferries(9), there)).toContain(remark)
  expect(await swarm(`workflows ${String(workflowsOf(there)[0]?.['workflow_id'])}`, there)).toMatch(/version 1 on trial/)

  await ask(secrets(7), else_)
  await ask(secrets(8), else_)
  await readUp()
  expect(workflowsOf(else_)).toEqual([])

  // What an admin has deleted does not come back by itself.
  await swarm(`workflows delete ${String(workflowsOf(there)[0]?.['workflow_id'])}`, there)
  await ask(ferries(3), there)
  await readUp()
  expect(workflowsOf(there)).toMatchObject([{ state: 'deleted' }])
}, 120_000)
