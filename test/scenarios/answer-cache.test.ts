import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, aliceIm, bob, privateLab, startScenario, waitUntil, type AskOptions, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
let answers = 0
const numbered = () => scriptAnswers(scenario.model, () => `Answer number ${++answers}.`)
beforeAll(async () => {
  scenario = await startScenario()
  numbered()
})
afterEach(() => {
  scenario.workspace.faults.clear()
  scenario.model.release()
  numbered()
})
afterAll(() => scenario.close())

const question = 'Kindly sort out what a lighthouse keeper does'

interface Answered extends Asked {
  readonly answerTs: string
  readonly text: string
  readonly calls: number
  readonly runId: string
}

async function ask(text: string, options: AskOptions): Promise<Answered> {
  const before = scenario.model.requests().length
  const asked = await scenario.ask(text, options)
  const { runId, answer = '' } = await scenario.waitForEnd(asked)
  const posted = await scenario.waitForAnswer(asked.channel, asked.ts)
  return { ...asked, runId, text: answer, answerTs: posted.ts, calls: scenario.model.requests().length - before }
}
const kept = () => scenario.store.rows('kept_answers').length
async function thumb({ channel, answerTs }: Answered, value: 'positive' | 'negative', user = alice): Promise<void> {
  const before = scenario.store.count('feedback')
  const votes = () => scenario.store.rows('events').filter((row) => row['type'] === 'feedback_received').length
  const had = votes()
  await scenario.workspace.click({ user, channel, messageTs: answerTs, actionId: 'feedback', value })
  await waitUntil('the thumb', () => scenario.store.count('feedback') !== before || votes() > had)
}
const shown = ({ channel, answerTs }: Answered): string => JSON.stringify(scenario.workspace.thread(channel, answerTs).concat(scenario.workspace.messages(channel)).find(({ ts }) => ts === answerTs))

test('the same question again asks a model each time, until somebody says that its answer was good', async () => {
  const channel = scenario.freshChannel()
  const first = await ask(question, { channel })
  const second = await ask(question, { channel })
  expect([first.calls > 0, second.calls > 0, second.text === first.text]).toEqual([true, true, false])
  await thumb(second, 'positive')
  const third = await ask(`${question.toUpperCase()}  ?`, { channel, user: bob })
  expect([third.calls, third.text]).toEqual([0, second.text])
  expect(shown(third)).toMatch(/answered before, 1 minute ago · \$0/)
  expect(scenario.store.rows('runs').find((row) => row['run_id'] === third.runId)).toMatchObject({ layer: 'cache', cost_micro_usd: 0, tier: 1, status: 'completed' })
})

test('"Ask again" makes one new answer for two clicks, and the old one is not given any more', async () => {
  const channel = scenario.freshChannel()
  const first = await ask(question, { channel })
  await thumb(first, 'positive')
  const again = await ask(question, { channel })
  expect(again.calls).toBe(0)
  const { workspace, waitForAnswer, store } = scenario
  for (let click = 0; click < 2; click++) await workspace.click({ user: bob, channel, messageTs: again.answerTs, actionId: 'ask_again' })
  const fresh = await waitForAnswer(channel, again.ts, again.answerTs)
  expect(fresh.deliveredText).not.toContain(first.text)
  expect((await ask(question, { channel })).calls).toBeGreaterThan(0)
  expect(store.runsOf(channel, again.ts)).toHaveLength(2)
})

test('a thumb down of anybody, and /improve, end it; and it does not come back while somebody objects', async () => {
  const channel = scenario.freshChannel()
  const first = await ask(question, { channel })
  await thumb(first, 'positive')
  const second = await ask(question, { channel })
  await thumb(second, 'negative', bob)
  const third = await ask(question, { channel })
  expect([second.calls, third.calls > 0]).toEqual([0, true])
  await thumb(third, 'positive')
  expect((await ask(question, { channel })).calls).toBe(0)
  await thumb(third, 'negative', bob)
  await thumb(third, 'positive', bob)
  await scenario.workspace.command({ user: alice, channel, command: '/improve', text: 'in rhymes' })
  expect((await ask(question, { channel })).calls).toBeGreaterThan(0)
})

test('it never crosses channels, and direct messages are one person\'s', async () => {
  const channel = scenario.freshChannel()
  for (const place of [privateLab, aliceIm]) {
    const secret = await ask(question, { channel: place })
    await thumb(secret, 'positive')
    const own = await ask(question, { channel: place })
    const other = await ask(question, { channel, user: bob })
    expect([own.calls, own.text, other.calls > 0, other.text === secret.text]).toEqual([0, secret.text, true, false])
  }
})

test('what a channel is told to forget is not given again', async () => {
  const channel = scenario.freshChannel()
  await thumb(await ask(question, { channel }), 'positive')
  expect((await ask(question, { channel })).calls).toBe(0)
  await scenario.workspace.command({ user: alice, channel, command: '/swarm', text: 'memory forget all' })
  expect((await ask(question, { channel })).calls).toBeGreaterThan(0)
})

test('kill -9 while it is given again leaves one answer and asks no model', async () => {
  const { workspace, kill, start, freshChannel, model } = scenario
  const channel = freshChannel()
  const first = await ask(question, { channel })
  await thumb(first, 'positive')
  const before = model.requests().length
  const hangs = () => workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect: true })
  const asked = await scenario.ask(question, { channel })
  await workspace.waitFor('the answer to hang', () => hangs() > 0)
  await kill()
  workspace.faults.clear()
  await start()
  numbered()
  expect(await scenario.waitForEnd(asked)).toMatchObject({ status: 'completed', answer: first.text, costMicroUsd: 0 })
  await scenario.waitForAnswer(channel, asked.ts)
  expect(scenario.answers(channel, asked.ts)).toHaveLength(1)
  expect(model.requests().slice(before).filter(({ body }) => isAnswerCall(body))).toEqual([])
})

test('an answer of a day ago, or by other settings, is asked for anew; so is one that used a tool', async () => {
  const { dataDir, freshChannel, kill, start, model } = scenario
  const channel = freshChannel()
  await thumb(await ask(question, { channel }), 'positive')
  await kill()
  const database = new DatabaseSync(join(dataDir, 'murmur.db'), { timeout: 5_000 })
  database.exec(`UPDATE runs SET settings_basis = 'other' WHERE channel_id = '${channel}'`)
  database.close()
  await start()
  const renewed = await ask(question, { channel })
  expect(renewed.calls).toBeGreaterThan(0)
  scriptAnswers(model, (request) => (request.messages.some(({ role }) => role === 'tool') ? 'It is 51.' : { text: '', toolCalls: [{ name: 'calculator', arguments: { expression: '17 * 3' } }] }), 'data-analyst')
  const before = kept()
  const tooled = await ask('How many lamps have 17 towers of three lamps', { channel })
  await thumb(tooled, 'positive')
  expect(kept()).toBe(before)
})

test('switched off, nothing is given again', async () => {
  const { kill, start, freshChannel } = scenario
  const channel = freshChannel()
  await thumb(await ask(question, { channel }), 'positive')
  await kill()
  await start({ MURMUR_ANSWER_CACHE: 'off' })
  numbered()
  expect((await ask(question, { channel })).calls).toBeGreaterThan(0)
})
