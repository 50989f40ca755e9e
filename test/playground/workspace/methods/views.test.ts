import { expect, test } from '@jest/globals'
import type { ModalView } from '@slack/web-api'
import type { App } from '@slack/bolt'
import { connectBolt } from '../bolt-app.ts'
import { ALICE, errorOf, withClient } from '../web-client.ts'

const modal = (title: string, more: object = {}): ModalView => ({
  type: 'modal',
  title: { type: 'plain_text', text: title },
  blocks: [{ type: 'divider' }],
  ...more,
})

/** Opens modals from a shortcut, which is where trigger ids come from. */
async function withTrigger(
  work: (trigger: () => Promise<string>, setup: Awaited<ReturnType<typeof connectBolt>>) => Promise<void>,
  options = {},
): Promise<void> {
  const triggers: string[] = []
  const setup = await connectBolt((app: App) => {
    app.shortcut('open', async ({ shortcut, ack }) => {
      triggers.push(shortcut.trigger_id)
      await ack()
    })
  }, options)
  const trigger = async (): Promise<string> => {
    await setup.workspace.globalShortcut({ user: ALICE, callbackId: 'open' })
    return triggers.at(-1) ?? ''
  }
  try {
    await work(trigger, setup)
  } finally {
    await setup.close()
  }
}

test('opens, pushes and updates modals', () =>
  withTrigger(async (trigger, { app, workspace }) => {
    const opened = await app.client.views.open({
      trigger_id: await trigger(),
      view: modal('One', { external_id: 'ext', private_metadata: 'secret' }),
    })
    expect(opened.view).toMatchObject({
      title: { text: 'One' },
      private_metadata: 'secret',
      root_view_id: opened.view?.id,
    })
    await app.client.views.push({ trigger_id: await trigger(), view: modal('Two') })
    expect(workspace.openViews(ALICE).map((view) => view.content.title)).toMatchObject([
      { text: 'One' },
      { text: 'Two' },
    ])
    const updated = await app.client.views.update({
      external_id: 'ext',
      view: modal('New'),
      hash: opened.view?.hash ?? '',
    })
    expect(updated.view?.hash).not.toBe(opened.view?.hash)
    expect(
      await errorOf(
        app.client.views.update({ view_id: opened.view?.id ?? '', hash: opened.view?.hash ?? '', view: modal('Late') }),
      ),
    ).toBe('hash_conflict')
    await app.client.views.push({ trigger_id: await trigger(), view: modal('Three') })
    expect(await errorOf(app.client.views.push({ trigger_id: await trigger(), view: modal('Four') }))).toBe(
      'push_limit_reached',
    )
  }))

test('takes a trigger once, and not after it expired', async () => {
  let nowMs = 1_763_700_000_000
  await withTrigger(
    async (trigger, { app }) => {
      const id = await trigger()
      await app.client.views.open({ trigger_id: id, view: modal('One') })
      expect(await errorOf(app.client.views.open({ trigger_id: id, view: modal('Again') }))).toBe(
        'exchanged_trigger_id',
      )
      const late = await trigger()
      nowMs += 3001
      expect(await errorOf(app.client.views.open({ trigger_id: late, view: modal('Late') }))).toBe('expired_trigger_id')
      expect(await errorOf(app.client.views.open({ trigger_id: 'made.up', view: modal('No') }))).toBe(
        'invalid_trigger_id',
      )
    },
    { now: () => nowMs },
  )
})

test('refuses views over the limits with lines that say where', () =>
  withTrigger(async (trigger, { app }) => {
    const bad = modal('A title that is longer than allowed', {
      private_metadata: 'x'.repeat(3001),
      blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })),
    })
    const call = app.client.views.open({ trigger_id: await trigger(), view: bad })
    await expect(call).rejects.toMatchObject({
      data: {
        error: 'invalid_arguments',
        response_metadata: {
          messages: [
            expect.stringContaining('no more than 100 items allowed'),
            expect.stringContaining('private_metadata'),
            expect.stringContaining('/view/title'),
          ],
        },
      },
    })
    const input = {
      type: 'input',
      label: { type: 'plain_text', text: 'L' },
      element: { type: 'plain_text_input', action_id: 'a' },
    }
    expect(
      await errorOf(
        app.client.views.open({ trigger_id: await trigger(), view: modal('No submit', { blocks: [input] }) }),
      ),
    ).toBe('invalid_arguments')
  }))

test('publishes a home tab for one person', () =>
  withClient(async ({ workspace, client }) => {
    await client.views.publish({
      user_id: ALICE,
      view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Stats' } }] },
    })
    expect(workspace.home(ALICE)).toMatchObject({ type: 'home', blocks: [{ type: 'header', block_id: 'auto0' }] })
    expect(workspace.home('U0BOB000001')).toBeUndefined()
    expect(await errorOf(client.views.publish({ user_id: ALICE, view: modal('x') as never }))).toBe('invalid_arguments')
  }))
