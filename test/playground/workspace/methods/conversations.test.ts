import { expect, test } from '@jest/globals'
import { ALICE, BOB, GENERAL, errorOf, withClient } from '../web-client.ts'

test('lists channels by kind, page by page', () =>
  withClient(async ({ client }) => {
    const names = async (types: string): Promise<(string | undefined)[]> =>
      ((await client.conversations.list({ types })).channels ?? []).map((channel) => channel.name ?? channel.user)
    expect(await names('public_channel')).toEqual(['general', 'ai-lab'])
    expect(await names('private_channel,im')).toEqual(['lab', ALICE, BOB, 'U0CAROL0001'])
    const first = await client.conversations.list({ limit: 1 })
    const second = await client.conversations.list({ limit: 1, cursor: first.response_metadata?.next_cursor ?? '' })
    expect([first.channels?.[0]?.name, second.channels?.[0]?.name, second.response_metadata?.next_cursor]).toEqual([
      'general',
      'ai-lab',
      '',
    ])
  }))

test('reads history newest first, without replies, over pages and ranges', () =>
  withClient(async ({ workspace, client }) => {
    const ts: string[] = []
    for (const text of ['1', '2', '3', '4', '5'])
      ts.push((await client.chat.postMessage({ channel: GENERAL, text })).ts ?? '')
    for (let count = 0; count < 3; count += 1)
      await client.chat.postMessage({ channel: GENERAL, text: 'reply', thread_ts: ts[4] ?? '' })
    const pages: string[][] = []
    for await (const page of client.paginate('conversations.history', { channel: GENERAL, limit: 2 })) {
      pages.push((page as unknown as { messages: { text: string }[] }).messages.map((message) => message.text))
    }
    expect(pages.filter((page) => page.length > 0)).toEqual([['5', '4'], ['3', '2'], ['1']])
    const range = await client.conversations.history({
      channel: GENERAL,
      oldest: ts[1] ?? '',
      latest: ts[3] ?? '',
      inclusive: true,
    })
    expect(range.messages?.map((message) => message.text)).toEqual(['4', '3', '2'])
    const newest = await client.conversations.history({ channel: GENERAL, limit: 1 })
    expect(newest.messages).toMatchObject([
      { text: '5', reply_count: 3, latest_reply: workspace.messages(GENERAL).at(-1)?.ts },
    ])
  }))

test('reads a thread root first, page by page, with metadata only when asked', () =>
  withClient(async ({ client }) => {
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' })
    const metadata = { event_type: 'run', event_payload: { id: '1' } }
    for (const text of ['a', 'b', 'c'])
      await client.chat.postMessage({ channel: GENERAL, text, thread_ts: ts, metadata })
    const first = await client.conversations.replies({ channel: GENERAL, ts, limit: 3 })
    expect(first.messages?.map((message) => message.text)).toEqual(['root', 'a', 'b'])
    const rest = await client.conversations.replies({
      channel: GENERAL,
      ts,
      limit: 3,
      cursor: first.response_metadata?.next_cursor ?? '',
    })
    expect([rest.messages?.map((message) => message.text), rest.has_more]).toEqual([['c'], false])
    expect(first.messages?.[1]).not.toHaveProperty('metadata')
    const full = await client.conversations.replies({ channel: GENERAL, ts, include_all_metadata: true })
    expect(full.messages?.[1]).toMatchObject({ metadata, thread_ts: ts, parent_user_id: 'U0MURMUR001' })
    expect(await errorOf(client.conversations.replies({ channel: GENERAL, ts: '1.000001' }))).toBe('thread_not_found')
  }))

test('opens direct and group messages, the same one each time', () =>
  withClient(async ({ client }) => {
    const one = await client.conversations.open({ users: ALICE })
    const many = await client.conversations.open({ users: `${ALICE},${BOB}`, return_im: true })
    const again = await client.conversations.open({ users: `${BOB},${ALICE}` })
    expect([one.channel?.id, again.channel?.id]).toEqual(['D0ALICE0001', many.channel?.id])
    expect(many.channel).toMatchObject({ is_mpim: true, is_im: false })
    expect(await errorOf(client.conversations.open({ users: 'U0NOBODY001' }))).toBe('user_not_found')
  }))

test('tells members and facts of a channel, and hides private ones without the bot', () =>
  withClient(async ({ workspace, client }) => {
    expect((await client.conversations.members({ channel: 'G0LAB000001' })).members).toEqual([
      ALICE,
      workspace.botUserId,
    ])
    expect((await client.conversations.info({ channel: 'G0LAB000001' })).channel).toMatchObject({
      name: 'lab',
      is_private: true,
      is_member: true,
    })
    workspace.channels.find((channel) => channel.name === 'lab')?.members.delete(workspace.botUserId)
    expect(await errorOf(client.conversations.info({ channel: 'G0LAB000001' }))).toBe('channel_not_found')
  }))

test('wants the scope of each kind of conversation', () =>
  withClient(async ({ workspace, client }) => {
    workspace.revokeScope('groups:history')
    workspace.revokeScope('im:read')
    expect(await errorOf(client.conversations.history({ channel: 'G0LAB000001' }))).toBe('missing_scope')
    expect(await errorOf(client.conversations.list({ types: 'im' }))).toBe('missing_scope')
    expect((await client.conversations.history({ channel: GENERAL })).messages).toEqual([])
  }))

test('lets the bot read only where it is a member, and join public channels', () =>
  withClient(async ({ workspace, client }) => {
    workspace.channels.find((channel) => channel.name === 'general')?.members.delete(workspace.botUserId)
    expect(await errorOf(client.conversations.history({ channel: GENERAL }))).toBe('not_in_channel')
    await client.conversations.join({ channel: GENERAL })
    expect((await client.conversations.history({ channel: GENERAL })).messages).toEqual([])
  }))
