import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { findAccountFaults, finishedCalls } from './paid-calls.ts'
import { askedOf, isAnswerCall, isRouteCall, scriptAnswers, sentences } from './script-model.ts'
import { alice, startScenario, type Asked, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

let asks = 0
/** Says nothing of any field, so that a model has to choose the specialist; other words each time, so that each call is known by its words. */
const vague = (): string => `Well, and now? What do you say to that, for the ${++asks}. time?`
const text = sentences(60)

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, text)
})
afterEach(() => {
  scenario.workspace.faults.clear()
  scenario.model.release()
  scriptAnswers(scenario.model, text)
})
afterAll(() => scenario.close())

/** Kills the app, lets everything go its way, and starts it again. */
async function killAndRestart(): Promise<void> {
  await scenario.kill()
  scenario.model.release()
  scenario.workspace.faults.clear()
  await scenario.start()
}

/** The thread and the books, once all has come to its end. */
const endOf = async (asked: Asked) => ({ ...(await readThreadEnd(scenario, asked)), accountFaults: findAccountFaults(scenario) })
const wholeAndPaidOnce = (...texts: readonly string[]) => ({ ...answeredOnce(...texts), accountFaults: [] })

const held = () => scenario.model.waitFor('a held call', () => scenario.model.held === 1)

/** Resolves when a Slack call hangs on purpose. */
const hanging = (method: string, count = 1) =>
  scenario.workspace.waitFor(`${method} to hang`, () => scenario.workspace.calls(method).filter(({ error }) => error === 'hang').length >= count)

const hangs = (method: string): number => scenario.workspace.calls(method).filter(({ error }) => error === 'hang').length

