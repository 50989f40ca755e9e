import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, 'Here it is.')
})
afterEach(() => {
  scenario.model.release()
  scriptAnswers(scenario.model, 'Here it is.')
})
afterAll(() => scenario.close())

const eventsOf = (runId: string) =>
  scenario.store
    .rows('events')
    .filter((row) => row['run_id'] === runId)
    .map((row) => String(row['type']))
const runOf = async (asked: Asked) => (await scenario.waitForEnd(asked)).runId
const kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30`

test('a run reports its beginning, its new agent and its end once each, also over kill -9', async () => {
  const { model, ask, crash } = scenario
  model.hold({ match: isAnswerCall })
  const asked = await ask(kind(0))
  await model.waitFor('a held call', () => model.held === 1)
  await crash()
  model.release()
  scriptAnswers(model, 'Here it is.')
  const runId = await runOf(asked)
  expect(eventsOf(runId).toSorted()).toEqual(['agent_spawned', 'workflow_completed', 'workflow_started'])
  const fact = scenario.store.rows('runs').find((row) => row['run_id'] === runId)
  expect(fact).toMatchObject({ layer: 'model', goal_id: asked.channel, failure_class: null, status: 'completed' })
  expect(String(fact?.['model_id'])).not.toBe('null')
})

test('a pattern and its automation are reported once, and so is a thumb that is clicked twice', async () => {
  const { ask, freshChannel, store, workspace, waitForAnswer } = scenario
  const channel = freshChannel()
  const runIds: string[] = []
  for (let nth = 1; nth < 6; nth++) runIds.push(await runOf(await ask(kind(nth), { channel })))
  const ofChannel = (type: string) => store.rows('events').filter((row) => row['type'] === type && (runIds.includes(String(row['run_id'])) || String(row['payload']).includes(channel)))
  await waitUntil('an automation', () => ofChannel('automation_created').length > 0)
  const asked = await ask(kind(6), { channel })
  const answer = await waitForAnswer(channel, asked.ts)
  const runId = await runOf(asked)
  for (let click = 0; click < 2; click++) await workspace.click({ user: alice, channel, messageTs: answer.ts, actionId: 'feedback', value: 'positive' })
  await waitUntil('the thumb', () => eventsOf(runId).includes('feedback_received'))
  await ask('Something else altogether', { channel }).then(runOf)
  expect([ofChannel('pattern_recognized').length, ofChannel('automation_created').length]).toEqual([1, 1])
  expect(eventsOf(runId).filter((type) => type === 'feedback_received')).toEqual(['feedback_received'])
})

test('a run that fails says of which kind its failure was', async () => {
  const { ask, workspace, freshChannel, store } = scenario
  const channel = freshChannel()
  await workspace.command({ user: alice, channel, command: '/swarm', text: 'budget set agents 1' })
  await runOf(await ask('Draft two lines about lighthouses', { channel }))
  await workspace.command({ user: alice, channel, command: '/swarm', text: '--role planner Plan a day' })
  const runId = await waitUntil('the refusal', () => store.rows('runs').find((row) => row['channel_id'] === channel && row['status'] === 'failed')?.['run_id'] as string | undefined)
  const { failure_class: failureClass, status } = scenario.store.rows('runs').find((row) => row['run_id'] === runId) ?? {}
  expect([status, failureClass, eventsOf(runId)]).toEqual(['failed', 'budget', ['workflow_started', 'budget_exceeded', 'workflow_failed']])
})

test('without any subscriber the answers are the same', async () => {
  const { ask, kill, start, dataDir, freshChannel, waitForEnd } = scenario
  const before = await waitForEnd(await ask('Draft two lines about lighthouses', { channel: freshChannel() }))
  await kill()
  const database = new DatabaseSync(join(dataDir, 'murmur.db'), { timeout: 5_000 })
  // Without its cursor no reader comes to read anything.
  database.exec('DROP TABLE event_cursors')
  database.close()
  await start()
  const after = await waitForEnd(await ask('Draft two lines about lighthouses', { channel: freshChannel() }))
  expect([after.status, after.answer, after.tier]).toEqual([before.status, before.answer, before.tier])
})
