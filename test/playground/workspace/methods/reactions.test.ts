import { expect, test } from '@jest/globals'
import { ALICE, GENERAL, errorOf, withClient } from '../web-client.ts'

test('adds, counts and removes reactions', () =>
  withClient(async ({ workspace, client }) => {
    const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'hi' })
    const target = { channel: GENERAL, timestamp: message.ts }
    await client.reactions.add({ ...target, name: 'eyes' })
    expect(await errorOf(client.reactions.add({ ...target, name: 'eyes' }))).toBe('already_reacted')
    await workspace.react({ user: ALICE, channel: GENERAL, ts: message.ts, name: 'eyes' })
    expect(workspace.messages(GENERAL)[0]?.reactions).toEqual([
      { name: 'eyes', users: [workspace.botUserId, ALICE], count: 2 },
    ])
    await client.reactions.remove({ ...target, name: 'eyes' })
    const { message: seen } = await client.reactions.get(target)
    expect(seen?.reactions).toMatchObject([{ name: 'eyes', users: [ALICE] }])
    expect(await errorOf(client.reactions.remove({ ...target, name: 'eyes' }))).toBe('no_reaction')
  }))
