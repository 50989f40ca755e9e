import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { findAccountFaults } from './paid-calls.ts'
import { isAnswerCall, scriptAnswers } from './script-model.ts'
import { aliceIm, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'
import { readThreadEnd } from './thread-end.ts'

const firstModel = 'gpt-6-luna'
const healed = 'This comes another way.'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterEach(() => {
  scenario.model.release()
  scenario.model.faults.clear()
})
afterAll(() => scenario.close())

const vague = 'Well, and now? What do you say to that?'
const modelsAsked = (since: number) => scenario.model.requests().slice(since).filter(({ body }) => isAnswerCall(body)).map(({ body }) => String(body['model']))
const remedies = () => scenario.store.rows('remedies')
const runOf = (asked: Asked) => scenario.store.rows('runs').find((row) => row['channel_id'] === asked.channel)

/** The usual model finds every prompt too long, whichever way it is asked. */
const refuseFirst = () => {
  scriptAnswers(scenario.model, healed)
  scenario.model.faults.clear()
  scenario.model.faults.add({ kind: 'context_too_long', times: Infinity, match: (body) => isAnswerCall(body) && body['model'] === firstModel })
}

test('a model that refuses is healed by another one, over kill -9 too, and what helped comes first the next time', async () => {
  const { ask, model, kill, start, waitForEnd } = scenario
  refuseFirst()
  model.hold({ match: (body) => isAnswerCall(body) && body['model'] !== firstModel })
  const asked = await ask(vague)
  await model.waitFor('the other model to be asked', () => model.held === 1)
  await kill()
  model.release()
  await start()
  refuseFirst()
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed', answer: healed, tier: 2 })
  expect(await readThreadEnd(scenario, asked)).toMatchObject({ texts: [healed], areFinished: [true] })
  expect(runOf(asked)).toMatchObject({ failure_class: 'too_long', error_code: 'MUR_INPUT_TOO_LONG' })
  expect(remedies().map(({ failure_class: failureClass, remedy, tries, successes }) => [failureClass, remedy, tries, successes]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    ['too_long', 'other_model', 1, 1],
    ['too_long', 'plain', 1, 0],
  ])

  const before = model.requests().length
  expect(await waitForEnd(await ask(`${vague} Once more.`))).toMatchObject({ answer: healed, tier: 2 })
  // In full by the usual model, and at once by the one that helped: no plain call in between.
  expect(modelsAsked(before).map((name) => name === firstModel)).toEqual([true, false])
  expect(findAccountFaults(scenario)).toEqual([])
})

test('a refusal without a reason is asked elsewhere, is shown where nobody says more, and what helped comes first', async () => {
  const { ask, waitForEnd, model } = scenario
  const refused = "I'm sorry, but I can't help with that."
  let helps = false
  scriptAnswers(model, () => (helps && model.requests().at(-1)?.body['model'] !== firstModel ? healed : refused))
  const asked = await ask(`${vague} Anybody?`)
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed', answer: refused, tier: 1 })
  expect(runOf(asked)).toMatchObject({ failure_class: 'refusal', error_code: 'MUR_MODEL_MALFORMED' })
  helps = true
  const again = await ask(`${vague} Anybody else?`)
  expect(await waitForEnd(again)).toMatchObject({ status: 'completed', answer: healed, tier: 2 })
  expect(await readThreadEnd(scenario, again)).toMatchObject({ texts: [healed], areFinished: [true] })
  const before = model.requests().length
  expect(await waitForEnd(await ask(`${vague} And who else?`))).toMatchObject({ answer: healed, tier: 2 })
  expect(modelsAsked(before).map((name) => name === firstModel)).toEqual([true, false])
  expect(findAccountFaults(scenario)).toEqual([])
})

test('when nothing helps every way was tried once, and the answer says why', async () => {
  const { ask, waitForEnd, model } = scenario
  model.faults.add({ kind: 'context_too_long', times: Infinity, match: isAnswerCall })
  const before = model.requests().length
  const asked = await ask(vague)
  expect(await waitForEnd(asked)).toMatchObject({ status: 'completed', tier: 4 })
  expect(modelsAsked(before)).toHaveLength(3)
  expect(runOf(asked)).toMatchObject({ failure_class: 'too_long', tier: 4 })
})

test('what could not be answered is told to the admins once, over a restart too', async () => {
  const { ask, waitForEnd, model, crash, workspace, store } = scenario
  const told = () => workspace.messages(aliceIm).filter(({ text }) => text.includes('could not be answered'))
  await waitUntil('the report', () => told().length > 0)
  expect(told()[0]?.text).toMatch(/A request could not be answered: the request did not fit the model \(`MUR_INPUT_TOO_LONG`, model `gpt-6-luna`\)[\s\S]*Likely: [\s\S]*contextTokens/)
  model.faults.add({ kind: 'context_too_long', times: Infinity, match: isAnswerCall })
  expect(await waitForEnd(await ask(`${vague} And again.`))).toMatchObject({ tier: 4 })
  await crash()
  expect(await waitForEnd(await ask(`${vague} And once more.`))).toMatchObject({ tier: 4 })
  const lastEnd = () => store.rows('events').findLast((row) => row['type'] === 'workflow_completed')
  const read = () => store.rows('event_cursors').find((row) => row['reader'] === 'report-failures')
  await waitUntil('the ends to be read', () => Number(read()?.['seq']) >= Number(lastEnd()?.['seq']))
  expect(told()).toHaveLength(1)
  expect(store.rows('runs').filter((row) => String(row['request']).includes('"notice"'))).toHaveLength(1)
})
