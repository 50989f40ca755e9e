import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, carol, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  script()
  expect(await command(bob, scenario.freshChannel(), 'workflows approval on')).toMatch(/admins/)
  expect(await command(alice, scenario.freshChannel(), 'workflows approval perhaps')).toMatch(/`on` or `off`/)
  expect(await command(alice, scenario.freshChannel(), 'workflows approval on')).toMatch(/wait for an admin/)
})
afterAll(() => scenario.close())

const script = (): void => scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request).slice(0, 60)}`)

async function command(user: string, channel: string, text: string, name = '/swarm'): Promise<string> {
  return JSON.stringify((await scenario.workspace.command({ user, channel, command: name, text })).body)
}

async function answered(user: string, text: string): Promise<Asked> {
  const asked = await scenario.ask(text, { user })
  await scenario.waitForAnswer(asked.channel, asked.ts)
  await scenario.waitForEnd(asked)
  return asked
}

const versions = (reason: string) => scenario.store.rows('workflow_versions').filter((row) => row['reason'] === reason)
const states = (reason: string) => scenario.store.rows('proposals').filter((row) => row['reason'] === reason).map((row) => row['state'])

/** The message in the thread that asks the admins. */
const question = ({ channel, ts }: Asked) =>
  waitUntil('the question', () => scenario.answers(channel, ts).find((message) => JSON.stringify(message.blocks).includes('approve_improvement')))
const click = (user: string, { channel }: Asked, messageTs: string, actionId: string) => scenario.workspace.click({ user, channel, messageTs, actionId })
const told = (user: string, { channel }: Asked, pattern: RegExp) => scenario.workspace.waitFor(`a word that is ${pattern}`, () => scenario.workspace.ephemerals(user).find((one) => one.channel === channel && pattern.test(one.text)))
const lastPrompt = () => JSON.stringify(scenario.model.requests().findLast(({ body }) => isAnswerCall(body))?.body['messages'])

test('an improvement waits until an admin approves it, in the thread, and its author is told', async () => {
  const asked = await answered(bob, 'Name the trees of the park')
  expect(await command(bob, asked.channel, 'with their height', '/improve')).toMatch(/wait for an admin[\s\S]*\+ guidance: with their height[\s\S]*asked in the thread/)
  expect(await command(bob, asked.channel, 'with their height', '/improve')).toMatch(/wait for an admin/)
  const { ts } = await question(asked)
  expect(versions('with their height')).toEqual([])
  await click(carol, asked, ts, 'approve_improvement')
  await told(carol, asked, /for admins/)
  expect(states('with their height')).toEqual(['pending'])
  await click(alice, asked, ts, 'approve_improvement')
  await waitUntil('the version', () => versions('with their height').length === 1)
  expect(versions('with their height').map((row) => row['author_id'])).toEqual([bob])
  await waitUntil('the words to the author', () => scenario.answers(asked.channel, asked.ts).some(({ text }) => text.includes(`<@${bob}> your improvement is approved`)))
  const [decided] = scenario.answers(asked.channel, asked.ts).filter((message) => message.ts === ts)
  expect(JSON.stringify(decided?.blocks)).toMatch(/approved what[\s\S]*undo_improvement/)
  expect(JSON.stringify(decided?.blocks)).not.toContain('approve_improvement')
  await scenario.waitForEnd(await scenario.ask('Name the trees of the park', { channel: asked.channel }))
  expect(lastPrompt()).toContain('with their height')
})

test('of decisions at the same time one counts, and what is rejected changes nothing', async () => {
  const asked = await answered(bob, 'Name the birds of the lake')
  await scenario.ask('improve only the big ones', { user: bob, channel: asked.channel, threadTs: asked.ts })
  const { ts } = await question(asked)
  await Promise.all([...Array.from({ length: 4 }, () => click(alice, asked, ts, 'approve_improvement')), click(alice, asked, ts, 'reject_improvement')])
  await told(alice, asked, /already decided/)
  expect(states('only the big ones')).toHaveLength(1)
  expect(versions('only the big ones')).toHaveLength(states('only the big ones')[0] === 'approved' ? 1 : 0)
  await scenario.waitForEnd(asked)
  const other = await answered(bob, 'Name the fish of the river')
  await command(bob, other.channel, 'in Latin', '/improve')
  await click(alice, other, (await question(other)).ts, 'reject_improvement')
  await waitUntil('the words to the author', () => scenario.answers(other.channel, other.ts).some(({ text }) => text.includes('was not approved')))
  expect([states('in Latin'), versions('in Latin')]).toEqual([['rejected'], []])
})

test('what an admin improves counts at once', async () => {
  const asked = await answered(alice, 'Name the hills of the county')
  expect(await command(alice, asked.channel, 'with their names in Welsh', '/improve')).toMatch(/now version 1/)
})

test('kill -9 while the admins are asked asks them once, and approving afterwards makes one version', async () => {
  const { workspace } = scenario
  const asked = await answered(bob, 'Name the bridges of the town')
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect: true })
  await command(bob, asked.channel, 'the oldest first', '/improve')
  await workspace.waitFor('the post to hang', () => workspace.calls('chat.postMessage').some(({ error }) => error === 'hang'))
  await scenario.crash()
  script()
  await waitUntil('the end', () => scenario.store.runsOf(asked.channel, asked.ts).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(scenario.answers(asked.channel, asked.ts).filter((message) => shownText(message).includes('the oldest first'))).toHaveLength(1)
  await click(alice, asked, (await question(asked)).ts, 'approve_improvement')
  await waitUntil('the version', () => versions('the oldest first').length === 1)
})

const wordsToAuthor = ({ channel, ts }: Asked) => scenario.answers(channel, ts).filter((message) => shownText(message).includes(`<@${bob}> your improvement`))

test.each([
  ['before the author is told', 'Name the parks of the city', 'the largest first', 'chat.update', false],
  ['while the author is told', 'Name the squares of the city', 'the smallest first', 'chat.postMessage', true],
] as const)('kill -9 after the decision, %s, tells the author once', async (_, text, wish, method, afterEffect) => {
  const { workspace } = scenario
  const asked = await answered(bob, text)
  await command(bob, asked.channel, wish, '/improve')
  const { ts } = await question(asked)
  await waitUntil('the question to be over', () => scenario.store.runsOf(asked.channel, asked.ts).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  // The click's own change of the message hangs, or the post to the author, as if the process had died there.
  const before = workspace.calls(method).length
  workspace.faults.add({ kind: 'hang', method, afterEffect })
  const clicked = click(alice, asked, ts, 'approve_improvement')
  await workspace.waitFor('the call to hang', () => workspace.calls(method).slice(before).some(({ error }) => error === 'hang'))
  await scenario.crash()
  await clicked
  script()
  await waitUntil('the words to the author', () => wordsToAuthor(asked).length > 0)
  await waitUntil('all to be over', () => scenario.store.runsOf(asked.channel, asked.ts).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(wordsToAuthor(asked).map(shownText)).toEqual([expect.stringContaining('is approved')])
  expect([states(wish), versions(wish).length]).toEqual([['approved'], 1])
})

test('with approval off improvements count at once again', async () => {
  expect(await command(alice, scenario.freshChannel(), 'workflows approval off')).toMatch(/count at once/)
  const asked = await answered(bob, 'Name the ports of the coast')
  expect(await command(bob, asked.channel, 'north to south', '/improve')).toMatch(/now version 1/)
})
