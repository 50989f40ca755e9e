import { expect, test } from '@jest/globals'
import { ALICE, GENERAL, errorOf, withClient } from '../web-client.ts'

test('takes files of the real client and shares them in the thread', () =>
  withClient(async ({ workspace, client }) => {
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' })
    const answer = await client.filesUploadV2({
      channel_id: GENERAL,
      thread_ts: ts,
      initial_comment: 'Long input',
      filename: 'notes.md',
      title: 'Notes',
      content: 'häßlich long',
    })
    expect(answer.ok).toBe(true)
    const shared = workspace.thread(GENERAL, ts)[1]
    expect(shared).toMatchObject({
      text: 'Long input',
      files: [{ name: 'notes.md', title: 'Notes', mimetype: 'text/markdown', size: 14 }],
    })
    const file = shared?.files?.[0]
    const download = await fetch(file?.urlPrivate ?? '', { headers: { authorization: `Bearer ${workspace.botToken}` } })
    expect(await download.text()).toBe('häßlich long')
  }))

test('shows strangers a sign-in page instead of the file', () =>
  withClient(async ({ workspace }) => {
    const { message } = await workspace.say({
      user: ALICE,
      channel: GENERAL,
      text: '',
      files: [{ name: 'data.csv', content: 'a,b' }],
    })
    const answer = await fetch(message.files?.[0]?.urlPrivate ?? '')
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(await answer.text()).not.toContain('a,b')
  }))

test('uploads binary content unharmed', () =>
  withClient(async ({ workspace, client }) => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 128])
    await client.filesUploadV2({ channel_id: GENERAL, file: bytes, filename: 'raw.bin' })
    const file = workspace.messages(GENERAL)[0]?.files?.[0]
    const download = await fetch(file?.urlPrivate ?? '', { headers: { authorization: `Bearer ${workspace.botToken}` } })
    expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes)
  }))

test('describes and deletes files', () =>
  withClient(async ({ workspace, client }) => {
    const { message } = await workspace.say({
      user: ALICE,
      channel: GENERAL,
      text: '',
      files: [{ name: 'data.csv', content: 'a,b' }],
    })
    const foreign = message.files?.[0]?.id ?? ''
    expect((await client.files.info({ file: foreign })).file).toMatchObject({
      name: 'data.csv',
      user: ALICE,
      filetype: 'csv',
    })
    expect(await errorOf(client.files.delete({ file: foreign }))).toBe('cant_delete_file')
    await client.filesUploadV2({ channel_id: GENERAL, content: 'x', filename: 'own.txt' })
    const own = workspace.messages(GENERAL)[1]?.files?.[0]?.id ?? ''
    await client.files.delete({ file: own })
    expect(await errorOf(client.files.info({ file: own }))).toBe('file_not_found')
  }))
