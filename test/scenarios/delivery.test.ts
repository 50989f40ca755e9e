import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { JsonObject } from '../../playground/workspace/json-object.ts'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, aliceIm, bob, elsewhere, general, startScenario, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, (request) => `You said: ${askedOf(request).slice(0, 100)}`)
})
afterAll(() => scenario.close())

/** An event as Slack sends it, for deliveries that no person makes. */
function envelope(event: JsonObject, eventId: string): JsonObject {
  const { teamId, appId, botUserId } = scenario.workspace
  const authorizations = [{ enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true, is_enterprise_install: false }]
  return { type: 'event_callback', team_id: teamId, api_app_id: appId, event_id: eventId, event_time: 1_780_000_000, authorizations, event }
}

const mention = (channel: string, ts: string, more: JsonObject = {}): JsonObject => ({
  type: 'app_mention',
  user: alice,
  channel,
  ts,
  event_ts: ts,
  text: scenario.at('hello'),
  ...more,
})

test('an event that is delivered twice beside its twin starts one run and gets one answer', async () => {
  const { workspace, store, ask, waitForAnswer, waitForEnd, answers } = scenario
  workspace.faults.add({ kind: 'duplicate_delivery', times: 2 })
  const { channel, ts } = await ask('Say something once')
  await waitForAnswer(channel, ts)
  await waitForEnd({ channel, ts })
  expect(workspace.faults.list()).toEqual([])
  expect(store.runsOf(channel, ts)).toHaveLength(1)
  expect(answers(channel, ts)).toHaveLength(1)
})

test('twenty deliveries of one event at the same moment are all acknowledged and start one run', async () => {
  const { workspace, store, freshChannel, waitForAnswer, waitForEnd, answers, at } = scenario
  const channel = freshChannel()
  const { message } = await workspace.say({ user: alice, channel: elsewhere, text: at('this channel is not heard') })
  const root = await workspace.say({ user: alice, channel, text: 'No mention, so no run' })
  const body = envelope(mention(channel, root.message.ts), 'EvTwenty')
  const deliveries = await Promise.all(Array.from({ length: 20 }, () => workspace.deliver({ body })))
  expect(deliveries.map(({ httpStatus }) => httpStatus)).toEqual(Array.from({ length: 20 }, () => 200))
  await waitForAnswer(channel, root.message.ts)
  await waitForEnd({ channel, ts: root.message.ts })
  expect(store.runsOf(channel, root.message.ts)).toHaveLength(1)
  expect(answers(channel, root.message.ts)).toHaveLength(1)
  expect(store.runsOf(elsewhere, message.ts)).toHaveLength(0)
})

test.each(['forged', 'stale', 'none'] as const)('a delivery whose signature is %s is refused with 401 and leaves nothing behind', async (signature) => {
  const { workspace, store } = scenario
  const before = store.count('accepted_keys')
  const command = new URLSearchParams({ command: '/swarm', text: 'plan the launch of it', team_id: workspace.teamId, channel_id: general, user_id: alice, trigger_id: '1.2.3' })
  const event = await workspace.deliver({ signature, body: envelope(mention(general, '1780000001.000100'), `Ev-${signature}`) })
  const form = await workspace.deliver({ signature, body: command.toString(), contentType: 'application/x-www-form-urlencoded' })
  const verification = await workspace.deliver({ signature, body: { type: 'url_verification', challenge: 'secret' } })
  expect([event.httpStatus, form.httpStatus, verification.httpStatus]).toEqual([401, 401, 401])
  expect(store.count('accepted_keys')).toBe(before)
  expect(workspace.calls('chat.postMessage')).toEqual([])
})

