import { expect, test } from '@jest/globals'
import type { WebClient } from '@slack/web-api'
import type { Workspace } from '../../../../playground/workspace/workspace.ts'
import { ALICE, GENERAL, errorOf, withClient } from '../web-client.ts'

const recipient = { recipient_team_id: 'T0MURMUR001', recipient_user_id: ALICE }

async function startThread(workspace: Workspace): Promise<string> {
  return (await workspace.say({ user: ALICE, channel: GENERAL, text: 'question' })).message.ts
}

async function startStream(
  workspace: Workspace,
  client: WebClient,
  start: object = {},
): Promise<{ channel: string; ts: string; threadTs: string }> {
  const threadTs = await startThread(workspace)
  const { ts = '' } = await client.chat.startStream({ channel: GENERAL, thread_ts: threadTs, ...recipient, ...start })
  return { channel: GENERAL, ts, threadTs }
}

test('streams text and tasks into one message and ends with blocks, metadata and a session status', () =>
  withClient(async ({ workspace, client }) => {
    const { channel, ts, threadTs } = await startStream(workspace, client, {
      task_display_mode: 'plan',
      username: 'Analyst',
    })
    expect(workspace.session(channel, threadTs)).toEqual({ status: 'processing' })
    await client.chat.appendStream({
      channel,
      ts,
      chunks: [
        { type: 'plan_update', title: 'Plan' },
        { type: 'task_update', id: 'a', title: 'Read', status: 'in_progress' },
      ],
    })
    await client.chat.appendStream({
      channel,
      ts,
      chunks: [
        { type: 'markdown_text', text: 'One ' },
        { type: 'task_update', id: 'a', title: 'Read', status: 'complete', output: 'ok' },
      ],
    })
    await client.chat.appendStream({ channel, ts, chunks: [{ type: 'markdown_text', text: 'two' }] })
    expect(workspace.thread(channel, threadTs)[1]).toMatchObject({
      ts,
      streamingState: 'in_progress',
      text: 'One two',
      username: 'Analyst',
      taskDisplayMode: 'plan',
    })
    const answer = await client.chat.stopStream({
      channel,
      ts,
      chunks: [],
      session_status: 'closed',
      metadata: { event_type: 'run', event_payload: { id: 1 } },
      blocks: [{ type: 'context', elements: [{ type: 'mrkdwn', text: 'footer' }] }],
    })
    expect(answer.message).toMatchObject({ text: 'One two', streaming_state: 'completed' })
    expect(workspace.session(channel, threadTs)).toEqual({ status: 'closed' })
    const stopped = workspace.thread(channel, threadTs)[1]
    expect(stopped).toMatchObject({
      streamingState: 'completed',
      metadata: { event_type: 'run' },
      blocks: [{ type: 'context' }],
    })
    expect(stopped?.chunks).toEqual([
      { type: 'plan_update', title: 'Plan' },
      { type: 'task_update', id: 'a', title: 'Read', status: 'complete', output: 'ok' },
      { type: 'markdown_text', text: 'One two' },
    ])
    expect(stopped?.deliveredText).toBe('One two\nPlan\nRead\nok\nfooter')
  }))

test('works with the streamer of the real client', () =>
  withClient(async ({ workspace, client }) => {
    const threadTs = await startThread(workspace)
    const streamer = client.chatStream({ channel: GENERAL, thread_ts: threadTs, ...recipient, buffer_size: 5 })
    for (const part of ['**Hel', 'lo**', ' you']) await streamer.append({ markdown_text: part })
    await streamer.stop({ markdown_text: '!' })
    const short = client.chatStream({ channel: GENERAL, thread_ts: threadTs, ...recipient })
    await short.stop({ markdown_text: 'at once' })
    expect(
      workspace
        .thread(GENERAL, threadTs)
        .slice(1)
        .map((message) => message.text),
    ).toEqual(['**Hello** you!', 'at once'])
  }))

test('wants a thread, and outside direct messages a recipient', () =>
  withClient(async ({ workspace, client }) => {
    const threadTs = await startThread(workspace)
    const start = (args: object): Promise<string> => errorOf(client.apiCall('chat.startStream', { ...args }))
    expect(await start({ channel: GENERAL })).toBe('invalid_arguments')
    expect(await start({ channel: GENERAL, thread_ts: threadTs })).toBe('missing_recipient_team_id')
    expect(await start({ channel: GENERAL, thread_ts: threadTs, recipient_team_id: 'T0MURMUR001' })).toBe(
      'missing_recipient_user_id',
    )
    const { message } = await workspace.say({ user: ALICE, channel: 'D0ALICE0001', text: 'hi' })
    await client.chat.startStream({ channel: 'D0ALICE0001', thread_ts: message.ts })
  }))

