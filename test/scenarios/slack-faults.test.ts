import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, elsewhere, startScenario, waitUntil, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterEach(async () => {
  const { workspace, model } = scenario
  workspace.faults.clear()
  model.release()
  scriptAnswers(model, (request) => `Said: ${askedOf(request)}`)
})
afterAll(() => scenario.close())

/** What the app has learnt of missing features is forgotten with its process. */
const beginAnew = () => scenario.crash()

/** A feature that the workspace does not have, for as long as the test lasts. */
const missing = (method: string, error = 'unknown_method') => scenario.workspace.faults.add({ method, kind: 'error', error, times: 99 })

test.each(['unknown_method', 'missing_scope', 'missing_recipient_team_id', 'not_allowed', 'channel_type_not_supported'])(
  'where a stream cannot be opened (%s), the answer is posted',
  async (error) => {
    const { workspace, ask } = scenario
    scriptAnswers(scenario.model, 'A posted answer.')
    missing('chat.startStream', error)
    const asked = await ask('Well, and now?')
    expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('A posted answer.'))
    expect(workspace.calls('chat.postMessage').some(({ args }) => args['thread_ts'] === asked.ts)).toBe(true)
    await beginAnew()
  },
)

test('without agent sessions the older status line is the sign of life', async () => {
  const { workspace, model, ask } = scenario
  missing('agents.sessions.setStatus')
  scriptAnswers(model, 'An answer.')
  model.hold({ match: isAnswerCall })
  const asked = await ask('Well, and now?')
  await workspace.waitFor('a status', () => workspace.statusText(asked.channel, asked.ts) !== '')
  expect(workspace.session(asked.channel, asked.ts)).toBeUndefined()
  model.release()
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('An answer.'))
  await beginAnew()
})

test('without sessions and status line a placeholder is the sign of life, and becomes the answer', async () => {
  const { workspace, model, ask, answers, waitForEnd } = scenario
  for (const method of ['agents.sessions.setStatus', 'assistant.threads.setStatus']) missing(method, 'missing_scope')
  scriptAnswers(model, 'The answer in its place.')
  model.hold({ match: isAnswerCall })
  const asked = await ask('Well, and now?')
  const placeholder = await workspace.waitFor('a placeholder', () => answers(asked.channel, asked.ts)[0])
  expect(shownText(placeholder)).toMatch(/Working on it/)
  model.release()
  await waitForEnd(asked)
  expect(answers(asked.channel, asked.ts).map((message) => [message.ts, shownText(message)])).toEqual([[placeholder.ts, 'The answer in its place.']])
  await beginAnew()
})

test.each(['http_500', 'rate_limited', 'disconnect'] as const)('a session that cannot be released at once (%s) is released all the same', async (kind) => {
  const { workspace, model, ask } = scenario
  scriptAnswers(model, 'A posted answer.')
  missing('chat.startStream', 'not_allowed')
  model.hold({ match: isAnswerCall })
  const asked = await ask('Well, and now?')
  await model.waitFor('the call', () => model.held === 1)
  for (const method of ['agents.sessions.setStatus', 'assistant.threads.setStatus']) workspace.faults.add({ method, kind, times: 2 })
  model.release()
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('A posted answer.'))
})

test('a thread that cannot be read leaves the follow-up without its history, and answered', async () => {
  const { workspace, model, ask, waitForEnd } = scenario
  const asked = await ask('The beginning')
  await waitForEnd(asked)
  missing('conversations.replies', 'missing_scope')
  await ask('The follow-up', { channel: asked.channel, threadTs: asked.ts })
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('Said: The beginning', 'Said: The follow-up'))
  const sent = JSON.stringify(model.requests().findLast(({ body }) => isAnswerCall(body))?.body)
  expect(sent).toContain('The follow-up')
  expect(sent).not.toContain('The beginning')
  expect(workspace.calls('conversations.replies').at(-1)?.error).toBe('missing_scope')
})

test('an objective in a channel without the app is told to the person who gave it, and fails', async () => {
  const { workspace, store } = scenario
  const { httpStatus } = await workspace.command({ user: bob, channel: elsewhere, command: '/swarm', text: 'plan the launch of our newsletter' })
  expect(httpStatus).toBe(200)
  const told = await workspace.waitFor('a word', () => workspace.ephemerals(bob).findLast(({ channel }) => channel === elsewhere))
  expect(told.text).toMatch(/invite/i)
  expect(told.text).toMatch(/@murmur|`\/invite/i)
  const run = await waitUntil('the end', () => store.rows('runs').find((row) => row['channel_id'] === elsewhere && row['finished_at_ms'] !== null))
  expect(run['status']).toBe('failed')
  expect(workspace.messages(elsewhere)).toEqual([])
})

test('a person is told when Slack does not say whether they are an admin, and nothing is stopped', async () => {
  const { workspace, model, ask, store } = scenario
  scriptAnswers(model, 'An answer.')
  model.hold({ match: isAnswerCall })
  const asked = await ask('Well, and now?', { user: alice })
  await model.waitFor('the call', () => model.held === 1)
  const [run] = store.runsOf(asked.channel, asked.ts)
  workspace.faults.add({ method: 'users.info', kind: 'http_500', times: 9 })
  const { httpStatus, body } = await workspace.command({ user: bob, channel: asked.channel, command: '/swarm', text: `cancel ${run?.runId}` })
  expect(httpStatus).toBe(200)
  expect(JSON.stringify(body)).toMatch(/try again/i)
  model.release()
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('An answer.'))
})

test('while Slack takes nothing, the answer waits and comes whole when Slack is back, without a second model call', async () => {
  const { workspace, model, ask } = scenario
  scriptAnswers(model, 'A late answer.')
  const before = model.requests().length
  for (const method of ['chat.startStream', 'chat.postMessage', 'chat.update']) workspace.faults.add({ method, kind: 'http_500', times: 6 })
  const asked = await ask('Well, and now, while you are away?')
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('A late answer.'))
  expect(model.requests().slice(before).filter(({ body }) => isAnswerCall(body))).toHaveLength(1)
})

test('a message that a person deletes while it grows comes back as a whole', async () => {
  const { workspace, model, ask, answers, waitForEnd } = scenario
  scriptAnswers(model, 'Word by word '.repeat(40))
  model.hold({ match: isAnswerCall, afterChunks: 8 })
  const asked = await ask('Well, and now?')
  const shown = await workspace.waitFor('a beginning', () => answers(asked.channel, asked.ts)[0])
  const response = await fetch(`${workspace.apiUrl}chat.delete`, { method: 'POST', headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json' }, body: JSON.stringify({ channel: asked.channel, ts: shown.ts }) })
  expect(await response.json()).toMatchObject({ ok: true })
  model.release()
  await waitForEnd(asked)
  expect(answers(asked.channel, asked.ts).map((message) => shownText(message).trim())).toEqual(['Word by word '.repeat(40).trim()])
})
