import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { SlackCalls } from '../../../src/app/slack/slack-calls.ts'
import type { AnswerStream } from '../../../src/orchestration/thread-port.ts'
import type { Request } from '../../../src/storage/records.ts'
import { aFooter, channelId, SlackPlace } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

const whole = 'One two three four.'

/** An answer of which the first words are on their way. */
async function beginAnswer(request: Request): Promise<AnswerStream> {
  const answer = place.threadFor(request).openAnswer()
  answer.append('One two ')
  await place.until('the first message', () => place.steps.finished.includes('answer:open'))
  return answer
}

describe('where streams do not work', () => {
  test.each([
    ['the method is unknown', 'unknown_method'],
    ['the recipient is not taken', 'missing_recipient_team_id'],
    ['the person is of another team', 'user_not_found'],
    ['the channel has none', 'channel_type_not_supported'],
    ['the scope is missing', 'missing_scope'],
    ['Slack has trouble', 'internal_error'],
  ])('a post grows instead when %s', async (_when, error) => {
    place.workspace.faults.add({ method: 'chat.startStream', kind: 'error', error, times: 99 })
    const request = await place.ask()
    const answer = await beginAnswer(request)
    answer.append('three fo')
    await place.showing(request, 'an update', ([text]) => text?.includes('three') === true)
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
    expect(place.replies(request)[0]?.blocks.at(-1)).toMatchObject({ type: 'context_actions' })
    expect(place.replies(request)[0]).toMatchObject({ metadata: { event_payload: { step_key: 'answer:open' } } })
    expect(place.steps.resultOf('answer:open')).toMatchObject({ mode: 'post' })
  })

  test('a server that says yes to streams without opening one gets a post', async () => {
    const request = await place.ask()
    const calls: SlackCalls = {
      ...place.calls,
      call: async (method, ...rest) => (method === 'chat.startStream' ? { ok: true } : place.calls.call(method, ...rest)),
    }
    const answer = place.threadFor(request, { calls }).openAnswer()
    answer.append('One two ')
    await place.until('the first message', () => place.steps.finished.includes('answer:open'))
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })

  test('where messages cannot be rewritten either, the answer comes at once and whole', async () => {
    for (const method of ['chat.startStream', 'chat.update']) place.workspace.faults.add({ method, kind: 'error', error: 'unknown_method', times: 99 })
    const first = await place.ask()
    await (await beginAnswer(first)).finish(whole, aFooter())
    expect(place.texts(first).at(-1)).toBe(whole)
    const second = await place.ask()
    const thread = place.threadFor(second, place.otherRun('run 2'))
    await thread.showStatus('is thinking …')
    const answer = thread.openAnswer()
    answer.append('One two ')
    await answer.finish(whole, aFooter())
    expect(place.texts(second)).toEqual([whole])
  })

  test('too many streams this minute make a post at once', async () => {
    place.workspace.faults.add({ method: 'chat.startStream', kind: 'rate_limited', retryAfterSeconds: 20 })
    const request = await place.ask()
    const startedAtMs = place.clock.now()
    const answer = await beginAnswer(request)
    expect(place.clock.now() - startedAtMs).toBeLessThan(5_000)
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })

  test('what a workspace lacks is not asked for again for a while', async () => {
    place.workspace.faults.add({ method: 'chat.startStream', kind: 'error', error: 'unknown_method', times: 99 })
    for (const run of ['run 1', 'run 2']) {
      const request = await place.ask()
      const answer = place.threadFor(request, place.otherRun(run)).openAnswer()
      answer.append('One two ')
      await place.until('a post', () => place.replies(request).length > 0)
      await answer.finish(whole, aFooter())
    }
    expect(place.workspace.calls('chat.startStream')).toHaveLength(1)
  })

  test('a post that grows too long goes on in a second one', async () => {
    place.workspace.faults.add({ method: 'chat.startStream', kind: 'error', error: 'unknown_method', times: 99 })
    const request = await place.ask()
    const answer = await beginAnswer(request)
    const text = `One two ${'many words '.repeat(1_500)}`
    answer.append(text.slice(8))
    await place.showing(request, 'two posts', (texts) => texts.length === 2)
    await answer.finish(text, aFooter())
    expect(
      place
        .texts(request)
        .join(' ')
        .split(/\s+/)
        .filter((word) => word !== ''),
    ).toEqual(text.trim().split(/\s+/))
  })
})

