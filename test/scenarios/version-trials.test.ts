import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, bob, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  // An audit by a model that says anything takes automations back.
  scenario = await startScenario({ environment: { MURMUR_AUDIT_PERCENT: '0' } })
})
afterAll(() => scenario.close())
beforeEach(() => scriptAnswers(scenario.model, 'Here it is.'))

/** Each test has a kind of request of its own: thumbs down teach the router, too. */
let kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + (nth % 10)}:30`
const replyTo = async (text: string, channel: string, name = '/swarm'): Promise<string> => JSON.stringify(await scenario.workspace.command({ user: alice, channel, command: name, text }))

async function ask(nth: number, channel: string, isBad = false): Promise<void> {
  const asked = await scenario.ask(kind(nth), { channel })
  await scenario.waitForEnd(asked)
  if (!isBad) return
  const answer = await scenario.waitForAnswer(channel, asked.ts)
  await scenario.workspace.click({ user: bob, channel, messageTs: answer.ts, actionId: 'feedback', value: 'negative' })
}

const promptOf = async (nth: number, channel: string): Promise<unknown> => {
  await ask(nth, channel)
  const messages = scenario.model.requests().findLast(({ body }) => isAnswerCall(body))?.body['messages']
  return (messages as { role: string; content: unknown }[]).find(({ role }) => role === 'system')
}
const rollbacks = (channel: string) => scenario.store.rows('events').filter(({ type, payload }) => type === 'automation_rolled_back' && String(payload).includes(workflowOf(channel)))
const workflowOf = (channel: string): string => String(scenario.store.rows('workflows').find((row) => row['goal_id'] === channel)?.['workflow_id'])
const notices = (channel: string) => scenario.workspace.messages(channel).filter(({ text }) => text.includes('I took back version'))

/** An automation with some good runs, and then a remark that makes every answer bad. */
async function harm(channel: string): Promise<unknown> {
  for (let nth = 0; nth < 3; nth++) await ask(nth, channel)
  await waitUntil('an automation', () => scenario.store.rows('workflows').some((row) => row['goal_id'] === channel))
  for (let nth = 3; nth < 7; nth++) await ask(nth, channel)
  const before = await promptOf(1, channel)
  expect(await replyTo('answer in Klingon only', channel, '/improve')).toContain('+ guidance: answer in Klingon only')
  expect(JSON.stringify(await promptOf(1, channel))).toContain('Klingon')
  return before
}

const rolledBackWithin = async (mostBad: number, channel: string): Promise<number> => {
  for (let bad = 1; bad <= mostBad; bad++) {
    await ask(bad, channel, true)
    if (rollbacks(channel).length > 0) return bad
  }
  await waitUntil('the rollback', () => rollbacks(channel).length > 0)
  return mostBad
}

test('a harmful improvement takes itself back within twelve bad runs, says so once, and the next run is told what it was told before', async () => {
  // What Murmur would try out by itself after so many thumbs down is no matter of these tests.
  await scenario.workspace.command({ user: alice, channel: scenario.freshChannel(), command: '/swarm', text: 'workflows trials off' })
  const channel = scenario.freshChannel()
  const before = await harm(channel)
  expect(await replyTo(`workflows ${workflowOf(channel)}`, channel)).toMatch(/version 2 on trial: 1 of 1 went well with it, 5 of 5 with version 1/)
  await rolledBackWithin(12, channel)
  await waitUntil('the notice', () => notices(channel).length > 0)
  expect(notices(channel)[0]?.text).toMatch(/requests went well with it/)
  expect(notices(channel)[0]?.text).toContain('answer in Klingon only')
  expect(await promptOf(1, channel)).toEqual(before)
  expect(await replyTo(`workflows ${workflowOf(channel)}`, channel)).toMatch(/version 1 in force.*version 2 taken back/s)
  expect(notices(channel)).toHaveLength(1)
  expect(rollbacks(channel)).toHaveLength(1)
}, 120_000)

test('killed between the decision and its message, it says so once and goes back once', async () => {
  kind = (nth) => `Have crate ${nth} labelled for the northern depot at ${9 + (nth % 10)}:15`
  const channel = scenario.freshChannel()
  const before = await harm(channel)
  await rolledBackWithin(12, channel)
  await scenario.crash()
  scriptAnswers(scenario.model, 'Here it is.')
  await waitUntil('the notice', () => notices(channel).length > 0)
  expect(await promptOf(1, channel)).toEqual(before)
  expect(notices(channel)).toHaveLength(1)
  expect(rollbacks(channel)).toHaveLength(1)
}, 120_000)