test.each([
  ['broken JSON', '{"type": "event_callback", ', 'application/json', [400]],
  ['JSON that is no object', '[1, 2, 3]', 'application/json', [400, 404]],
  ['an empty body', '', 'application/json', [400, 404]],
  ['a form without a payload', 'a=1&b=2', 'application/x-www-form-urlencoded', [400, 404]],
  ['a form whose payload is broken', 'payload=%7Bbroken', 'application/x-www-form-urlencoded', [400]],
  ['another content type', '<xml/>', 'text/xml', [400, 404]],
])('%s is refused at once, is stored nowhere and does not harm the app', async (_name, body, contentType, statuses) => {
  const { workspace, store, app } = scenario
  const before = store.count('accepted_keys')
  const { httpStatus } = await workspace.deliver({ body, contentType })
  expect(statuses).toContain(httpStatus)
  expect(store.count('accepted_keys')).toBe(before)
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
})

test('a body of more than two megabytes is refused with 413', async () => {
  const { workspace, store } = scenario
  const before = store.count('accepted_keys')
  // On a connection of its own: what follows on the one that was refused in the middle is not answered.
  const headers = { connection: 'close' }
  const delivery = await workspace.deliver({ headers, body: envelope(mention(general, '1780000002.000100', { text: 'x'.repeat(3_000_000) }), 'EvHuge') })
  expect(delivery.httpStatus).toBe(413)
  expect(store.count('accepted_keys')).toBe(before)
})

test('events that mean nothing to the app are acknowledged and start nothing', async () => {
  const { workspace, store, at } = scenario
  const { botUserId, botId } = workspace
  const before = store.count('runs')
  const message = (more: JsonObject): JsonObject => ({ ...mention(general, '1780000003.000100'), type: 'message', channel_type: 'channel', ...more })
  const events: JsonObject[] = [
    { type: 'nobody_knows_this', user: alice, event_ts: '1780000003.000200' },
    { type: 'reaction_added', user: alice, reaction: 'eyes', item: { type: 'message', channel: general, ts: '1780000003.000100' } },
    message({ text: 'no mention here' }),
    message({ subtype: 'channel_join', text: `<@${alice}> has joined the channel` }),
    message({ subtype: 'channel_topic', text: at('is the topic') }),
    message({ subtype: 'bot_message', bot_id: 'B0OTHER0001', user: undefined }),
    message({ bot_id: 'B0OTHER0001' }),
    message({ user: botUserId, bot_id: botId }),
    message({ user: 'USLACKBOT' }),
    message({ subtype: 'message_changed', message: { text: at('edited'), user: alice, ts: '1780000003.000100' } }),
    message({ subtype: 'message_deleted', deleted_ts: '1780000003.000100' }),
    message({ ts: 'not a time' }),
    message({ user: 17 }),
    mention(general, '1780000003.000300', { channel: 17 }),
  ]
  const deliveries = await Promise.all(events.map((event, index) => workspace.deliver({ body: envelope(event, `EvNothing${index}`) })))
  expect(deliveries.map(({ httpStatus }, index) => [httpStatus, JSON.stringify(events[index])])).toEqual(events.map((event) => [200, JSON.stringify(event)]))
  await workspace.sayAsOtherBot({ channel: general, text: at('from another app') })
  expect(store.count('runs')).toBe(before)
})

test('an edit and a deletion of the request start no second run', async () => {
  const { workspace, store, ask, at, waitForEnd } = scenario
  const asked = await ask('Say it')
  await waitForEnd(asked)
  await workspace.edit({ user: alice, channel: asked.channel, ts: asked.ts, text: at('Say it better') })
  await workspace.delete({ user: alice, channel: asked.channel, ts: asked.ts })
  expect(store.rows('runs').filter((run) => run['channel_id'] === asked.channel)).toHaveLength(1)
})