describe('a stream that breaks on the way', () => {
  test.each([
    ['is over', { kind: 'stream_expired' } as const],
    ['is refused', { method: 'chat.appendStream', kind: 'error', error: 'message_not_in_streaming_state' } as const],
    [
      'gets no answer, though it took effect',
      { method: 'chat.appendStream', kind: 'disconnect', afterEffect: true } as const,
    ],
    [
      'gets an answer of 500, though it took effect',
      { method: 'chat.appendStream', kind: 'http_500', afterEffect: true } as const,
    ],
    ['gets an answer of 500, and did nothing', { method: 'chat.appendStream', kind: 'http_500' } as const],
    ['must wait', { method: 'chat.appendStream', kind: 'rate_limited', retryAfterSeconds: 2 } as const],
    [
      'is too long earlier than expected',
      { method: 'chat.appendStream', kind: 'error', error: 'msg_too_long' } as const,
    ],
    ['hangs', { method: 'chat.appendStream', kind: 'hang', afterEffect: true } as const],
  ])('shows every word once when an append %s', async (_when, fault) => {
    const request = await place.ask()
    const answer = await beginAnswer(request)
    place.workspace.faults.add(fault)
    answer.append('three ')
    await place.showing(
      request,
      'all words',
      (texts) => texts.join(' ').includes('three') && place.workspace.faults.list().length === 0,
    )
    answer.append('four')
    await answer.finish(whole, aFooter())
    expect(place.texts(request).join(' ').replace(/\s+/g, ' ')).toBe(whole)
    expect(place.replies(request).every(({ streamingState }) => streamingState !== 'in_progress')).toBe(true)
  })

  test.each([
    ['is over', { kind: 'stream_expired' } as const],
    [
      'gets no answer, though it took effect',
      { method: 'chat.stopStream', kind: 'disconnect', afterEffect: true } as const,
    ],
    ['gets an answer of 500', { method: 'chat.stopStream', kind: 'http_500' } as const],
    ['must wait', { method: 'chat.stopStream', kind: 'rate_limited', retryAfterSeconds: 2 } as const],
    [
      'has blocks that Slack does not take',
      { method: 'chat.stopStream', kind: 'error', error: 'invalid_blocks' } as const,
    ],
  ])('still ends with the whole answer when the stop %s', async (_when, fault) => {
    const request = await place.ask()
    const answer = await beginAnswer(request)
    place.workspace.faults.add(fault)
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
    expect(place.replies(request)[0]?.streamingState).toBe('completed')
    expect(place.replies(request)[0]?.blocks.at(-1)).toMatchObject({ type: 'context_actions' })
  })

  test('stays silent after the person pressed Stop, until the end', async () => {
    const request = await place.ask()
    const answer = await beginAnswer(request)
    await place.workspace.stop({ user: request.userId, channel: channelId, threadTs: request.threadId ?? '' })
    answer.append('three ')
    await place.until('the refusal', () => place.workspace.calls('chat.appendStream').length === 1)
    const thread = place.threadFor(request, { steps: place.steps.open() })
    answer.append('four ')
    place.clock.advance(10_000)
    await thread.showStatus('')
    expect(place.workspace.calls('chat.appendStream')).toHaveLength(1)
    expect(place.texts(request)).toEqual(['One two '])
  })

  test('a lost answer to startStream does not make a second message', async () => {
    place.workspace.faults.add({ method: 'chat.startStream', kind: 'disconnect', afterEffect: true })
    const request = await place.ask()
    const answer = await beginAnswer(request)
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })
})

