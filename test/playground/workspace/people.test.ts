import { expect, test } from '@jest/globals'
import type { App } from '@slack/bolt'
import { withBolt } from './bolt-app.ts'
import { ALICE, BOB, GENERAL } from './web-client.ts'

/** Collects every event the app gets, as Bolt sees it. */
function collect(events: Record<string, unknown>[]): (app: App) => void {
  return (app) => {
    app.use(async ({ payload, next }) => {
      events.push(payload as unknown as Record<string, unknown>)
      await next()
    })
  }
}

test('sends only message in a direct message, even when the bot is named', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(collect(events), async ({ workspace }) => {
    const { deliveries } = await workspace.say({
      user: ALICE,
      channel: 'D0ALICE0001',
      text: `<@${workspace.botUserId}> hi`,
    })
    expect(deliveries.map((delivery) => delivery.type)).toEqual(['message'])
    expect(events).toMatchObject([{ type: 'message', channel_type: 'im', user: ALICE }])
  })
})

test('sends files as file_share, and app_mention without the subtype', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(collect(events), async ({ workspace }) => {
    const { message } = await workspace.say({
      user: ALICE,
      channel: GENERAL,
      text: `<@${workspace.botUserId}> read`,
      files: [{ name: 'a.txt', content: 'hello' }],
    })
    expect(message).toMatchObject({ subtype: 'file_share', files: [{ name: 'a.txt', size: 5 }] })
    const byType = Object.fromEntries(events.map((event) => [event.type, event]))
    expect(byType.message).toMatchObject({ subtype: 'file_share', files: [{ name: 'a.txt', mimetype: 'text/plain' }] })
    expect(byType.app_mention).not.toHaveProperty('subtype')
  })
})

test('tells of replies, edits, deletions and reactions', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(collect(events), async ({ workspace }) => {
    const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'root' })
    const reply = await workspace.say({ user: BOB, channel: GENERAL, text: 'reply', threadTs: message.ts })
    await workspace.edit({ user: ALICE, channel: GENERAL, ts: message.ts, text: 'changed' })
    await workspace.react({ user: BOB, channel: GENERAL, ts: message.ts, name: 'tada' })
    await workspace.delete({ user: BOB, channel: GENERAL, ts: reply.message.ts })
    expect(events.slice(1)).toMatchObject([
      { type: 'message', thread_ts: message.ts, parent_user_id: ALICE },
      {
        subtype: 'message_changed',
        message: { text: 'changed', edited: { user: ALICE } },
        previous_message: { text: 'root' },
      },
      { type: 'reaction_added', reaction: 'tada', item: { ts: message.ts }, item_user: ALICE },
      { subtype: 'message_deleted', deleted_ts: reply.message.ts },
    ])
    expect(workspace.thread(GENERAL, message.ts)).toMatchObject([{ text: 'changed', reactions: [{ name: 'tada' }] }])
    await expect(workspace.edit({ user: BOB, channel: GENERAL, ts: message.ts, text: 'x' })).rejects.toThrow(
      'Expected a message of U0BOB000001',
    )
  })
})

test('tells of the home tab, the Stop button and any other event', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(collect(events), async ({ workspace, app }) => {
    await workspace.openHome({ user: ALICE, tab: 'messages' })
    await app.client.views.publish({ user_id: ALICE, view: { type: 'home', blocks: [] } })
    await workspace.openHome({ user: ALICE, tab: 'home' })
    const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'long task' })
    const { ts } = await app.client.chat.startStream({
      channel: GENERAL,
      thread_ts: message.ts,
      recipient_team_id: workspace.teamId,
      recipient_user_id: ALICE,
    })
    await workspace.stop({ user: ALICE, channel: GENERAL, threadTs: message.ts })
    await workspace.emit({ type: 'app_uninstalled' })
    expect(events.filter((event) => event.type !== 'message')).toMatchObject([
      { type: 'app_home_opened', tab: 'messages', channel: 'D0ALICE0001' },
      { type: 'app_home_opened', tab: 'home', view: { type: 'home' } },
      { type: 'agent_session_stopped', thread_ts: message.ts, streaming_message_ts: [ts], user: ALICE },
      { type: 'app_uninstalled' },
    ])
  })
})

test('lets another bot speak without fooling itself', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(collect(events), async ({ workspace }) => {
    await workspace.sayAsOtherBot({ channel: GENERAL, text: `<@${workspace.botUserId}> beep` })
    expect(events).toMatchObject([{ type: 'message', subtype: 'bot_message', bot_id: 'B0OTHER0001' }])
  })
})

test('sends nothing that the manifest does not subscribe to or the bot cannot hear', () => {
  const events: Record<string, unknown>[] = []
  return withBolt(
    collect(events),
    async ({ workspace }) => {
      await workspace.say({ user: ALICE, channel: GENERAL, text: 'not subscribed' })
      const { deliveries } = await workspace.say({
        user: ALICE,
        channel: GENERAL,
        text: `<@${workspace.botUserId}> subscribed`,
      })
      workspace.channels.find((channel) => channel.name === 'general')?.members.delete(workspace.botUserId)
      await workspace.say({ user: ALICE, channel: GENERAL, text: `<@${workspace.botUserId}> not there` })
      expect([events.length, deliveries.map((delivery) => delivery.type)]).toEqual([1, ['app_mention']])
    },
    { seed: { events: ['app_mention', 'message.im'] } },
  )
})

test('keeps guests out of channels they are not in', () =>
  withBolt(
    () => {},
    async ({ workspace }) => {
      await expect(workspace.say({ user: BOB, channel: 'lab', text: 'let me in' })).rejects.toThrow(
        'Expected U0BOB000001 to be in lab',
      )
      await expect(workspace.say({ user: BOB, channel: 'nowhere', text: 'hi' })).rejects.toThrow(
        'Expected a channel of the workspace',
      )
    },
  ))