test('a request that was just acknowledged is answered after a crash', async () => {
  scenario.model.hold()
  const asked = await scenario.ask(vague())
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test('a crash during the routing call costs nothing but that call', async () => {
  scenario.model.hold({ match: isRouteCall })
  const asked = await scenario.ask(vague())
  await held()
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test('a crash before the first word of the answer does not route again', async () => {
  scenario.model.hold({ match: isAnswerCall })
  const asked = await scenario.ask(vague())
  await held()
  const routed = finishedCalls(scenario).length
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
  expect(finishedCalls(scenario).length).toBe(routed + 1)
})

test('a crash in the middle of the streamed answer leaves one whole answer in the same message', async () => {
  const { workspace, model, answers, ask } = scenario
  model.hold({ match: isAnswerCall, afterChunks: 40 })
  const asked = await ask(vague())
  const half = await workspace.waitFor('half an answer', () => answers(asked.channel, asked.ts).find(({ deliveredText }) => deliveredText.length > 100))
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
  expect(answers(asked.channel, asked.ts)[0]?.ts).toBe(half.ts)
})

test.each([
  ['chat.startStream', false],
  ['chat.startStream', true],
  ['chat.stopStream', false],
  ['chat.stopStream', true],
])('a crash while %s is under way (took effect: %s) neither loses nor doubles the answer', async (method, afterEffect) => {
  const before = hangs(method)
  scenario.workspace.faults.add({ kind: 'hang', method, afterEffect })
  const asked = await scenario.ask(vague())
  await hanging(method, before + 1)
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test.each([
  ['chat.postMessage', false],
  ['chat.postMessage', true],
  ['chat.update', false],
  ['chat.update', true],
])('where streams are missing, a crash while %s is under way (took effect: %s) neither loses nor doubles the answer', async (method, afterEffect) => {
  const { workspace, ask } = scenario
  const before = hangs(method)
  workspace.faults.add({ kind: 'error', method: 'chat.startStream', error: 'unknown_method', times: 50 })
  workspace.faults.add({ kind: 'hang', method, afterEffect })
  const asked = await ask(vague())
  await hanging(method, before + 1)
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test.each([true, false])('a crash at the post that opens the thread of an objective (took effect: %s) opens one thread', async (afterEffect) => {
  const { workspace, freshChannel } = scenario
  const channel = freshChannel()
  const before = hangs('chat.postMessage')
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect })
  await workspace.command({ user: alice, channel, command: '/swarm', text: `--role writer ${vague()}` })
  await hanging('chat.postMessage', before + 1)
  await killAndRestart()
  const root = await workspace.waitFor('a root', () => workspace.messages(channel)[0])
  await workspace.waitFor('the answer', () => workspace.thread(channel, root.ts).length > 1)
  expect(workspace.messages(channel).filter(({ threadTs }) => threadTs === undefined || threadTs === root.ts)).toHaveLength(workspace.thread(channel, root.ts).length)
  await scenario.waitForEnd({ channel, ts: root.ts })
  expect(workspace.thread(channel, root.ts)).toHaveLength(2)
  expect(findAccountFaults(scenario)).toEqual([])
})

test('a post whose answer is cut off and whose app dies at the same moment is found again', async () => {
  const { workspace, ask } = scenario
  workspace.faults.add({ kind: 'disconnect', method: 'chat.startStream', afterEffect: true })
  const asked = await ask(vague())
  await workspace.waitFor('the cut', () => workspace.calls('chat.startStream').some(({ error, at }) => error === 'disconnect' && at >= Number(asked.ts) * 1_000))
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test('a crash after a tool has run uses its result and pays no call again', async () => {
  const { model, store, ask } = scenario
  scriptAnswers(model, (request) => {
    if (request.messages.some(({ role }) => role === 'tool')) return `It is ${request.messages.findLast(({ role }) => role === 'tool')?.text}.`
    return { text: 'Let me see.', toolCalls: [{ name: 'calculator', arguments: { expression: '17 * 3' } }] }
  }, 'data-analyst')
  model.hold({ match: (body) => JSON.stringify(body).includes('"role":"tool"') })
  const asked = await ask(vague())
  await held()
  const tools = () => store.rows('steps').filter(({ step_key: key }) => String(key).startsWith('tool:'))
  const before = tools()
  expect(before).toHaveLength(1)
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce('It is 17 * 3 = 51.'))
  expect(tools()).toEqual(before)
})

test.each([false, true])('a crash while a thread is told to rest (took effect: %s) leaves it at rest', async (afterEffect) => {
  const { workspace, model, ask } = scenario
  const before = hangs('agents.sessions.setStatus')
  workspace.faults.add({ kind: 'error', method: 'chat.startStream', error: 'not_allowed' })
  model.hold({ match: isAnswerCall })
  const asked = await ask(vague())
  await held()
  workspace.faults.add({ kind: 'hang', method: 'agents.sessions.setStatus', afterEffect })
  model.release()
  await hanging('agents.sessions.setStatus', before + 1)
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce(text))
})

test('a follow-up that waits in a thread is answered after the crash, behind the one before it', async () => {
  const { model, ask } = scenario
  scriptAnswers(model, (request) => `Said: ${askedOf(request)}`)
  model.hold({ match: isAnswerCall })
  const asked = await ask('The first thing')
  await held()
  await ask('The second thing', { channel: asked.channel, threadTs: asked.ts })
  await killAndRestart()
  expect(await endOf(asked)).toEqual(wholeAndPaidOnce('Said: The first thing', 'Said: The second thing'))
})

test('a message that is sent while the app is down is answered when Slack delivers it again', async () => {
  const { workspace, freshChannel, at, kill, start } = scenario
  const channel = freshChannel()
  await kill()
  const said = workspace.say({ user: alice, channel, text: at('Are you there?'), retry: true })
  await start()
  const { message, deliveries } = await said
  expect(deliveries.every(({ ok, attempts }) => ok && attempts > 1)).toBe(true)
  expect(await endOf({ channel, ts: message.ts })).toEqual(wholeAndPaidOnce(text))
})