describe('posts', () => {
  test.each([
    { kind: 'disconnect', afterEffect: true } as const,
    { kind: 'http_500', afterEffect: true } as const,
    { kind: 'error', error: 'internal_error', afterEffect: true } as const,
    { kind: 'hang', afterEffect: true } as const,
    { kind: 'http_500' } as const,
    { kind: 'rate_limited', retryAfterSeconds: 3 } as const,
  ])('appear once although Slack answers with %j', async (fault) => {
    place.workspace.faults.add({ method: 'chat.postMessage', ...fault })
    const request = await place.ask()
    await place.threadFor(request).openAnswer().finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })

  test.each(['invalid_blocks', 'msg_blocks_too_long', 'msg_too_long'])(
    'are shown in plainer blocks when Slack says %s',
    async (error) => {
      place.workspace.faults.add({ method: 'chat.postMessage', kind: 'error', error })
      const request = await place.ask()
      await place.threadFor(request).openAnswer().finish(whole, aFooter())
      expect(place.replies(request)[0]?.blocks[0]).toMatchObject({ type: 'section', text: { text: whole } })
      expect(place.replies(request)[0]?.blocks.at(-1)).toMatchObject({ type: 'context_actions' })
    },
  )

  test('are shown as text when Slack takes no blocks at all', async () => {
    place.workspace.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks', times: 2 })
    const request = await place.ask()
    await place.threadFor(request).openAnswer().finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })

  test('say why when Slack refuses', async () => {
    place.workspace.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'is_archived', times: 9 })
    const request = await place.ask()
    await expect(place.threadFor(request).openAnswer().finish(whole, aFooter())).rejects.toMatchObject({
      code: 'MUR_SLACK_REJECTED',
      details: { method: 'chat.postMessage', reason: 'is_archived' },
    })
  })

  test('give up when Slack asks for a long wait, and come later', async () => {
    place.workspace.faults.add({ method: 'chat.postMessage', kind: 'rate_limited', retryAfterSeconds: 60 })
    const request = await place.ask()
    await expect(place.threadFor(request).openAnswer().finish(whole, aFooter())).rejects.toMatchObject({
      code: 'MUR_SLACK_BUSY',
      details: { retryAfterMs: 60_000, isAmbiguous: false },
    })
    await place.threadFor(request).openAnswer().finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })
})

describe('a message that can no longer be changed', () => {
  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'is replaced by a new one: %s',
    async (error) => {
      const request = await place.ask()
      const answer = await beginAnswer(request)
      answer.restart()
      place.workspace.faults.add({ method: 'chat.update', kind: 'error', error })
      await answer.finish(whole, aFooter())
      expect(place.texts(request).at(-1)).toBe(whole)
      // Once: another process that finishes again posts no third one.
      await place.threadFor(request).openAnswer().finish(whole, aFooter())
      expect(place.replies(request)).toHaveLength(2)
    },
  )

  test('because a person deleted it', async () => {
    const request = await place.ask()
    const answer = await beginAnswer(request)
    await place.calls.call('chat.delete', { channel: channelId, ts: place.replies(request)[0]?.ts })
    await answer.finish(whole, aFooter())
    expect(place.texts(request)).toEqual([whole])
  })
})

test('the answer survives any single fault of any call', async () => {
  const methods = [
    'chat.startStream',
    'chat.appendStream',
    'chat.stopStream',
    'chat.postMessage',
    'chat.update',
    'conversations.replies',
    'assistant.threads.setStatus',
  ]
  const kinds = [
    { kind: 'http_500' },
    { kind: 'http_500', afterEffect: true },
    { kind: 'disconnect' },
    { kind: 'disconnect', afterEffect: true },
    { kind: 'rate_limited' },
    { kind: 'error', error: 'internal_error', afterEffect: true },
    { kind: 'error', error: 'unknown_method' },
  ] as const
  let runs = 0
  for (const method of methods) {
    for (const fault of kinds) {
      // An update that is said to be unknown was refused for good: the run is then tried again as a whole.
      if (
        (method === 'chat.update' || method === 'chat.postMessage') &&
        fault.kind === 'error' &&
        fault.error === 'unknown_method'
      )
        continue
      place.workspace.faults.clear()
      const request = await place.ask()
      const forgetful = { isMissing: () => false, setMissing: () => undefined }
      const thread = place.threadFor(request, { ...place.otherRun(`run ${runs++}`), features: forgetful })
      place.workspace.faults.add({ method, times: 1, ...fault })
      await thread.showStatus('is thinking …')
      const answer = thread.openAnswer()
      answer.append('One two ')
      await place.until('a message', () => place.replies(request).length > 0)
      answer.append('three ')
      if (runs % 2 === 0) {
        answer.restart()
        answer.append('One two three ')
      }
      await answer.finish(whole, aFooter())
      await place.whileTimePasses(thread.close())
      expect([method, fault, place.texts(request).join('').replace(/\s+/g, ' ')]).toEqual([method, fault, whole])
    }
  }
})
