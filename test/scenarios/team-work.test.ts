import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { ChatRequest } from '../../playground/offline-model/chat-request.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
let channel: string
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())
beforeEach(() => {
  channel = scenario.freshChannel()
})

async function swarm(text: string): Promise<Asked> {
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text })
  expect(body ?? '').toBe('')
  const root = await waitUntil('the root of a swarm', () => scenario.store.rows('runs').findLast((row) => row['channel_id'] === channel)?.['thread_id'] ?? undefined)
  return { channel, ts: String(root) }
}

const nameOf = ({ format }: ChatRequest): string => (format.kind === 'json_schema' ? format.name : 'work')
const textOf = (request: ChatRequest): string => request.messages.map(({ text }) => text).join('\n')
const shownLast = (thread: readonly Parameters<typeof shownText>[0][]): string => thread.slice(-1).map(shownText).join('')
const say = (asked: Asked, text: string) => scenario.workspace.say({ user: bob, channel: asked.channel, text, threadTs: asked.ts })

test('a team plans by its coordinator, its members do the parts, and the result names who did which', async () => {
  const tasks = [
    { id: 'a', title: 'Find the sources', what: 'List them.', needs: [], by: 'm1' },
    { id: 'b', title: 'Check the <!channel> numbers', what: 'Count.', needs: ['a'], by: 'm2' },
  ]
  scenario.model.setAnswer((request) => {
    if (nameOf(request) === 'plan') return { json: { tasks } }
    if (nameOf(request) === 'review') return { json: { send_back: [], summary: 'It pays off after two years.', show: [] } }
    return nameOf(request) === 'work' ? `Done: ${/given you the part "([^"]*)"/.exec(textOf(request))?.[1]}` : undefined
  })
  const { ts } = await swarm('plan Does a heat pump pay off for our office? --team research')
  await scenario.waitForAnswer(channel, ts)
  const thread = scenario.answers(channel, ts)
  const voices = thread.flatMap(({ username }) => (username === undefined ? [] : [username]))
  expect(voices).toEqual(['Researcher (lead)', 'Researcher', 'Data Analyst'])
  const result = shownLast(thread)
  expect(result).toContain('It pays off after two years.')
  expect(result).toContain('**Find the sources** (Researcher)')
  expect(result).toContain('numbers** (Data Analyst)')
  expect(JSON.stringify(thread)).not.toContain('<!channel>')
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text: 'teams' })
  expect(JSON.stringify(body)).toMatch(/^"• `research`/)
})

test('people change the list of an auto swarm from its thread', async () => {
  const held = Promise.withResolvers<void>()
  const task = { title: 'Look around', what: 'Look.', by: 'm1', needs: [] }
  const nothing = { tasks: [], order: [], drop: [], is_done: true, answer: 'Found: <!here> nothing.', show: [] }
  scenario.model.setAnswer(async (request) => {
    if (nameOf(request) === 'decision') return { json: textOf(request).includes('Make the list') ? { ...nothing, tasks: [task], is_done: false, answer: '' } : nothing }
    if (nameOf(request) !== 'work') return undefined
    if (textOf(request).includes('Look around')) await held.promise
    return `Done: ${/Yours is task (\d+)/.exec(textOf(request))?.[1]}`
  })
  const asked = await swarm('auto Find a new office --agents 2 --rounds 4')
  await waitUntil('the list', () => scenario.answers(channel, asked.ts).find(({ text }) => text.includes('can be changed here')))
  await say(asked, 'add: ask the landlord `x` <!here>\ndrop 9\nMind the rent.')
  held.resolve()
  await scenario.waitForAnswer(channel, asked.ts)
  const thread = scenario.answers(channel, asked.ts)
  const shown = thread.map(shownText).join('\n')
  expect(shown).toMatch(/Added 2\. ask the landlord/)
  expect(shown).toContain('There is no open task 9 to drop.')
  expect(shown).toContain('Done: 2')
  expect(shownLast(thread)).toContain('Found:')
  expect(JSON.stringify(thread.filter(({ user }) => user !== bob))).not.toMatch(/<!here>/)
})

test("a team's share of the budget is a cap of its own", async () => {
  const { workspace } = scenario
  await workspace.command({ user: alice, channel, command: '/swarm', text: 'teams new' })
  const form = await workspace.waitFor('the form', () => workspace.openViews(alice)[0])
  await workspace.submitView({ user: alice, viewId: form.id, values: { name: 'frugal', coordinator: 'planner', members: ['writer', 'researcher'], share: '1' } })
  await workspace.command({ user: alice, channel, command: '/swarm', text: 'budget set daily 0.01' })
  const asked = await swarm('plan Write a note on tea --team frugal')
  const told = await waitUntil('the refusal', () => scenario.answers(channel, asked.ts).find((message) => JSON.stringify(message).includes("team frugal's daily limit")))
  expect(JSON.stringify(told)).toContain('approve_run')
})

test('a mention that spells out several pieces of work is planned, and says why', async () => {
  scenario.model.setAnswer((request) => {
    if (nameOf(request) === 'plan') return { json: { tasks: [{ id: 'a', title: 'All of it', what: 'Do it.', needs: [], by: 'm1' }] } }
    return nameOf(request) === 'work' ? 'Done.' : undefined
  })
  const things = ['research three competitors with their prices', 'estimate the cost of the first three months', 'write the announcement for customers and press', 'plan the week of the launch, day by day']
  const text = `We launch the mobile app in Spain on 1 March and need all of this two weeks before, so that the country team can prepare itself:\n${things.map((thing) => `- ${thing}`).join('\n')}\nThe audience is small shops that use paper today.`
  const asked = await scenario.ask(text)
  await scenario.waitForAnswer(asked.channel, asked.ts)
  expect(shownLast(scenario.answers(asked.channel, asked.ts))).toMatch(/^# Result/)
  const { route } = scenario.store.rows('runs').findLast((row) => row['channel_id'] === asked.channel) ?? {}
  expect(String(route)).toContain('several pieces of work')
})
