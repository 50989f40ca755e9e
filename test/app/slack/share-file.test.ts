import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { StoredMessage } from '../../../playground/workspace/stored-message.ts'
import type { ThreadFile } from '../../../src/orchestration/thread-port.ts'
import type { Request } from '../../../src/storage/records.ts'
import { Crash } from '../../fakes/memory-steps.ts'
import { aFooter, SlackPlace } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

const aFile = (over: Partial<ThreadFile> = {}): ThreadFile => ({
  name: 'plan.md',
  title: 'The plan',
  mimeType: 'text/markdown',
  bytes: Buffer.from('# Plan\n\nFirst, rest.\n'),
  comment: '',
  ...over,
})

const shared = (request: Request): StoredMessage[] => place.replies(request).filter(({ files }) => (files ?? []).length > 0)

async function bytesOf(message: StoredMessage | undefined): Promise<string> {
  const response = await fetch(message?.files?.[0]?.urlPrivate ?? '', { headers: { authorization: `Bearer ${place.workspace.botToken}` } })
  return response.text()
}

test('a file stands in the thread with its bytes, name and title', async () => {
  const request = await place.ask()
  await place.threadFor(request).postFile('plan', aFile({ comment: 'Here it is, <!channel>.' }))
  const [message, ...others] = shared(request)
  expect(others).toEqual([])
  expect(message?.files).toMatchObject([{ name: 'plan.md', title: 'The plan', filetype: 'markdown' }])
  expect(message?.text).not.toContain('<!channel>')
  expect(await bytesOf(message)).toBe('# Plan\n\nFirst, rest.\n')
})

test('a file is shown once, however often it is posted', async () => {
  const request = await place.ask()
  for (let attempt = 0; attempt < 3; attempt++) await place.threadFor(request).postFile('plan', aFile())
  await place.threadFor(request).postFile('other', aFile({ name: 'other.md' }))
  expect(shared(request).map(({ files }) => files?.[0]?.name)).toEqual(['plan.md', 'other.md'])
})

test('a key in a text never reaches the file, and a name leads nowhere', async () => {
  const request = await place.ask()
  const key = ['xoxb', '123456789012', 'secret'].join('-')
  await place.threadFor(request).postFile('plan', aFile({ name: '../../etc/pass\nwd', bytes: Buffer.from(`Use ${key} there.`) }))
  const [message] = shared(request)
  expect(message?.files?.[0]?.name).toBe('-..-etc-pass wd')
  expect(await bytesOf(message)).toBe('Use [redacted] there.')
})

describe.each(['before', 'after'] as const)('a process that dies %s', (at) => {
  test.each(['file:plan:0', 'file:plan'])('%s is stored leaves one file', async (stepKey) => {
    const request = await place.ask()
    place.steps.crashAt(stepKey, at)
    await expect(place.threadFor(request).postFile('plan', aFile())).rejects.toThrow(Crash)
    await place.threadFor(request).postFile('plan', aFile())
    expect(shared(request)).toHaveLength(1)
  })
})

describe('trouble at Slack', () => {
  test.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])('%s that has to wait is made again', async (method) => {
    const request = await place.ask()
    place.workspace.faults.add({ method, kind: 'rate_limited', times: 2 })
    await place.threadFor(request).postFile('plan', aFile())
    expect(shared(request)).toHaveLength(1)
  })

  test.each(['http_500', 'disconnect'] as const)('a share with the answer lost by %s is not repeated', async (kind) => {
    const request = await place.ask()
    place.workspace.faults.add({ method: 'files.completeUploadExternal', kind, afterEffect: true })
    await place.threadFor(request).postFile('plan', aFile())
    expect(shared(request)).toHaveLength(1)
  })

  test('a workspace without the scope gets a note once and no error', async () => {
    const request = await place.ask()
    place.workspace.faults.add({ method: 'files.getUploadURLExternal', kind: 'error', error: 'missing_scope' })
    const thread = place.threadFor(request)
    await thread.postFile('plan', aFile())
    await thread.postFile('plan', aFile())
    expect(shared(request)).toEqual([])
    expect(place.texts(request)).toEqual(['_The file plan.md could not be shown here: the app lacks the scope `files:write`._'])
    expect(place.workspace.calls('files.getUploadURLExternal')).toHaveLength(1)
  })

  test('a Slack that does not answer leaves a note and no error', async () => {
    const request = await place.ask()
    place.workspace.faults.add({ method: 'files.getUploadURLExternal', kind: 'http_500', times: 4 })
    await place.threadFor(request).postFile('plan', aFile())
    expect(place.texts(request)).toEqual(['_The file plan.md could not be shown here._'])
  })

  test('the bytes go to no address that is not Slack\'s', async () => {
    await expect(place.calls.upload('https://slack.com.example.org/upload', aFile().bytes)).rejects.toMatchObject({ code: 'MUR_SLACK_REJECTED' })
    await expect(place.calls.upload('http://files.slack.com/upload', aFile().bytes)).rejects.toMatchObject({ code: 'MUR_SLACK_REJECTED' })
  })
})

test('a file is never taken for a lost stream', async () => {
  const request = await place.ask()
  await place.threadFor(request).postFile('plan', aFile())
  place.steps.crashAt('answer:open', 'before')
  await expect(place.threadFor(request).openAnswer().finish('Done.', aFooter())).rejects.toThrow(Crash)
  await place.threadFor(request).openAnswer().finish('Done.', aFooter())
  expect(shared(request)).toHaveLength(1)
  expect(place.texts(request).filter((text) => text === 'Done.')).toHaveLength(1)
})
