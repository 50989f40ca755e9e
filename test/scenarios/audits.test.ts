import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, isRouteCall, scriptAnswers } from './script-model.ts'
import { alice, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario({ environment: { MURMUR_AUDIT_PERCENT: '100' } })
})
afterAll(() => scenario.close())

const kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30`
const ask = async (text: string, channel: string): Promise<void> => void (await scenario.waitForEnd(await scenario.ask(text, { channel })))
const repliesTo = async (text: string, channel: string): Promise<string> => JSON.stringify(await scenario.workspace.command({ user: alice, channel, command: '/swarm', text }))
const callsOf = async (work: () => Promise<unknown>) => {
  const before = scenario.model.requests().length
  await work()
  return scenario.model.requests().slice(before)
}

test('an automation that is wrong is found by audits and switched off, which is said once', async () => {
  const channel = scenario.freshChannel()
  scriptAnswers(scenario.model, 'Here it is.')
  for (let nth = 0; nth < 3; nth++) await ask(kind(nth), channel)
  await waitUntil('an automation', async () => (await repliesTo('patterns', channel)).includes('workflow'))
  const calls = await callsOf(() => ask(kind(3), channel))
  // The answer comes first: nobody waits for the audit.
  expect(calls.map(({ body }) => (isAnswerCall(body) ? 'answer' : isRouteCall(body) ? 'audit' : 'other'))).toEqual(['answer', 'audit'])
  await waitUntil('the first audit', async () => /1 looked at \(1 by audit\), 0 of them wrong/.test(await repliesTo('patterns', channel)))

  // From here on such requests are somebody else's.
  scriptAnswers(scenario.model, 'Here it is.', 'planner')
  for (let nth = 4; nth < 7; nth++) {
    await ask(kind(nth), channel)
    await waitUntil(`audit ${nth}`, async () => new RegExp(`${nth - 2} looked at|back to learning`).test(`${await repliesTo('patterns', channel)} ${JSON.stringify(notices(channel))}`))
  }
  await waitUntil('the notice', async () => notices(channel).length > 0)
  await scenario.crash()
  scriptAnswers(scenario.model, 'Here it is.', 'planner')
  expect(await repliesTo('workflows', channel)).toContain('learning')
  expect((await callsOf(() => ask(kind(7), channel))).some(({ body }) => isRouteCall(body))).toBe(true)
  expect(notices(channel)).toHaveLength(1)
})

const notices = (channel: string) => scenario.workspace.messages(channel).filter(({ text }) => text.includes('back to learning'))
