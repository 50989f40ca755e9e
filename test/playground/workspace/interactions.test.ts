import { expect, test } from '@jest/globals'
import type { ModalView } from '@slack/web-api'
import { withBolt } from './bolt-app.ts'
import { ALICE, BOB, GENERAL } from './web-client.ts'

const feedback = {
  type: 'context_actions',
  elements: [
    {
      type: 'feedback_buttons',
      action_id: 'feedback',
      positive_button: { text: { type: 'plain_text', text: 'Good' }, value: 'up' },
      negative_button: { text: { type: 'plain_text', text: 'Bad' }, value: 'down' },
    },
  ],
} as const

const form: ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: { type: 'plain_text', text: 'Form' },
  submit: { type: 'plain_text', text: 'Send' },
  private_metadata: 'run-1',
  blocks: [
    {
      type: 'input',
      block_id: 'what',
      label: { type: 'plain_text', text: 'What' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
    {
      type: 'input',
      block_id: 'how',
      optional: true,
      label: { type: 'plain_text', text: 'How' },
      element: {
        type: 'static_select',
        action_id: 'pick',
        options: ['a', 'b'].map((value) => ({ text: { type: 'plain_text', text: value }, value })),
      },
    },
  ],
}

test('runs a slash command, shows its answer, and takes five more over the response_url', () =>
  withBolt(
    (app) => {
      app.command('/swarm', async ({ command, ack, respond }) => {
        await ack({ text: `at once: ${command.text}` })
        await respond({ text: 'to all', response_type: 'in_channel' })
        for (let count = 0; count < 4; count += 1) await respond({ text: 'only you' })
        await respond({ text: 'one too many' }).catch(() => {})
      })
    },
    async ({ workspace }) => {
      const delivery = await workspace.command({ user: ALICE, channel: GENERAL, command: '/swarm', text: 'help' })
      await workspace.waitFor('six answers', () => workspace.calls('response_url').length === 6)
      expect(delivery).toMatchObject({ kind: 'command', httpStatus: 200, body: { text: 'at once: help' } })
      expect(workspace.ephemerals(ALICE).map((message) => message.text)).toEqual([
        'at once: help',
        ...Array.from({ length: 4 }, () => 'only you'),
      ])
      expect(workspace.messages(GENERAL)).toMatchObject([{ text: 'to all', botId: 'B0MURMUR001' }])
      expect(workspace.calls('response_url').at(-1)).toMatchObject({ httpStatus: 404, error: 'used_url' })
    },
  ))

test('closes a response_url after thirty minutes', async () => {
  let nowMs = 1_763_700_000_000
  const urls: string[] = []
  await withBolt(
    (app) => {
      app.command('/swarm', async ({ command, ack }) => {
        urls.push(command.response_url)
        await ack()
      })
    },
    async ({ workspace }) => {
      await workspace.command({ user: ALICE, channel: GENERAL, command: '/swarm' })
      nowMs += 30 * 60_000 + 1
      const answer = await fetch(urls[0] ?? '', { method: 'POST', body: JSON.stringify({ text: 'late' }) })
      expect([answer.status, await answer.json()]).toEqual([404, { ok: false, error: 'expired_url' }])
    },
    { now: () => nowMs },
  )
})

test('presses feedback buttons by their value', () => {
  const pressed: unknown[] = []
  return withBolt(
    (app) => {
      app.action({ type: 'block_actions', action_id: 'feedback' }, async ({ action, body, ack, respond }) => {
        pressed.push({ action, user: body.user.id, message: body.message?.text, thread: body.container.thread_ts })
        await ack()
        await respond({ text: 'thanks', replace_original: false })
      })
    },
    async ({ workspace, app }) => {
      const { ts: root = '' } = await app.client.chat.postMessage({ channel: GENERAL, text: 'root' })
      const { ts = '' } = await app.client.chat.postMessage({
        channel: GENERAL,
        text: 'answer',
        thread_ts: root,
        blocks: [feedback as never],
      })
      await workspace.click({ user: BOB, channel: GENERAL, messageTs: ts, actionId: 'feedback', value: 'down' })
      await workspace.waitFor('the thanks', () => workspace.ephemerals(BOB).length === 1)
      expect(pressed).toMatchObject([
        {
          action: { type: 'feedback_buttons', value: 'down', text: { text: 'Bad' } },
          user: BOB,
          message: 'answer',
          thread: root,
        },
      ])
      expect(workspace.ephemerals(BOB)).toMatchObject([{ text: 'thanks', threadTs: root }])
      await expect(workspace.click({ user: BOB, channel: GENERAL, messageTs: ts, actionId: 'other' })).rejects.toThrow(
        'There: feedback.',
      )
    },
  )
})

test('replaces or deletes the clicked message over the response_url, ephemeral ones too', () =>
  withBolt(
    (app) => {
      app.action('replace', async ({ ack, respond }) => {
        await ack()
        await respond({ text: 'replaced', replace_original: true })
      })
      app.action('remove', async ({ ack, respond }) => {
        await ack()
        await respond({ delete_original: true })
      })
    },
    async ({ workspace, app }) => {
      const blocks = ['replace', 'remove'].map((name) => ({
        type: 'actions' as const,
        elements: [
          { type: 'button' as const, action_id: name, text: { type: 'plain_text' as const, text: name }, value: name },
        ],
      }))
      const { message_ts: ts = '' } = await app.client.chat.postEphemeral({
        channel: GENERAL,
        user: ALICE,
        text: 'choose',
        blocks,
      })
      await workspace.click({ user: ALICE, channel: GENERAL, messageTs: ts, actionId: 'replace' })
      await workspace.waitFor('the new text', () => workspace.ephemerals(ALICE)[0]?.text === 'replaced')
      const { ts: publicTs = '' } = await app.client.chat.postMessage({ channel: GENERAL, text: 'choose', blocks })
      await workspace.click({ user: ALICE, channel: GENERAL, messageTs: publicTs, actionId: 'remove' })
      await workspace.waitFor('the deletion', () => workspace.messages(GENERAL).length === 0)
      expect(workspace.ephemerals(ALICE)).toMatchObject([{ text: 'replaced', blocks: [] }])
    },
  ))

test('picks options of selects and overflow menus', () => {
  const picked: unknown[] = []
  const options = ['x', 'y'].map((value) => ({ text: { type: 'plain_text' as const, text: value }, value }))
  return withBolt(
    (app) => {
      app.action(/^(menu|more)$/, async ({ action, ack }) => {
        picked.push(action)
        await ack()
      })
    },
    async ({ workspace, app }) => {
      const { ts = '' } = await app.client.chat.postMessage({
        channel: GENERAL,
        text: 'pick',
        blocks: [
          {
            type: 'actions',
            block_id: 'row',
            elements: [
              { type: 'static_select', action_id: 'menu', options, placeholder: { type: 'plain_text', text: 'Pick' } },
            ],
          },
          {
            type: 'section',
            text: { type: 'mrkdwn', text: 'more' },
            accessory: { type: 'overflow', action_id: 'more', options },
          },
        ],
      })
      await workspace.click({ user: ALICE, channel: GENERAL, messageTs: ts, actionId: 'menu', value: 'y' })
      await workspace.click({ user: ALICE, channel: GENERAL, messageTs: ts, actionId: 'more', value: 'x' })
      expect(picked).toMatchObject([
        { type: 'static_select', block_id: 'row', selected_option: { value: 'y' } },
        { type: 'overflow', selected_option: { value: 'x' } },
      ])
      await expect(
        workspace.click({ user: ALICE, channel: GENERAL, messageTs: ts, actionId: 'menu', value: 'z' }),
      ).rejects.toThrow('Expected one of x, y')
    },
  )
})

test('submits a modal: errors keep it open, an update replaces it, an empty ack closes it', () => {
  const answers = [
    { response_action: 'errors', errors: { what: 'Too short' } },
    { response_action: 'update', view: form },
    undefined,
  ] as const
  const submitted: unknown[] = []
  return withBolt(
    (app) => {
      app.shortcut('open', async ({ ack, shortcut, client }) => {
        await ack()
        await client.views.open({ trigger_id: shortcut.trigger_id, view: form })
      })
      app.view('form', async ({ ack, view }) => {
        const answer = answers[submitted.length]
        submitted.push({ values: view.state.values, meta: view.private_metadata })
        await (answer === undefined ? ack() : ack(answer as never))
      })
    },
    async ({ workspace }) => {
      await workspace.globalShortcut({ user: ALICE, callbackId: 'open' })
      const opened = await workspace.waitFor('the modal', () => workspace.openViews(ALICE)[0])
      await expect(workspace.submitView({ user: ALICE, viewId: opened.id })).rejects.toThrow('empty: what')
      const delivery = await workspace.submitView({ user: ALICE, viewId: opened.id, values: { text: 'hi', pick: 'b' } })
      expect(delivery.body).toEqual(answers[0])
      expect(workspace.openViews(ALICE)).toMatchObject([{ errors: { what: 'Too short' } }])
      await workspace.submitView({ user: ALICE, viewId: opened.id, values: { text: 'better' } })
      expect(workspace.openViews(ALICE)[0]).not.toHaveProperty('errors')
      await workspace.submitView({ user: ALICE, viewId: opened.id, values: { text: 'best' } })
      expect(workspace.openViews(ALICE)).toEqual([])
      expect(submitted[0]).toMatchObject({
        meta: 'run-1',
        values: {
          what: { text: { type: 'plain_text_input', value: 'hi' } },
          how: { pick: { type: 'static_select', selected_option: { value: 'b' } } },
        },
      })
      expect(submitted[1]).toMatchObject({ values: { how: { pick: { selected_option: null } } } })
    },
  )
})

test('pushes and clears modals, and tells of a closed one when asked to', () => {
  const closed: string[] = []
  const plain = {
    type: 'modal',
    title: { type: 'plain_text', text: 'Two' },
    blocks: [],
    notify_on_close: true,
    callback_id: 'two',
    submit: { type: 'plain_text', text: 'Go' },
  } as const
  return withBolt(
    (app) => {
      app.shortcut('open', async ({ ack, shortcut, client }) => {
        await ack()
        await client.views.open({ trigger_id: shortcut.trigger_id, view: { ...form, blocks: [] } })
      })
      app.view('form', async ({ ack }) => ack({ response_action: 'push', view: plain as never }))
      app.view('two', async ({ ack }) => ack({ response_action: 'clear' }))
      app.view({ type: 'view_closed', callback_id: 'two' }, async ({ ack, view }) => {
        closed.push(view.callback_id)
        await ack()
      })
    },
    async ({ workspace }) => {
      const open = async (): Promise<string> => {
        await workspace.globalShortcut({ user: ALICE, callbackId: 'open' })
        const first = await workspace.waitFor('the modal', () => workspace.openViews(ALICE)[0])
        await workspace.submitView({ user: ALICE, viewId: first.id })
        return workspace.openViews(ALICE)[1]?.id ?? ''
      }
      await workspace.closeView({ user: ALICE, viewId: await open() })
      expect([closed, workspace.openViews(ALICE).length]).toEqual([['two'], 1])
      await workspace.closeView({ user: ALICE, viewId: workspace.openViews(ALICE)[0]?.id ?? '' })
      await workspace.submitView({ user: ALICE, viewId: await open() })
      expect(workspace.openViews(ALICE)).toEqual([])
    },
  )
})

test('clicks inside the home tab and runs a message shortcut in a thread', () => {
  const got: unknown[] = []
  return withBolt(
    (app) => {
      app.action('rollback', async ({ ack, body }) => {
        await ack()
        got.push(body)
      })
      app.shortcut({ type: 'message_action', callback_id: 'improve' }, async ({ ack, shortcut }) => {
        await ack()
        got.push(shortcut)
      })
    },
    async ({ workspace, app }) => {
      const button = {
        type: 'button' as const,
        action_id: 'rollback',
        text: { type: 'plain_text' as const, text: 'Roll back' },
        value: 'w1',
      }
      const { view } = await app.client.views.publish({
        user_id: ALICE,
        view: { type: 'home', blocks: [{ type: 'actions', elements: [button] }] },
      })
      await workspace.clickInView({ user: ALICE, viewId: view?.id ?? '', actionId: 'rollback' })
      const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: 'root' })
      const reply = await app.client.chat.postMessage({ channel: GENERAL, text: 'answer', thread_ts: message.ts })
      await workspace.shortcut({ user: ALICE, callbackId: 'improve', channel: GENERAL, messageTs: reply.ts ?? '' })
      expect(got).toMatchObject([
        { type: 'block_actions', container: { type: 'view' }, view: { type: 'home' }, actions: [{ value: 'w1' }] },
        {
          type: 'message_action',
          message: { text: 'answer', thread_ts: message.ts, bot_id: 'B0MURMUR001' },
          channel: { id: GENERAL, name: 'general' },
        },
      ])
    },
  )
})
