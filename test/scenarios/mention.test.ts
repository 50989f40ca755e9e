import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isRouteCall } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, aliceIm, bob, general, startScenario, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())

test('a mention is acknowledged, answered once in its thread, by a routed specialist, streamed', async () => {
  const { workspace, model, at, waitForAnswer, answers } = scenario
  const before = model.requests().length
  const { message, deliveries } = await workspace.say({ user: alice, channel: general, text: at('Plan the launch of our newsletter in two weeks') })
  expect(deliveries.map((delivery) => delivery.httpStatus)).toEqual([200, 200])
  const answer = await waitForAnswer(general, message.ts)
  expect(answers(general, message.ts)).toHaveLength(1)
  expect(answer.threadTs).toBe(message.ts)
  expect(answer.deliveredText).toMatch(/newsletter/i)
  expect(workspace.calls('chat.startStream')).toHaveLength(1)
  expect(workspace.calls('chat.stopStream')).toHaveLength(1)
  expect(model.requests().slice(before).filter(({ body }) => isRouteCall(body)).length).toBeLessThanOrEqual(1)
  expect(JSON.stringify(answer.blocks)).toContain('feedback_buttons')
  expect(JSON.stringify(answer.blocks)).toContain('why_agent')
})

test('a follow-up in the thread stays with its agent and knows what was said', async () => {
  const { workspace, model, at, waitForAnswer } = scenario
  const { message } = await workspace.say({ user: alice, channel: general, text: at('Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript?') })
  await waitForAnswer(general, message.ts)
  const before = model.requests().length
  const followUp = await workspace.say({ user: bob, channel: general, text: at('and how do I fix it?'), threadTs: message.ts })
  await waitForAnswer(general, message.ts, followUp.message.ts)
  const calls = model.requests().slice(before)
  expect(calls).toHaveLength(1)
  expect(JSON.stringify(calls[0]?.body)).toContain('[1, 10, 2].sort()')
})

test('a direct message is answered without a mention, in its own thread', async () => {
  const { workspace, waitForAnswer } = scenario
  const { message } = await workspace.say({ user: alice, channel: aliceIm, text: 'What is 17.5% of 1249.90?' })
  const answer = await waitForAnswer(aliceIm, message.ts)
  expect(answer.deliveredText).toMatch(/218\.73/)
  expect(answer.deliveredText).toMatch(/calculator/)
})

test('an empty mention gets a short, helpful answer and costs no model call', async () => {
  const { model, ask, waitForEnd, answers } = scenario
  const before = model.requests().length
  const asked = await ask('', { user: bob })
  await waitForEnd(asked)
  expect(answers(asked.channel, asked.ts).map(shownText)).toEqual([expect.stringMatching(/Tell me what you need/)])
  expect(model.requests().length).toBe(before)
})

test('a person sees a sign of life within a second of the delivery', async () => {
  const { workspace, model, at, waitForAnswer } = scenario
  model.hold()
  const startedAt = Date.now()
  const { message } = await workspace.say({ user: alice, channel: general, text: at('Summarise what we decided') })
  await workspace.waitFor('a sign of life', () => workspace.session(general, message.ts)?.status === 'processing' || workspace.statusText(general, message.ts) !== '')
  expect(Date.now() - startedAt).toBeLessThan(1_000)
  model.release()
  await waitForAnswer(general, message.ts)
  await workspace.waitFor('the session to rest', () => workspace.session(general, message.ts)?.status === 'active')
})
