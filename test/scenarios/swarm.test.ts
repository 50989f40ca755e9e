import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import { findAccountFaults } from './paid-calls.ts'
import { alice, bob, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario

beforeAll(async () => {
  scenario = await startScenario()
})
afterEach(() => {
  scenario.workspace.faults.clear()
  scenario.model.release()
  scenario.model.setAnswer(undefined)
})
afterAll(() => scenario.close())

let asks = 0
/** Other words each time, so that each call of a model is known by its words. */
const objective = (): string => `Shall we rewrite part ${++asks} of the billing service in Rust?`

/** Starts a swarm by a command. @returns its thread, once the root stands there */
async function swarm(text: string, channel = scenario.freshChannel()): Promise<Asked> {
  const before = scenario.store.rows('runs').filter((row) => row['channel_id'] === channel).length
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text })
  expect(body ?? '').toBe('')
  const root = await waitUntil('the root of a swarm', () => scenario.store.rows('runs').filter((row) => row['channel_id'] === channel)[before]?.['thread_id'] ?? undefined)
  return { channel, ts: String(root) }
}

/** The thread once the swarm has said its last word. */
async function threadOf({ channel, ts }: Asked): Promise<readonly StoredMessage[]> {
  await scenario.waitForAnswer(channel, ts)
  await scenario.waitForEnd({ channel, ts })
  return scenario.answers(channel, ts)
}

const voicesIn = (thread: readonly StoredMessage[]): string[] => thread.flatMap(({ username }) => (username === undefined ? [] : [username]))
const formOf = (body: Readonly<Record<string, unknown>>): string => /"name":"(\w+)"/.exec(JSON.stringify(body['response_format']) ?? '')?.[1] ?? ''
const isSecondRound = (body: Readonly<Record<string, unknown>>): boolean => formOf(body) === 'speech' && JSON.stringify(body['messages']).includes('Round 2 of the debate')

