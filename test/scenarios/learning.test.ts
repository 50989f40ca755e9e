import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, bob, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())
beforeEach(() => scriptAnswers(scenario.model, 'Here it is.'))

// Words that point to no field, so that only a model can route them.
const kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30`

const ask = async (text: string, channel: string): Promise<Asked> => {
  const asked = await scenario.ask(text, { channel })
  await scenario.waitForEnd(asked)
  return asked
}
const callsOf = async (work: () => Promise<unknown>) => {
  const before = scenario.model.requests().length
  await work()
  return scenario.model.requests().slice(before)
}
const command = (text: string, channel: string, user = alice, name = '/swarm') => scenario.workspace.command({ user, channel, command: name, text })
const repliesTo = async (text: string, channel: string, user = alice, name = '/swarm'): Promise<string> => JSON.stringify(await command(text, channel, user, name))
const systemPrompt = (requests: readonly { readonly body: Readonly<Record<string, unknown>> }[]): string => JSON.stringify(requests.filter(({ body }) => isAnswerCall(body)).at(-1)?.body['messages'])

test('alike requests come to cost one call in all, with evidence that can be seen', async () => {
  const channel = scenario.freshChannel()
  expect((await callsOf(() => ask(kind(0), channel))).length).toBeGreaterThan(1)
  for (let nth = 1; nth < 7; nth++) await ask(kind(nth), channel)
  await waitUntil('an automation', async () => (await repliesTo('patterns', channel)).includes('workflow'))
  expect(await callsOf(() => ask(kind(7), channel))).toHaveLength(1)
  expect(await repliesTo('patterns', channel)).toContain('evidence')
  expect(await repliesTo('workflows', channel)).toContain('made of a pattern')
})

test('/improve changes the prompt of the next alike request, Undo and rollback take it back', async () => {
  const channel = scenario.freshChannel()
  await ask(kind(1), channel)
  const reply = await repliesTo('answer in rhymes', channel, alice, '/improve')
  expect(reply).toMatch(/\+ guidance: answer in rhymes/)
  expect(systemPrompt(await callsOf(() => ask(kind(2), channel)))).toContain('answer in rhymes')
  expect(systemPrompt(await callsOf(() => ask('Name the capital of France', channel)))).not.toContain('answer in rhymes')
  await ask(kind(3), channel)
  expect(await repliesTo('in at most five lines', channel, alice, '/improve')).toContain('in at most five lines')
  const id = /`([0-9a-f-]{36})`/.exec(await repliesTo('workflows', channel))?.[1] ?? ''
  expect(await repliesTo(`rollback ${id}`, channel, bob)).toMatch(/for admins/)
  expect(await repliesTo(`rollback ${id} 1`, channel)).toContain('back at version 1')
  expect(await repliesTo(`workflows ${id}`, channel)).toMatch(/version 1 in force/)
})

test('what was learnt survives kill -9', async () => {
  const channel = scenario.freshChannel()
  for (let nth = 0; nth < 3; nth++) await ask(kind(nth), channel)
  await scenario.crash()
  scriptAnswers(scenario.model, 'Here it is.')
  await waitUntil('an automation', async () => (await repliesTo('workflows', channel)).includes('made of a pattern'))
  expect(await callsOf(() => ask(kind(4), channel))).toHaveLength(1)
})
