import { expect, test } from '@jest/globals'
import { ALICE, GENERAL, errorOf, withClient } from '../web-client.ts'

test('creates a session once, then changes its status and title', () =>
  withClient(async ({ workspace, client }) => {
    const place = { channel_id: GENERAL, thread_ts: '1.000001' }
    expect(
      await client.agents.sessions.setStatus({
        ...place,
        status: 'processing',
        title: 'First',
        initiator_user_id: ALICE,
      }),
    ).toMatchObject({ agent_status: 'processing', title: 'First' })
    await client.agents.sessions.setStatus({ ...place, status: 'suspended', title: 'Ignored' })
    expect(workspace.session(GENERAL, '1.000001')).toEqual({ status: 'suspended', title: 'First', initiator: ALICE })
    await client.agents.sessions.rename({ ...place, title: 'Second' })
    expect(workspace.session(GENERAL, '1.000001')).toMatchObject({ title: 'Second' })
    expect(await errorOf(client.agents.sessions.setStatus({ ...place, status: 'sleepy' }))).toBe('invalid_status')
    expect(await errorOf(client.agents.sessions.setStatus({ channel_id: GENERAL, status: 'active' }))).toBe(
      'thread_ts_required',
    )
  }))

test('warns when the app could not hear the Stop button', () =>
  withClient(
    async ({ client }) => {
      const answer = await client.agents.sessions.setStatus({
        channel_id: GENERAL,
        thread_ts: '1.000001',
        status: 'processing',
      })
      expect(answer.warning).toBe('missing_agent_session_stopped_event_subscription')
    },
    { seed: { events: ['app_mention'] } },
  ))

test('shows a status line until the app posts into the thread', () =>
  withClient(async ({ workspace, client }) => {
    const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'hi' })
    await client.assistant.threads.setStatus({
      channel_id: GENERAL,
      thread_ts: message.ts,
      status: 'is thinking...',
      loading_messages: ['Reading', 'Counting'],
    })
    expect(workspace.statusText(GENERAL, message.ts)).toBe('is thinking...')
    await client.chat.postMessage({ channel: GENERAL, thread_ts: message.ts, text: 'done' })
    expect(workspace.statusText(GENERAL, message.ts)).toBe('')
    expect(
      await errorOf(client.assistant.threads.setStatus({ channel_id: GENERAL, thread_ts: '1.000001', status: 'x' })),
    ).toBe('invalid_thread_ts')
  }))

test('offers suggested prompts in a direct message', () =>
  withClient(async ({ workspace, client }) => {
    const prompts = [{ title: 'Summarise', message: 'Summarise this week' }]
    await client.assistant.threads.setSuggestedPrompts({ channel_id: 'D0ALICE0001', prompts, title: 'Try' })
    expect(workspace.prompts('D0ALICE0001')).toEqual({ title: 'Try', prompts })
    const many = Array.from({ length: 5 }, () => ({ title: 'a', message: 'b' }))
    expect(
      await errorOf(client.assistant.threads.setSuggestedPrompts({ channel_id: 'D0ALICE0001', prompts: many })),
    ).toBe('invalid_arguments')
  }))
