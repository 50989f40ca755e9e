import { expect, test } from '@jest/globals'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import { withBolt } from './bolt-app.ts'
import { ALICE, BOB, GENERAL } from './web-client.ts'

test('has the same ids in every run', async () => {
  const workspace = await createWorkspace()
  expect(workspace).toMatchObject({
    teamId: 'T0MURMUR001',
    appId: 'A0MURMUR001',
    botUserId: 'U0MURMUR001',
    botId: 'B0MURMUR001',
    botToken: 'xoxb-playground-0001',
  })
  expect(workspace.channels.map((channel) => channel.id)).toEqual([
    'C0GENERAL01',
    'C0AILAB0001',
    'G0LAB000001',
    'D0ALICE0001',
    'D0BOB000001',
    'D0CAROL0001',
  ])
  await workspace.close()
})

test('delivers a mention as message and app_mention with event ids of their own', () => {
  const seen: { type: string; eventId: string; ts: string; channelType: string | undefined }[] = []
  return withBolt(
    (app) => {
      app.event('app_mention', async ({ event, body }) => {
        seen.push({ type: 'app_mention', eventId: body.event_id, ts: event.ts, channelType: undefined })
      })
      app.event('message', async ({ event, body }) => {
        seen.push({ type: 'message', eventId: body.event_id, ts: event.ts, channelType: event.channel_type })
      })
    },
    async ({ workspace }) => {
      const { message, deliveries } = await workspace.say({
        user: ALICE,
        channel: 'general',
        text: `<@${workspace.botUserId}> hello`,
      })
      await workspace.waitFor('both handlers', () => seen.length === 2)
      expect(deliveries.map((delivery) => [delivery.type, delivery.httpStatus])).toEqual([
        ['message', 200],
        ['app_mention', 200],
      ])
      expect(seen.map((item) => item.type).toSorted()).toEqual(['app_mention', 'message'])
      expect(new Set(seen.map((item) => item.eventId)).size).toBe(2)
      expect(seen.every((item) => item.ts === message.ts)).toBe(true)
    },
  )
})

test('lets a Bolt handler answer in the thread with say and stream with sayStream', () =>
  withBolt(
    (app) => {
      app.event('app_mention', async ({ event, say, sayStream }) => {
        await say({ text: 'plain answer', thread_ts: event.ts })
        const stream = sayStream({ buffer_size: 1 })
        await stream.append({ markdown_text: '**streamed**' })
        await stream.append({ chunks: [{ type: 'task_update', id: 't1', title: 'Looking', status: 'complete' }] })
        await stream.stop({ markdown_text: ' answer' })
      })
    },
    async ({ workspace }) => {
      const { message } = await workspace.say({
        user: ALICE,
        channel: GENERAL,
        text: `<@${workspace.botUserId}> hello`,
      })
      const thread = await workspace.waitFor('the stream to end', () => {
        const found = workspace.thread(GENERAL, message.ts)
        return found.at(-1)?.streamingState === 'completed' && found
      })
      expect(thread.map((item) => item.text)).toEqual([message.text, 'plain answer', '**streamed** answer'])
      expect(workspace.session(GENERAL, message.ts)).toMatchObject({ status: 'active' })
    },
  ))

test('keeps two workspaces on one machine apart', async () => {
  const [one, other] = await Promise.all([
    createWorkspace(),
    createWorkspace({ seed: { team: { id: 'T0OTHER0001', name: 'Other', domain: 'other' }, botToken: 'xoxb-other' } }),
  ])
  await one.say({ user: BOB, channel: GENERAL, text: 'only here' })
  expect([one.messages(GENERAL).length, other.messages(GENERAL).length, other.teamId, other.botToken]).toEqual([
    1,
    0,
    'T0OTHER0001',
    'xoxb-other',
  ])
  await Promise.all([one.close(), other.close()])
})

test('says what it waited for when it waited in vain', async () => {
  const workspace = await createWorkspace()
  await expect(workspace.waitFor('a miracle', () => false, 20)).rejects.toThrow(
    'Waited 20 ms for a miracle, in vain. Last calls of the app: none.',
  )
  await expect(
    workspace.waitFor('a mistake', () => {
      throw new Error('probe broke')
    }),
  ).rejects.toThrow('probe broke')
  await workspace.close()
})
