import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openThread } from '../../../src/app/slack/open-thread.ts'
import type { Request } from '../../../src/storage/records.ts'
import { Crash } from '../../fakes/memory-steps.ts'
import { aFooter, channelId, runId, SlackPlace, userId } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

const long = Array.from({ length: 50 }, (_, index) => `Line ${index} ${'x'.repeat(500)}`).join('\n')
const linesOf = (texts: readonly string[]): (string | undefined)[] => texts.join('\n').match(/Line \d+ /g) ?? []

describe.each(['before', 'after'] as const)('a process that dies %s', (at) => {
  test('a post leaves one answer once another process has gone on', async () => {
    const request = await place.ask()
    place.steps.crashAt('answer:open', at)
    await expect(place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())).rejects.toThrow(Crash)
    expect(place.replies(request)).toHaveLength(at === 'before' ? 0 : 1)
    const receipt = await place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())
    expect(place.texts(request)).toEqual(['Forty-two.'])
    expect(receipt.messageId).toBe(place.replies(request)[0]?.ts)
  })

  test.each(['answer:part:1', 'answer:part:2'])('%s of a long answer leaves each part once', async (stepKey) => {
    const request = await place.ask()
    place.steps.crashAt(stepKey, at)
    await expect(place.threadFor(request).openAnswer().finish(long, aFooter())).rejects.toThrow(Crash)
    await place.threadFor(request).openAnswer().finish(long, aFooter())
    expect(linesOf(place.texts(request))).toEqual(linesOf([long]))
    expect(place.replies(request)).toHaveLength(3)
  })

  test('a stream is known leaves one answer', async () => {
    const request = await place.ask()
    place.steps.crashAt('answer:open', at)
    const first = place.threadFor(request).openAnswer()
    first.append('A first attempt that ')
    await place.until('the crash', () => !place.steps.isArmed)
    await place.threadFor(request).openAnswer().finish('The second one.', aFooter())
    expect(place.texts(request)).toEqual(['The second one.'])
    expect(place.replies(request)[0]).toMatchObject({ metadata: { event_type: 'murmur_step' } })
    expect(place.replies(request)[0]?.streamingState).not.toBe('in_progress')
  })

  test('the end is remembered leaves the answer as it is', async () => {
    const request = await place.ask()
    place.steps.crashAt('answer:close', at)
    const answer = place.threadFor(request).openAnswer()
    answer.append('Words on ')
    await place.until('the stream', () => place.steps.finished.includes('answer:open'))
    await expect(answer.finish('Words on the way.', aFooter())).rejects.toThrow(Crash)
    await place.threadFor(request).openAnswer().finish('Words on the way.', aFooter())
    expect(place.texts(request)).toEqual(['Words on the way.'])
    expect(place.replies(request)[0]?.blocks.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['context_actions']),
    )
  })

  test('a notice leaves it once', async () => {
    const request = await place.ask()
    place.steps.crashAt('post:budget', at)
    await expect(place.threadFor(request).post('budget', 'The budget is spent.')).rejects.toThrow(Crash)
    await place.threadFor(request).post('budget', 'The budget is spent.')
    expect(place.texts(request)).toEqual(['The budget is spent.'])
  })

  test('the root of a command leaves one root', async () => {
    const { messageId: _messageId, threadId: _threadId, ...rest } = await place.ask()
    const request: Request = { ...rest, surface: 'command', text: 'Plan <!here> the launch' }
    place.steps.crashAt('root', at)
    await expect(openThread(place.optionsFor(request))).rejects.toThrow(Crash)
    const threadId = await openThread(place.optionsFor(request))
    const roots = place.workspace.messages(channelId).filter(({ botId }) => botId === place.workspace.botId)
    expect(roots.map(({ ts, text }) => ({ ts, text }))).toEqual([
      { ts: threadId, text: `<@${userId}> asked:\n> Plan &lt;!here&gt; the launch` },
    ])
  })
})

test('a process that dies while it streams leaves its message to the next', async () => {
  const request = await place.ask()
  const first = place.threadFor(request).openAnswer()
  first.append('Half of an ans')
  await place.until('the stream', () => place.steps.finished.includes('answer:open'))
  const second = place.threadFor(request).openAnswer()
  second.append('Another begin, ')
  await place.showing(request, 'the new beginning', ([text]) => text?.startsWith('Another begin') === true)
  await second.finish('Another begin, and an end.', aFooter())
  expect(place.texts(request)).toEqual(['Another begin, and an end.'])
})

test('a process that dies with two messages open leaves no leftover when the next answer is short', async () => {
  const request = await place.ask()
  const first = place.threadFor(request).openAnswer()
  first.append('many words '.repeat(1_500))
  await place.until('two messages', () => place.steps.finished.includes('answer:part:1'))
  await place.threadFor(request).openAnswer().finish('Short.', aFooter())
  expect(place.texts(request)).toEqual(['Short.'])
})

test('a lost stream is not mistaken for the message of another run', async () => {
  const request = await place.ask()
  const known = await place.threadFor(request).post('first', 'A message that a step knows.')
  place.steps.crashAt('answer:open', 'before')
  const first = place.threadFor(request).openAnswer()
  first.append('never shown ')
  await place.until('the crash', () => !place.steps.isArmed)
  await place.threadFor(request).openAnswer().finish('The answer.', aFooter())
  expect(place.texts(request)).toEqual(['A message that a step knows.', 'The answer.'])
  expect(place.replies(request)[0]?.ts).toBe(known.messageId)
})

test('a lost post is not looked for when Slack cannot be asked, because a second one could follow', async () => {
  const request = await place.ask()
  place.steps.crashAt('answer:open', 'after')
  await expect(place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())).rejects.toThrow(Crash)
  place.workspace.faults.add({ method: 'conversations.replies', kind: 'http_500', times: 4 })
  await expect(place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())).rejects.toMatchObject({
    code: 'MUR_SLACK_BUSY',
  })
  expect(place.replies(request)).toHaveLength(1)
  await place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())
  expect(place.texts(request)).toEqual(['Forty-two.'])
})

test('an answer is given even where the bot may not read the thread', async () => {
  const request = await place.ask()
  place.steps.crashAt('answer:open', 'before')
  await expect(place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())).rejects.toThrow(Crash)
  place.workspace.revokeScope('channels:history')
  await place.threadFor(request).openAnswer().finish('Forty-two.', aFooter())
  expect(place.texts(request)).toEqual(['Forty-two.'])
})

test('the root of a command says who asked for what, within bounds', async () => {
  const { messageId: _messageId, threadId: _threadId, ...rest } = await place.ask()
  const text = `first line\n${'long '.repeat(200)}`
  const threadId = await openThread(place.optionsFor({ ...rest, surface: 'command', text }))
  const root = place.workspace.thread(channelId, threadId)[0]
  expect(root?.text.startsWith(`<@${userId}> asked:\n> first line\n> long long`)).toBe(true)
  expect(root?.text.length).toBeLessThan(360)
  expect(root?.metadata).toEqual({ event_type: 'murmur_step', event_payload: { run_id: runId, step_key: 'root' } })
  expect(await openThread(place.optionsFor(await place.ask()))).not.toBe(threadId)
})
