import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Request } from '../../../src/storage/records.ts'
import { aFooter, channelId, SlackPlace, userId } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

const never = new AbortController().signal

async function askInThread(rootTs: string, text = '<@U0MURMUR001> and now?'): Promise<Request> {
  return place.ask(text, channelId, rootTs)
}

test('gives what was said before the request, with who said it', async () => {
  const first = await place.ask('<@U0MURMUR001> count the &lt;b&gt; tags, <@U0BOB000001>')
  await place.threadFor(first, place.otherRun('an earlier run')).openAnswer().finish('There are **two**.', aFooter())
  await place.workspace.say({
    user: 'U0BOB000001',
    channel: channelId,
    text: 'really?',
    threadTs: first.threadId ?? '',
  })
  const request = await askInThread(first.threadId ?? '')
  await place.workspace.say({
    user: 'U0BOB000001',
    channel: channelId,
    text: 'said later',
    threadTs: first.threadId ?? '',
  })
  const history = await place.threadFor(request).readHistory(never)
  expect(history.map(({ author, text, isOwn }) => [author, text, isOwn])).toEqual([
    [`<@${userId}>`, 'count the <b> tags, <@U0BOB000001>', false],
    ['Murmur', 'There are **two**.', true],
    ['<@U0BOB000001>', 'really?', false],
  ])
  expect(Math.abs((history[0]?.sentAtMs ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('leaves out the placeholder of its own run', async () => {
  const first = await place.ask()
  const request = await askInThread(first.threadId ?? '')
  const thread = place.threadFor(request)
  await thread.post('placeholder', 'Working on it')
  expect(await thread.readHistory(never)).toHaveLength(1)
})

test('keeps the newest 50 of a long thread', async () => {
  const first = await place.ask('<@U0MURMUR001> first')
  for (let index = 0; index < 230; index++) {
    await place.workspace.say({
      user: userId,
      channel: channelId,
      text: `line ${index}`,
      threadTs: first.threadId ?? '',
    })
  }
  const history = await place.threadFor(await askInThread(first.threadId ?? '')).readHistory(never)
  expect(history).toHaveLength(50)
  expect([history[0]?.text, history.at(-1)?.text]).toEqual(['line 180', 'line 229'])
})

test('bounds what long messages add up to, dropping the oldest', async () => {
  const first = await place.ask('<@U0MURMUR001> first')
  for (let index = 0; index < 12; index++) {
    await place.workspace.say({
      user: userId,
      channel: channelId,
      text: `${index} ${'x'.repeat(20_000)}`,
      threadTs: first.threadId ?? '',
    })
  }
  const history = await place.threadFor(await askInThread(first.threadId ?? '')).readHistory(never)
  expect(history.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(60_000)
  expect(history.at(-1)?.text).toMatch(/^11 /)
})

test.each([
  { kind: 'http_500' } as const,
  { kind: 'error', error: 'missing_scope' } as const,
  { kind: 'rate_limited' } as const,
])('is empty, after one try, when Slack answers with %j', async (fault) => {
  const request = await askInThread((await place.ask()).threadId ?? '')
  place.workspace.faults.add({ method: 'conversations.replies', times: 9, ...fault })
  expect(await place.threadFor(request).readHistory(never)).toEqual([])
  expect(place.workspace.calls('conversations.replies')).toHaveLength(1)
})

test('does not wait longer than three seconds, nor longer than its signal', async () => {
  const request = await askInThread((await place.ask()).threadId ?? '')
  place.workspace.faults.add({ method: 'conversations.replies', kind: 'hang', times: 2 })
  const startedAtMs = place.clock.now()
  const reading = place.threadFor(request).readHistory(never)
  let isDone = false
  void reading.then(() => {
    isDone = true
  })
  await place.until('the time limit', () => isDone)
  expect(place.clock.now() - startedAtMs).toBeGreaterThanOrEqual(3_000)
  expect(await reading).toEqual([])
  const stop = new AbortController()
  const stopped = place.threadFor(request).readHistory(stop.signal)
  stop.abort()
  expect(await stopped).toEqual([])
})