/** Three voices that speak twice each, one file, and the verdict last. */
function expectDebate(thread: readonly StoredMessage[]): void {
  const voices = voicesIn(thread)
  expect(new Set(voices).size).toBe(3)
  expect(voices).toHaveLength(6)
  expect(thread.at(-1)?.text).toMatch(/^# Verdict\n/)
  expect(thread.filter(({ files = [] }) => files.length > 0)).toHaveLength(1)
  // Root, board, six turns, file, verdict.
  expect(thread).toHaveLength(10)
}

test('a debate of three in two rounds is a thread with three voices, and ends with the verdict', async () => {
  const thread = await threadOf(await swarm(`debate ${objective()} --agents 3 --rounds 2`))
  expectDebate(thread)
  expect(JSON.stringify(thread.at(-1)?.blocks)).toContain('Why this agent?')
  expect(findAccountFaults(scenario)).toEqual([])
})

test.each([0, 1, 2])('kill -9 in the middle of the second round, after %i of its turns, repeats no call and posts nothing twice', async (finished) => {
  scenario.model.hold({ match: isSecondRound })
  const asked = await swarm(`debate ${objective()} --agents 3 --rounds 2`)
  await scenario.model.waitFor('the second round', () => scenario.model.held === 3)
  scenario.model.release(finished)
  await waitUntil('its turns', () => voicesIn(scenario.answers(asked.channel, asked.ts)).length === 3 + finished)
  await scenario.kill()
  scenario.model.release()
  await scenario.start()
  expectDebate(await threadOf(asked))
  expect(findAccountFaults(scenario)).toEqual([])
})

test('forty agents over ten rounds, killed in round 7, go on in round 7 and speak in one message a round', async () => {
  const { model } = scenario
  // Everybody holds with themselves, so that nothing converges.
  model.setAnswer((request, { fallback }) => {
    const speaker = /You are (m\d+),/.exec(request.messages[0]?.text ?? '')?.[1]
    return speaker === undefined ? fallback() : { json: { position: `${speaker} is right.`, argument: `So says ${speaker}.`, citations: [], holds_with: speaker, confidence: 0.7 } }
  })
  model.hold({ match: (body) => JSON.stringify(body['messages']).includes('Round 7 of the debate') })
  const asked = await swarm(`debate ${objective()} --agents 40 --rounds 10`)
  await model.waitFor('round 7', () => model.held > 0, 60_000)
  await scenario.kill()
  const before = model.requests().length
  model.release()
  await scenario.start()
  const thread = await threadOf(asked)
  expect(model.requests().slice(before).filter(({ body }) => /Round [2-6] of the debate|A debate begins/.test(JSON.stringify(body['messages'])))).toEqual([])
  expect(voicesIn(thread)).toEqual([])
  expect(thread.filter(({ text }) => /^\*\*Round \d+ of 10/.test(text))).toHaveLength(10)
  expect(thread.at(-1)?.text).toMatch(/^# Verdict\n/)
  expect(findAccountFaults(scenario)).toEqual([])
}, 120_000)

test.each(['rate_limited', 'http_500', 'disconnect'] as const)('a Slack that answers %s while turns are posted loses none and doubles none', async (kind) => {
  for (const afterEffect of [false, true]) {
    scenario.model.hold({ match: isSecondRound })
    const asked = await swarm(`debate ${objective()} --agents 3 --rounds 2`)
    await scenario.model.waitFor('the second round', () => scenario.model.held === 3)
    await waitUntil('the first round', () => voicesIn(scenario.answers(asked.channel, asked.ts)).length === 3)
    scenario.workspace.faults.add({ method: 'chat.postMessage', kind, times: 2, retryAfterSeconds: 1, afterEffect: afterEffect && kind !== 'rate_limited' })
    scenario.model.release()
    const thread = await threadOf(asked)
    expectDebate(thread)
    scenario.workspace.faults.clear()
  }
  expect(findAccountFaults(scenario)).toEqual([])
})

test('two swarms at once in one channel keep to their own threads', async () => {
  const channel = scenario.freshChannel()
  const [first, second] = [await swarm(`debate ${objective()} --agents 3`, channel), await swarm(`debate ${objective()} --agents 3`, channel)]
  expect(first.ts).not.toBe(second.ts)
  for (const asked of [first, second]) expectDebate(await threadOf(asked))
})

test('what a person writes in the thread is read in the next round', async () => {
  const { model, workspace } = scenario
  model.hold({ match: (body) => formOf(body) === 'speech' })
  const asked = await swarm(`debate ${objective()} --agents 3`)
  await model.waitFor('the first round', () => model.held === 3)
  await workspace.say({ user: bob, channel: asked.channel, text: 'Mind the auditors in May.', threadTs: asked.ts })
  model.release()
  await threadOf(asked)
  const heard = model.requests().filter(({ body }) => JSON.stringify(body).includes('> Mind the auditors in May.'))
  expect(heard.map(({ body }) => formOf(body))).toEqual(['speech', 'speech', 'speech'])
})

test('Stop on the board ends it in the middle: no further call, nothing more is said', async () => {
  const { model, workspace } = scenario
  model.hold({ match: isSecondRound })
  const asked = await swarm(`debate ${objective()} --agents 3`)
  await model.waitFor('the second round', () => model.held === 3)
  const board = await workspace.waitFor('the board', () => scenario.answers(asked.channel, asked.ts).find(({ blocks }) => JSON.stringify(blocks).includes('stop_run')))
  await workspace.click({ user: bob, channel: asked.channel, messageTs: board.ts, actionId: 'stop_run' })
  expect(await scenario.waitForEnd(asked)).toMatchObject({ status: 'cancelled', cancelledBy: bob })
  const thread = scenario.answers(asked.channel, asked.ts)
  expect(thread.at(-1)?.text).toBe(`Stopped by <@${bob}>.`)
  expect(JSON.stringify(thread.find(({ ts }) => ts === board.ts)?.blocks)).not.toContain('stop_run')
  expect(workspace.session(asked.channel, asked.ts)?.status ?? 'active').toBe('active')
})

test('a model that only ever says the same words still gives voices and a verdict', async () => {
  scenario.model.setAnswer(() => 'I would wait a year and look again.')
  const thread = await threadOf(await swarm(`debate ${objective()} --agents 3 --rounds 2`))
  expect(new Set(voicesIn(thread)).size).toBe(3)
  expect(thread.at(-1)?.text).toMatch(/^# Verdict\n\nI would wait a year/)
})

test('a member whose model fails is named, and the others go on', async () => {
  scenario.model.setAnswer((request) => {
    if (request.messages[0]?.text.includes('You are m2,')) throw new Error('no answer')
    return undefined
  })
  const thread = await threadOf(await swarm(`debate ${objective()} --agents 3 --rounds 2`))
  expect(new Set(voicesIn(thread)).size).toBe(2)
  expect(thread.at(-1)?.text).toMatch(/_Left out: .+ \(the model failed\)\._/)
})

test('the answer that came second is a click away, also after a restart', async () => {
  const { workspace } = scenario
  const asked = await swarm(`compete Write a one-line slogan for bakery ${++asks} --agents 3`)
  const answer = (await threadOf(asked)).at(-1)
  expect(answer?.text).toMatch(/^# Winner\n/)
  await scenario.crash()
  await workspace.click({ user: bob, channel: asked.channel, messageTs: answer?.ts ?? '', actionId: 'runner_up' })
  const aside = await workspace.waitFor('the runner-up', () => workspace.ephemerals(bob).find(({ channel }) => channel === asked.channel))
  expect(aside.deliveredText).toMatch(/Runner-up: /)
})

test('a wish in words starts the same from a mention', async () => {
  const asked = await scenario.ask(`have three agents debate whether we should rewrite part ${++asks} in Rust`)
  const thread = await threadOf(asked)
  expect(new Set(voicesIn(thread)).size).toBe(3)
  expect(thread.at(-1)?.text).toMatch(/^# Verdict\n/)
})

test.each([
  ['debate', /Expected an objective after `\/swarm debate`/],
  ['debate Tea or coffee? --agents 1', /a whole number from 2 to 40 after `--agents`, got `1`/],
  ['debate Tea or coffee? --team nobody', /`review` after `--team`, got `nobody`/],
  ['debate Tea or coffee? --model gpt-99', /after `--model`, got `gpt-99`/],
  ['debate Tea or coffee? --budget 0', /more than 0 dollars/],
  ['debate Tea or coffee? --role writer', /either a swarm or one specialist/],
])('"/swarm %s" says what is wrong and starts nothing', async (text, told) => {
  const channel = scenario.freshChannel()
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text })
  expect(JSON.stringify(body)).toMatch(told)
  expect(scenario.store.rows('runs').filter((row) => row['channel_id'] === channel)).toEqual([])
})
