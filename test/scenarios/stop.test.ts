import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { findAccountFaults } from './paid-calls.ts'
import { askedOf, isAnswerCall, isRouteCall, scriptAnswers, sentences } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, carol, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let asks = 0
/** Other words each time, so that each call of a model is known by its words. */
const vague = (): string => `Well, and now? What do you say to that, for the ${++asks}. time?`

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterEach(() => {
  scenario.model.release()
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
})
afterAll(() => scenario.close())

/** The session rests, and the newest run is stored as stopped by this person. */
async function expectStopped({ channel, ts }: Asked, by: string): Promise<void> {
  const { workspace, waitForEnd } = scenario
  expect(await waitForEnd({ channel, ts })).toMatchObject({ status: 'cancelled', cancelledBy: by, errorCode: 'MUR_RUN_CANCELLED', answer: undefined })
  await workspace.waitFor('the session to rest', () => workspace.session(channel, ts)?.status === 'active' && workspace.statusText(channel, ts) === '')
}

const texts = ({ channel, ts }: Asked): string[] => scenario.answers(channel, ts).map(shownText)

/** Begins a run that waits in its model call. */
async function begin(user = alice, match = isAnswerCall): Promise<Asked> {
  scenario.model.hold({ match })
  const asked = await scenario.ask(vague(), { user })
  await scenario.model.waitFor('the call', () => scenario.model.held === 1)
  return asked
}

test.each([
  ['the routing call', isRouteCall],
  ['the answer call', isAnswerCall],
])('Stop during %s ends the call, says who stopped it, and lets the thread rest', async (_name, match) => {
  const { workspace, model } = scenario
  const asked = await begin(alice, match)
  const call = model.requests().at(-1)
  const { httpStatus } = await workspace.stop({ user: bob, channel: asked.channel, threadTs: asked.ts })
  expect(httpStatus).toBe(200)
  await model.waitFor('the call to be ended', () => call?.aborted)
  await expectStopped(asked, bob)
  expect(texts(asked)).toEqual([`Stopped by <@${bob}>.`])
})

test('Stop in the middle of an answer keeps what was shown, with the notice below it', async () => {
  const { workspace, model, ask, answers } = scenario
  scriptAnswers(model, sentences(60))
  model.hold({ match: isAnswerCall, afterChunks: 30 })
  const asked = await ask(vague())
  await workspace.waitFor('a beginning', () => answers(asked.channel, asked.ts).some((message) => shownText(message).includes('number 5 of')))
  await workspace.stop({ user: alice, channel: asked.channel, threadTs: asked.ts })
  await expectStopped(asked, alice)
  expect(texts(asked)).toEqual([expect.stringMatching(new RegExp(`^This is sentence number 1 .*\\n\\nStopped by <@${alice}>\\.$`, 's'))])
  expect(answers(asked.channel, asked.ts)[0]?.streamingState).not.toBe('in_progress')
})

test('Stop ends the run at work and the one that waits behind it', async () => {
  const { workspace, model, ask, store } = scenario
  const asked = await begin()
  const before = model.requests().length
  await ask('And this as well?', { user: bob, channel: asked.channel, threadTs: asked.ts })
  await workspace.stop({ user: alice, channel: asked.channel, threadTs: asked.ts })
  await waitUntil('both to end', () => store.runsOf(asked.channel, asked.ts).every(({ status }) => status === 'cancelled'))
  await expectStopped(asked, alice)
  expect(texts(asked)).toEqual([`Stopped by <@${alice}>.`, `Stopped by <@${alice}>.`])
  expect(model.requests()).toHaveLength(before)
})

test('after a stop the thread takes new requests', async () => {
  const { workspace, model, ask, waitForEnd } = scenario
  const asked = await begin()
  await workspace.stop({ user: alice, channel: asked.channel, threadTs: asked.ts })
  await expectStopped(asked, alice)
  model.release()
  await ask('Then say this', { channel: asked.channel, threadTs: asked.ts })
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed' })
  expect(texts(asked)).toEqual([`Stopped by <@${alice}>.`, 'Said: Then say this'])
})

