import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, scriptAnswers, sentences } from './script-model.ts'
import { alice, bob, isFinishedAnswer, waitUntil, type Asked } from './start-scenario.ts'
import { startScaled, type Scaled } from './start-scaled.ts'

let scaled: Scaled
const questions = ['Name the trees of the park', 'Name the birds of the lake', 'Name the fish of the river'] as const
const asked: Asked[] = []

/** All is asked first; then other edges stand in the place of those that took it, so every click comes to one that knows nothing. */
beforeAll(async () => {
  scaled = await startScaled({ edges: 2, workers: 1 })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(2)}`)
  for (const [index, question] of questions.entries()) asked.push(await scaled.ask(question, { channel: channelOf(index) }))
  for (const one of asked) await answerOf(one)
  for (const edge of [0, 1]) {
    await scaled.kill('edge', edge)
    await scaled.start('edge', edge)
  }
}, 150_000)
afterAll(() => scaled?.close())

const channelOf = (index: number): string => `C0FRESH${String(index).padStart(4, '0')}`
const answerOf = (one: Asked, but: readonly string[] = []) => waitUntil('an answer', () => scaled.answers(one).find((message) => isFinishedAnswer(message) && !but.includes(message.ts)))
const click = ({ channel }: Asked, messageTs: string, actionId: string, value?: string) => scaled.workspace.click({ user: alice, channel, messageTs, actionId, ...(value === undefined ? {} : { value }) })
const has = (query: string) => waitUntil(query, async () => (await scaled.rows(query)).length > 0)
const withButton = (one: Asked, actionId: string) => waitUntil(actionId, () => scaled.answers(one).find((message) => JSON.stringify(message.blocks).includes(actionId)))

test('a thumb counts, the answer is given again, and "Ask again" makes a new one', async () => {
  const [one] = asked as [Asked]
  await click(one, (await answerOf(one)).ts, 'feedback', 'positive')
  await has("select 1 from feedback where kind = 'up'")
  const again = await scaled.ask(questions[0], { channel: one.channel })
  const kept = await answerOf(again)
  await has("select 1 from runs where layer = 'cache'")
  await click(again, kept.ts, 'ask_again')
  expect((await answerOf(again, [kept.ts])).text).toContain('Said')
}, 120_000)

test('an improvement said in the thread is taken back by its button', async () => {
  const one = asked[1] as Asked
  await scaled.ask('improve only the big ones', { channel: one.channel, threadTs: one.ts })
  const note = await withButton(one, 'undo_improvement')
  await click(one, note.ts, 'undo_improvement')
  await scaled.workspace.waitFor('a word', () => scaled.workspace.ephemerals(alice).find(({ channel, text }) => channel === one.channel && /Taken back/.test(text)))
  expect(await scaled.rows("select 1 from workflow_versions where reason = 'only the big ones'")).toHaveLength(1)
}, 120_000)

test('an improvement that waits for an admin is approved by a click', async () => {
  const one = asked[2] as Asked
  await scaled.workspace.command({ user: alice, channel: one.channel, command: '/swarm', text: 'workflows approval on' })
  await scaled.workspace.say({ user: bob, channel: one.channel, text: `<@${scaled.workspace.botUserId}> improve with their height`, threadTs: one.ts })
  const question = await withButton(one, 'approve_improvement')
  expect(await scaled.rows("select 1 from workflow_versions where reason = 'with their height'")).toEqual([])
  await click(one, question.ts, 'approve_improvement')
  await has("select 1 from workflow_versions where reason = 'with their height'")
}, 120_000)
