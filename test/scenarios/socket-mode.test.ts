import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, startScenario, waitUntil, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario({ environment: { SLACK_APP_TOKEN: 'xapp-playground-0001', SLACK_SIGNING_SECRET: undefined } })
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
})
afterAll(() => scenario.close())

test('over Socket Mode a mention is acknowledged and answered once', async () => {
  const { workspace, ask } = scenario
  workspace.faults.add({ kind: 'duplicate_delivery', times: 2 })
  const asked = await ask('Well, and now?')
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('Said: Well, and now?'))
})

test('over Socket Mode commands, clicks and forms are answered', async () => {
  const { workspace, ask, waitForAnswer } = scenario
  const asked = await ask('Well, and now?')
  const answer = await waitForAnswer(asked.channel, asked.ts)
  const status = await workspace.command({ user: alice, channel: asked.channel, command: '/swarm', text: 'status' })
  expect(JSON.stringify(status.body)).toContain('Well, and now?')
  const unknown = await workspace.command({ user: alice, channel: asked.channel, command: '/nobody-knows' })
  expect(JSON.stringify(unknown.body)).toContain('/swarm help')
  await workspace.click({ user: alice, channel: asked.channel, messageTs: answer.ts, actionId: 'feedback', value: 'negative' })
  const view = await workspace.waitFor('the form', () => workspace.openViews(alice)[0])
  const blank = await workspace.submitView({ user: alice, viewId: view.id, values: { improvement_text: ' ' } })
  expect(blank.body).toMatchObject({ response_action: 'errors' })
})

test('over Socket Mode the health probes answer, and events go nowhere else', async () => {
  const { app } = scenario
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
  expect((await fetch(`${app.url}/slack/events`, { method: 'POST', body: '{}' })).status).toBe(404)
})

test('after Slack has renewed the connection requests are answered as before', async () => {
  const { workspace, ask, freshChannel } = scenario
  const channel = freshChannel()
  const before = workspace.calls('apps.connections.open').length
  workspace.refreshSockets()
  await workspace.waitFor('a new connection', () => workspace.calls('apps.connections.open').length > before)
  const asked = await waitUntil('a delivery that is acknowledged', () => ask('And after that?', { channel }).catch(() => undefined))
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('Said: And after that?'))
})

test('a crash after the acknowledgement is made up for', async () => {
  const { model, ask, crash } = scenario
  model.hold({ match: isAnswerCall })
  const asked = await ask('And after a crash?')
  await crash()
  model.release()
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce('Said: And after a crash?'))
})
