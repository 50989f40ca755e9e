import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { ApiFault } from '../../playground/workspace/fault-switches.ts'
import { findCallsMadeTwice } from './paid-calls.ts'
import { scriptAnswers, sentences } from './script-model.ts'
import { shownText, squeeze } from './shown-text.ts'
import { isFinishedAnswer, startScenario, type Scenario } from './start-scenario.ts'

type Trouble = Omit<ApiFault, 'method'>

const troubles: readonly (readonly [string, Trouble])[] = [
  ['is limited costs nothing but time', { kind: 'rate_limited', retryAfterSeconds: 1 }],
  ['fails with 500 and did nothing is made up for', { kind: 'http_500' }],
  ['fails with 500 and took effect is not repeated', { kind: 'http_500', afterEffect: true }],
  ['loses its connection before it took effect is made up for', { kind: 'disconnect' }],
  ['loses its connection after it took effect is not repeated', { kind: 'disconnect', afterEffect: true }],
  ["meets an error of Slack's own is made up for", { kind: 'error', error: 'internal_error' }],
  ["took effect and meets an error of Slack's own is not repeated", { kind: 'error', error: 'fatal_error', afterEffect: true }],
  ['finds the text too long is made up for', { kind: 'error', error: 'msg_too_long' }],
]

const text = sentences(42)
let scenario: Scenario
let asks = 0

/** Asks while Slack fails in these ways; tells what the thread shows in the end, and what is wrong with it. */
async function askDespite(...faults: readonly ApiFault[]): Promise<{ shown: string; problems: string[] }> {
  const { workspace, ask, answers, waitForEnd } = scenario
  for (const fault of faults) workspace.faults.add(fault)
  const { channel, ts } = await ask(`Well, and now? What do you say to that, for the ${++asks}. time?`)
  const { status, tier } = await waitForEnd({ channel, ts })
  await workspace.waitFor('the session to rest', () => workspace.session(channel, ts)?.status === 'active')
  const messages = answers(channel, ts)
  // A page that Slack says is full goes on in a next one, which may begin in the middle of a sentence.
  const mostMessages = faults.some(({ error }) => error === 'msg_too_long') ? 2 : 1
  const checks: Record<string, boolean> = {
    'the run did not end with an answer': status === 'completed' && tier === 1,
    'the fault was never met': workspace.faults.list().length === 0,
    'there are more messages than needed': messages.length <= mostMessages,
    'the last message is not finished, or another one is': messages.every((message, index) => isFinishedAnswer(message) === (index === messages.length - 1)),
    'a message still streams': messages.every(({ streamingState }) => streamingState !== 'in_progress'),
    'a model call was made twice': findCallsMadeTwice(scenario).length === 0,
  }
  const problems = Object.entries(checks).flatMap(([problem, isFine]) => (isFine ? [] : [problem]))
  return { shown: squeeze(messages.map(shownText).join(' ')), problems }
}

const whole = { shown: text, problems: [] }

function useScenario(chunkDelayMs: number): void {
  beforeAll(async () => {
    scenario = await startScenario({ model: { chunkDelayMs } })
    scriptAnswers(scenario.model, text)
  })
  afterEach(() => scenario.workspace.faults.clear())
  afterAll(() => scenario.close())
}

describe('where answers are streamed,', () => {
  useScenario(0)

  describe.each(['chat.startStream', 'chat.stopStream'])('%s that', (method) => {
    test.each(troubles)('%s', async (_title, trouble) => {
      expect(await askDespite({ method, ...trouble })).toEqual(whole)
    })
  })
})

describe('while an answer grows,', () => {
  useScenario(12)

  test('a stream that Slack has ended is taken up as a message that is rewritten', async () => {
    scenario.workspace.faults.add({ kind: 'stream_expired' })
    expect(await askDespite()).toEqual(whole)
  })

  describe('chat.appendStream that', () => {
    // The limit comes last: for the second it lasts nothing is appended, so another fault would not be met.
    const [limit, ...others] = troubles
    test.each([...others, ...(limit ? [limit] : [])])('%s', async (_title, trouble) => {
      expect(await askDespite({ method: 'chat.appendStream', ...trouble })).toEqual(whole)
    })
  })
})

describe('where streams are missing,', () => {
  useScenario(0)

  test('one try is enough to know', async () => {
    expect(await askDespite({ method: 'chat.startStream', kind: 'error', error: 'unknown_method' })).toEqual(whole)
    expect(await askDespite()).toEqual(whole)
    expect(scenario.workspace.calls('chat.startStream')).toHaveLength(1)
  })

  describe.each(['chat.postMessage', 'chat.update'])('%s that', (method) => {
    test.each(troubles)('%s', async (_title, trouble) => {
      expect(await askDespite({ method, ...trouble })).toEqual(whole)
    })
  })

  test('three failures in a row are survived', async () => {
    expect(await askDespite({ method: 'chat.postMessage', kind: 'error', error: 'internal_error', times: 3 })).toEqual(whole)
  })
})