test('keeps to the way it was begun and never takes text and chunks together', () =>
  withClient(async ({ workspace, client }) => {
    const { channel, ts } = await startStream(workspace, client, { markdown_text: 'a' })
    const chunks = [{ type: 'markdown_text' as const, text: 'b' }]
    expect(await errorOf(client.chat.appendStream({ channel, ts, chunks }))).toBe('streaming_mode_mismatch')
    expect(await errorOf(client.chat.appendStream({ channel, ts, chunks, markdown_text: 'b' }))).toBe(
      'cannot_provide_both_markdown_text_and_chunks',
    )
    expect(await errorOf(client.chat.appendStream({ channel, ts }))).toBe('markdown_text_or_chunks_required')
    const bad = [{ type: 'task_update', id: 'x', title: 'no status' }]
    expect(await errorOf(client.apiCall('chat.appendStream', { channel, ts, chunks: bad }))).toBe('invalid_chunks')
  }))

test('refuses more than 12,000 characters over the whole stream and keeps what was shown', () =>
  withClient(async ({ workspace, client }) => {
    const { channel, ts, threadTs } = await startStream(workspace, client)
    const append = (text: string): Promise<unknown> =>
      client.chat.appendStream({ channel, ts, chunks: [{ type: 'markdown_text', text }] })
    await append('a'.repeat(6000))
    await append('b'.repeat(6000))
    expect(await errorOf(append('c'))).toBe('msg_too_long')
    expect(workspace.thread(channel, threadTs)[1]?.text).toHaveLength(12_000)
  }))

test('is over after the stop, and a running stream cannot be updated', () =>
  withClient(async ({ workspace, client }) => {
    const { channel, ts } = await startStream(workspace, client, { markdown_text: 'a' })
    expect(await errorOf(client.chat.update({ channel, ts, text: 'b' }))).toBe('streaming_state_conflict')
    await client.chat.stopStream({ channel, ts })
    expect(await errorOf(client.chat.appendStream({ channel, ts, markdown_text: 'b' }))).toBe(
      'message_not_in_streaming_state',
    )
    expect(await errorOf(client.chat.stopStream({ channel, ts }))).toBe('message_not_in_streaming_state')
    await client.chat.update({ channel, ts, text: 'b' })
    expect(workspace.messages(channel).at(-1)).toMatchObject({ ts, text: 'b', deliveredText: 'b' })
  }))

test('expires after five idle minutes, or when the fault says so', async () => {
  let nowMs = 1_763_700_000_000
  await withClient(
    async ({ workspace, client }) => {
      const first = await startStream(workspace, client, { markdown_text: 'a' })
      nowMs += 299_000
      await client.chat.appendStream({ channel: GENERAL, ts: first.ts, markdown_text: 'b' })
      nowMs += 301_000
      expect(await errorOf(client.chat.appendStream({ channel: GENERAL, ts: first.ts, markdown_text: 'c' }))).toBe(
        'message_not_in_streaming_state',
      )
      const second = await startStream(workspace, client, { markdown_text: 'a' })
      workspace.faults.add({ kind: 'stream_expired' })
      expect(await errorOf(client.chat.stopStream({ channel: GENERAL, ts: second.ts }))).toBe(
        'message_not_in_streaming_state',
      )
      expect(
        workspace
          .messages(GENERAL)
          .filter((message) => message.botId)
          .map((message) => message.streamingState),
      ).toEqual(['completed', 'completed'])
    },
    { now: () => nowMs },
  )
})

test('takes no more appends after a person pressed Stop, but lets the app finish', () =>
  withClient(async ({ workspace, client }) => {
    const { channel, ts, threadTs } = await startStream(workspace, client, { markdown_text: 'a' })
    await workspace.stop({ user: ALICE, channel, threadTs })
    expect(await errorOf(client.chat.appendStream({ channel, ts, markdown_text: 'b' }))).toBe('stopped_by_user')
    await client.chat.stopStream({ channel, ts, session_status: 'active' })
    expect(workspace.session(channel, threadTs)).toEqual({ status: 'active' })
  }))
