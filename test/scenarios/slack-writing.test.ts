import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiFault } from '../../playground/workspace/fault-switches.ts'
import { expectNoCallTwice } from './paid-calls.ts'
import { scriptAnswers, sentences } from './script-model.ts'
import { shownText, squeeze } from './shown-text.ts'
import { isFinishedAnswer, startScenario, type Scenario } from './start-scenario.ts'

const text = sentences(42)
let scenario: Scenario
let asks = 0

/** Asks while Slack fails in this way; the thread then holds the whole answer once, and each fault was met. */
async function expectWholeDespite(...faults: readonly ApiFault[]): Promise<void> {
  const { workspace, ask, answers, waitForEnd } = scenario
  for (const fault of faults) workspace.faults.add(fault)
  const { channel, ts } = await ask(`Well, and now? What do you say to that, for the ${++asks}. time?`)
  expect(await waitForEnd({ channel, ts })).toMatchObject({ status: 'completed', tier: 1 })
  await workspace.waitFor('the session to rest', () => workspace.session(channel, ts)?.status === 'active')
  expect(workspace.faults.list()).toEqual([])
  const messages = answers(channel, ts)
  // A page that Slack says is full goes on in a next one, which may begin in the middle of a sentence.
  expect(messages.length).toBeLessThanOrEqual(faults.some(({ error }) => error === 'msg_too_long') ? 2 : 1)
  expect(squeeze(messages.map(shownText).join(' '))).toBe(text)
  expect(messages.map(isFinishedAnswer)).toEqual(messages.map((_, index) => index === messages.length - 1))
  expect(messages.map(({ streamingState }) => streamingState)).not.toContain('in_progress')
  expectNoCallTwice(scenario)
}

/** What each method that writes has to survive. */
function survivesEverything(method: string): void {
  test(`${method} that is limited costs nothing but time`, () => expectWholeDespite({ method, kind: 'rate_limited', retryAfterSeconds: 1 }))
  test(`${method} that fails with 500 and did nothing is made up for`, () => expectWholeDespite({ method, kind: 'http_500' }))
  test(`${method} that fails with 500 and took effect is not repeated`, () => expectWholeDespite({ method, kind: 'http_500', afterEffect: true }))
  test(`${method} whose connection breaks before it took effect is made up for`, () => expectWholeDespite({ method, kind: 'disconnect' }))
  test(`${method} whose connection breaks after it took effect is not repeated`, () => expectWholeDespite({ method, kind: 'disconnect', afterEffect: true }))
  test(`${method} that answers with an error of Slack's own is made up for`, () => expectWholeDespite({ method, kind: 'error', error: 'internal_error' }))
  test(`${method} that took effect and answers with an error of Slack's own is not repeated`, () => expectWholeDespite({ method, kind: 'error', error: 'fatal_error', afterEffect: true }))
  test(`${method} that finds the text too long is made up for`, () => expectWholeDespite({ method, kind: 'error', error: 'msg_too_long' }))
}

function withScenario(chunkDelayMs: number): void {
  beforeAll(async () => {
    scenario = await startScenario({ model: { chunkDelayMs } })
    scriptAnswers(scenario.model, text)
  })
  afterEach(() => scenario.workspace.faults.clear())
  afterAll(() => scenario.close())
}

describe('where answers are streamed,', () => {
  withScenario(0)
  survivesEverything('chat.startStream')
  survivesEverything('chat.stopStream')
})

describe('while an answer grows,', () => {
  withScenario(12)
  survivesEverything('chat.appendStream')
  test('a stream that Slack has ended is taken up as a message that is rewritten', async () => {
    const { workspace, ask, answers, waitForEnd } = scenario
    workspace.faults.add({ kind: 'stream_expired' })
    const { channel, ts } = await ask(`Well, and now? What do you say to that, for the ${++asks}. time?`)
    await waitForEnd({ channel, ts })
    expect(workspace.faults.list()).toEqual([])
    expect(answers(channel, ts).map(shownText)).toEqual([text])
  })
})

describe('where streams are missing,', () => {
  withScenario(0)
  beforeAll(() => expectWholeDespite({ method: 'chat.startStream', kind: 'error', error: 'unknown_method' }))
  survivesEverything('chat.postMessage')
  survivesEverything('chat.update')
  test('three failures in a row are survived', () => expectWholeDespite({ method: 'chat.postMessage', kind: 'error', error: 'internal_error', times: 3 }))
  test('no stream is tried again for a while', () => expect(scenario.workspace.calls('chat.startStream')).toHaveLength(1))
})
