import { expect, test } from '@jest/globals'
import { ALICE, BOB, GENERAL, errorOf, withClient } from '../web-client.ts'

test('posts text, blocks, metadata and a persona, and returns the message', () =>
  withClient(async ({ workspace, client }) => {
    const metadata = { event_type: 'murmur_run', event_payload: { runId: '1' } }
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Bold*' } }]
    const answer = await client.chat.postMessage({
      channel: '#ai-lab',
      text: 'fallback',
      blocks,
      metadata,
      username: 'Critic',
      icon_emoji: ':owl:',
    })
    expect(answer).toMatchObject({
      ok: true,
      channel: 'C0AILAB0001',
      message: { text: 'fallback', username: 'Critic', subtype: 'bot_message', bot_id: 'B0MURMUR001' },
    })
    expect(workspace.messages('ai-lab')).toMatchObject([
      {
        ts: answer.ts,
        text: 'fallback',
        blocks,
        metadata,
        username: 'Critic',
        iconEmoji: ':owl:',
        deliveredText: 'fallback\n*Bold*',
      },
    ])
  }))

test('gives every message a timestamp of its own, in order, even when the clock stands still', () =>
  withClient(
    async ({ workspace, client }) => {
      for (const text of ['one', 'two', 'three']) await client.chat.postMessage({ channel: GENERAL, text })
      expect(workspace.messages(GENERAL).map((message) => message.ts)).toEqual([
        '1763700000.000000',
        '1763700000.000100',
        '1763700000.000200',
      ])
    },
    { now: () => 1_763_700_000_000 },
  ))

test('puts a reply to a reply into the same thread', () =>
  withClient(async ({ workspace, client }) => {
    const root = await client.chat.postMessage({ channel: GENERAL, text: 'root' })
    const reply = await client.chat.postMessage({ channel: GENERAL, text: 'reply', thread_ts: root.ts ?? '' })
    await client.chat.postMessage({ channel: GENERAL, text: 'deeper', thread_ts: reply.ts ?? '' })
    expect(workspace.thread(GENERAL, root.ts ?? '').map((message) => message.text)).toEqual(['root', 'reply', 'deeper'])
    expect(await errorOf(client.chat.postMessage({ channel: GENERAL, text: 'lost', thread_ts: '1.000001' }))).toBe(
      'thread_not_found',
    )
  }))

test('refuses what Slack refuses, with its codes', () =>
  withClient(async ({ client }) => {
    const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } })
    const refusals: [object, string][] = [
      [{ channel: 'nowhere', text: 'a' }, 'channel_not_found'],
      [{ channel: GENERAL }, 'no_text'],
      [{ channel: GENERAL, markdown_text: 'a', text: 'b' }, 'markdown_text_conflict'],
      [{ channel: GENERAL, markdown_text: 'a'.repeat(12_001) }, 'msg_too_long'],
      [{ channel: GENERAL, text: 'a', blocks: 'not blocks' }, 'invalid_blocks_format'],
      [
        { channel: GENERAL, text: 'a', blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
        'invalid_blocks',
      ],
      [{ channel: GENERAL, text: 'a', blocks: [section('x'.repeat(3001))] }, 'invalid_blocks'],
      [{ channel: GENERAL, text: 'a', blocks: [{ type: 'unheard_of' }] }, 'invalid_blocks'],
      [
        { channel: GENERAL, text: 'a', blocks: Array.from({ length: 5 }, () => section('x'.repeat(2900))) },
        'msg_blocks_too_long',
      ],
      [{ channel: GENERAL, text: 'a', metadata: { event_type: 'x' } }, 'invalid_metadata_schema'],
      [{ text: 'a' }, 'invalid_arguments'],
    ]
    for (const [args, code] of refusals)
      expect([code, await errorOf(client.apiCall('chat.postMessage', { ...args }))]).toEqual([code, code])
  }))

test('cuts text at 40,000 characters instead of refusing it', () =>
  withClient(async ({ workspace, client }) => {
    await client.chat.postMessage({ channel: GENERAL, text: 'a'.repeat(40_500) })
    expect(workspace.messages(GENERAL)[0]?.text).toHaveLength(40_000)
  }))

test('shows an ephemeral message to one person only', () =>
  withClient(async ({ workspace, client }) => {
    await client.chat.postEphemeral({ channel: GENERAL, user: ALICE, text: 'psst' })
    expect(workspace.ephemerals(ALICE)).toMatchObject([{ text: 'psst', ephemeralTo: ALICE }])
    expect([workspace.ephemerals(BOB), workspace.messages(GENERAL)]).toEqual([[], []])
    expect(await errorOf(client.chat.postEphemeral({ channel: 'G0LAB000001', user: BOB, text: 'psst' }))).toBe(
      'user_not_in_channel',
    )
  }))

test('updates text and removes blocks that are not given again', () =>
  withClient(async ({ workspace, client }) => {
    const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'Old' } }]
    const { ts = '' } = await client.chat.postMessage({
      channel: GENERAL,
      text: 'old',
      blocks,
      metadata: { event_type: 'a', event_payload: {} },
    })
    await client.chat.update({ channel: GENERAL, ts, blocks, text: 'with blocks' })
    expect(workspace.messages(GENERAL)).toMatchObject([{ text: 'with blocks', blocks, metadata: { event_type: 'a' } }])
    await client.chat.update({ channel: GENERAL, ts, text: 'plain' })
    expect(workspace.messages(GENERAL)).toMatchObject([
      { ts, text: 'plain', blocks: [], edited: { user: 'U0MURMUR001' }, metadata: { event_type: 'a' } },
    ])
    expect(await errorOf(client.chat.update({ channel: GENERAL, ts: '1.000001', text: 'a' }))).toBe('message_not_found')
    expect(await errorOf(client.chat.update({ channel: GENERAL, ts, text: 'a'.repeat(4001) }))).toBe('msg_too_long')
  }))

test('lets the bot change and delete only what is its own', () =>
  withClient(async ({ workspace, client }) => {
    const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'mine' })
    expect(await errorOf(client.chat.update({ channel: GENERAL, ts: message.ts, text: 'a' }))).toBe(
      'cant_update_message',
    )
    expect(await errorOf(client.chat.delete({ channel: GENERAL, ts: message.ts }))).toBe('cant_delete_message')
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'bot' })
    await client.chat.delete({ channel: GENERAL, ts })
    expect(workspace.messages(GENERAL).map((item) => item.text)).toEqual(['mine'])
  }))

test('gives a permalink to a message', () =>
  withClient(async ({ workspace, client }) => {
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'here' })
    const { permalink } = await client.chat.getPermalink({ channel: GENERAL, message_ts: ts })
    expect(permalink).toBe(`${workspace.url}/archives/${GENERAL}/p${ts.replace('.', '')}`)
  }))

test('writes to a person through their id and refuses archived channels', () =>
  withClient(
    async ({ workspace, client }) => {
      await client.chat.postMessage({ channel: ALICE, text: 'direct' })
      expect(workspace.messages('D0ALICE0001')).toMatchObject([{ text: 'direct' }])
      expect(await errorOf(client.chat.postMessage({ channel: 'C0OLD000001', text: 'a' }))).toBe('is_archived')
    },
    {
      seed: {
        channels: [
          { id: GENERAL, name: 'general' },
          { id: 'C0OLD000001', name: 'old', isArchived: true },
        ],
      },
    },
  ))
