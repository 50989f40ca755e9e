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

const openers = ['Please help', 'Now kindly', 'Today again']
const deeds = ['water orchids upstairs', 'polish brass handles', 'alphabetise cookbooks neatly', 'repaint garden benches', 'photograph vintage bicycles', 'transcribe cassette interviews', 'bake sourdough loaves', 'inventory camera lenses', 'untangle network cables', 'translate museum leaflets', 'sharpen kitchen knives', 'weigh incoming parcels', 'restring acoustic guitars', 'label herb jars', 'catalogue pressed flowers', 'vacuum conference carpets', 'proofread wedding speeches', 'rotate delivery tyres', 'measure curtain lengths', 'sketch bridge elevations', 'count lobby visitors', 'frame charcoal portraits']

test('requests that were taken for different kinds are put together once more has been seen, and become an automation', async () => {
  const channel = scenario.freshChannel()
  const same = (opener: string): string => `${opener} reconcile invoices against payments`
  const runs = () => scenario.store.rows('runs').filter((run) => run['channel_id'] === channel && run['pattern_id'] !== null)
  for (const opener of openers) await ask(same(opener), channel)
  await waitUntil('three runs in their patterns', () => runs().length === openers.length)
  const [first, ...others] = runs()
  expect(new Set(others.map((run) => run['pattern_id'])).add(first?.['pattern_id'] ?? null).size).toBe(openers.length)
  expect(await repliesTo('patterns', channel)).toContain('Nothing has recurred here yet')
  for (const [nth, deed] of deeds.entries()) await ask(`${openers[nth % openers.length]} ${deed}`, channel)
  const shown = await waitUntil('the automation', async () => {
    const reply = await repliesTo('patterns', channel)
    return reply.includes('workflow') && reply
  })
  expect(shown).toMatch(/reconcile invoices against payments\*: seen 3 times, 3 of the last 3 went well/)
  for (const run of [first, ...others]) expect(shown).toContain(`\`${run?.['run_id']}\``)
  expect(await callsOf(() => ask(same('Once more'), channel))).toHaveLength(1)
  const ids = new Set(runs().map((run) => run['run_id']))
  expect(scenario.store.rows('events').filter(({ type, run_id: id }) => ids.has(id as string) && ['pattern_recognized', 'automation_created'].includes(String(type)))).toHaveLength(2)
})