test('Stop where nothing runs lets the thread rest and says nothing', async () => {
  const { workspace, ask, waitForEnd, answers } = scenario
  const asked = await ask(vague())
  await waitForEnd(asked)
  const { httpStatus } = await workspace.stop({ user: bob, channel: asked.channel, threadTs: asked.ts })
  expect(httpStatus).toBe(200)
  await workspace.waitFor('the session to rest', () => workspace.session(asked.channel, asked.ts)?.status === 'active')
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed', cancelledBy: undefined })
  expect(answers(asked.channel, asked.ts)).toHaveLength(1)
})

const cancel = async (asked: Asked, user: string): Promise<string> => {
  const { workspace, store } = scenario
  const runId = store.runsOf(asked.channel, asked.ts).at(-1)?.runId
  const { httpStatus, body } = await workspace.command({ user, channel: asked.channel, command: '/swarm', text: `cancel ${runId}` })
  expect(httpStatus).toBe(200)
  return JSON.stringify(body)
}

test.each([
  ['whoever started it', bob, bob],
  ['an admin', bob, alice],
])('/swarm cancel by %s stops a run', async (_name, owner, user) => {
  const asked = await begin(owner)
  expect(await cancel(asked, user)).toMatch(/Stopping/)
  await expectStopped(asked, user)
  expect(texts(asked)).toEqual([`Stopped by <@${user}>.`])
  expect(await cancel(asked, user)).toMatch(/already ended/)
})

test('/swarm cancel by anybody else is refused, with whom to ask, and the run goes on', async () => {
  const { model, waitForEnd } = scenario
  scriptAnswers(model, 'It went on.')
  const asked = await begin(bob)
  const reply = await cancel(asked, carol)
  expect(reply).toMatch(/admins/)
  expect(reply).toContain(`<@${bob}>`)
  model.release()
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed', cancelledBy: undefined })
  expect(texts(asked)).toEqual(['It went on.'])
})

test('/swarm cancel finds no run of another channel, and none without an id', async () => {
  const { workspace, model, store, freshChannel, waitForEnd } = scenario
  const asked = await begin()
  const [run] = store.runsOf(asked.channel, asked.ts)
  for (const id of [run?.runId ?? '', 'nonsense', '']) {
    const { body } = await workspace.command({ user: alice, channel: freshChannel(), command: '/swarm', text: `cancel ${id}` })
    expect(JSON.stringify(body)).toMatch(/Expected the id of a run/)
  }
  model.release()
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed' })
})

test('a stop that is acknowledged holds over a crash', async () => {
  const { workspace, model, kill, start } = scenario
  const asked = await begin()
  // Slack takes nothing, so that the notice cannot be out before the app dies.
  for (const method of ['chat.startStream', 'chat.postMessage']) workspace.faults.add({ method, kind: 'hang', times: 9 })
  await workspace.stop({ user: bob, channel: asked.channel, threadTs: asked.ts })
  await kill()
  workspace.faults.clear()
  model.release()
  const before = model.requests().length
  await start()
  await expectStopped(asked, bob)
  expect(texts(asked)).toEqual([`Stopped by <@${bob}>.`])
  expect(model.requests()).toHaveLength(before)
})

test('a crash at the notice of a stop leaves one notice', async () => {
  const { workspace, kill, start } = scenario
  const asked = await begin()
  workspace.faults.add({ method: 'chat.postMessage', kind: 'hang', afterEffect: true })
  await workspace.stop({ user: bob, channel: asked.channel, threadTs: asked.ts })
  await workspace.waitFor('the notice', () => workspace.calls('chat.postMessage').some(({ error, args }) => error === 'hang' && args['thread_ts'] === asked.ts))
  await kill()
  await start()
  await expectStopped(asked, bob)
  expect(texts(asked)).toEqual([`Stopped by <@${bob}>.`])
})

test('what was stopped is paid for only where the model had answered', () => {
  expect(findAccountFaults(scenario)).toEqual([])
})