test('an unknown command says so, and an unknown button, shortcut or form is refused at once instead of after a timeout', async () => {
  const { workspace } = scenario
  const command = await workspace.command({ user: alice, channel: general, command: '/nobody-knows', text: 'this' })
  expect(command).toMatchObject({ httpStatus: 200 })
  expect(JSON.stringify(command.body)).toMatch(/swarm help/)
  const common = { team: { id: workspace.teamId, domain: 'playground' }, user: { id: alice, team_id: workspace.teamId }, api_app_id: workspace.appId, trigger_id: '1.2.3' }
  const payloads: JsonObject[] = [
    { ...common, type: 'block_actions', actions: [{ action_id: 'old_button', block_id: 'b', type: 'button', value: 'x' }], container: { type: 'message' } },
    { ...common, type: 'shortcut', callback_id: 'old_shortcut' },
    { ...common, type: 'message_action', callback_id: 'old_shortcut', channel: { id: general }, message: { ts: '1.2' } },
    { ...common, type: 'view_submission', view: { id: 'V1', callback_id: 'old_form', state: { values: {} } } },
  ]
  const form = (payload: JsonObject) => ({ body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), contentType: 'application/x-www-form-urlencoded' })
  const deliveries = await Promise.all(payloads.map((payload) => workspace.deliver(form(payload))))
  // Later than Slack waits the status would be 0.
  expect(deliveries.map(({ httpStatus }) => httpStatus)).toEqual([404, 404, 404, 404])
})

test('the address is verified with the challenge', async () => {
  const { httpStatus, body } = await scenario.workspace.deliver({ body: { type: 'url_verification', token: 'x', challenge: 'abc123' } })
  expect(httpStatus).toBe(200)
  expect(body).toEqual({ challenge: 'abc123' })
})

test('a message of 40,000 characters reaches the model whole', async () => {
  const { model, ask, waitForAnswer } = scenario
  const words = 7_990
  const text = `${'word '.repeat(words)}the last words`
  const { channel, ts } = await ask(text)
  const answer = await waitForAnswer(channel, ts)
  expect(shownText(answer)).toMatch(/^You said: /)
  const sent = JSON.stringify(model.requests().findLast(({ body }) => isAnswerCall(body))?.body)
  // In passages, with how it begins and ends once more.
  expect(sent.match(/\bword\b/g)?.length).toBeGreaterThanOrEqual(words)
  expect(sent).toContain('the last words')
})

test('two people in one thread are served in order while another thread goes on', async () => {
  const { workspace, model, ask, waitForAnswer, waitForEnd, answers } = scenario
  const first = await ask('First of the thread')
  await waitForEnd(first)
  const done = answers(first.channel, first.ts).length
  model.hold({ match: (body) => isAnswerCall(body) && JSON.stringify(body).includes('Second of the thread') })
  await ask('Second of the thread', { channel: first.channel, threadTs: first.ts, user: alice })
  await model.waitFor('the second call', () => model.held === 1)
  await ask('Third of the thread', { channel: first.channel, threadTs: first.ts, user: bob })
  const other = await ask('Another thread', { channel: first.channel })
  expect(shownText(await waitForAnswer(other.channel, other.ts))).toBe('You said: Another thread')
  expect(answers(first.channel, first.ts).length).toBe(done)
  model.release()
  await workspace.waitFor('both answers', () => answers(first.channel, first.ts).length === done + 2)
  await waitForEnd(first)
  expect(answers(first.channel, first.ts).map(shownText)).toEqual(['First', 'Second', 'Third'].map((word) => `You said: ${word} of the thread`))
})

test('under a burst every delivery is acknowledged while the model is still at work', async () => {
  const { workspace, model, freshChannel, at } = scenario
  const channels = [...Array.from({ length: 15 }, freshChannel), aliceIm]
  model.hold({ match: isAnswerCall })
  // What a busy machine acknowledges after Slack's three seconds comes again.
  const said = await Promise.all(channels.map((channel) => workspace.say({ user: alice, channel, text: at('A burst of requests'), retry: true })))
  const latencies = said.flatMap(({ deliveries }) => deliveries).map(({ latencyMs }) => latencyMs)
  latencies.sort((a, b) => a - b)
  console.info(`acknowledged: p50 ${latencies[Math.floor(latencies.length / 2)]?.toFixed(0)} ms, p99 ${latencies[Math.floor(latencies.length * 0.99)]?.toFixed(0)} ms`)
  expect(said.filter(({ deliveries }) => deliveries.some(({ ok }) => ok))).toHaveLength(channels.length)
  model.release()
  for (const { message } of said) await scenario.waitForEnd({ channel: message.channel, ts: message.ts })
  expect(said.map(({ message }) => scenario.store.runsOf(message.channel, message.ts).length)).toEqual(channels.map(() => 1))
})
