import { expect, test } from '@jest/globals'
import { App, SocketModeReceiver } from '@slack/bolt'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'
import { quietLogger } from './quiet-logger.ts'
import { ALICE, GENERAL } from './web-client.ts'

/** A real Bolt app in Socket Mode, started and connected. */
async function withSocketApp(
  register: (app: App) => void,
  work: (workspace: Workspace) => Promise<void>,
  options: WorkspaceOptions = {},
): Promise<void> {
  const workspace = await createWorkspace(options)
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logger: quietLogger,
    clientPingTimeout: 400,
    installerOptions: { clientOptions: { slackApiUrl: workspace.apiUrl } },
  })
  const app = new App({
    token: workspace.botToken,
    receiver,
    tokenVerificationEnabled: false,
    botId: workspace.botId,
    botUserId: workspace.botUserId,
    logger: quietLogger,
    convoStore: false,
    clientOptions: { slackApiUrl: workspace.apiUrl, logger: quietLogger },
  })
  app.error(async () => {})
  register(app)
  try {
    await app.start()
    await work(workspace)
  } finally {
    await app.stop()
    await workspace.close()
  }
}

test('carries events, commands and their answers over the websocket of the real client', () => {
  const long = 'x'.repeat(70_000)
  return withSocketApp(
    (app) => {
      app.event('app_mention', async ({ event, say }) => {
        await say({ text: `${event.text.length}`, thread_ts: event.ts })
      })
      app.command('/swarm', async ({ ack, command }) => ack({ text: `you said ${command.text.length}` }))
    },
    async (workspace) => {
      const text = `<@${workspace.botUserId}> ${long}`
      const { message, deliveries } = await workspace.say({ user: ALICE, channel: GENERAL, text })
      expect(deliveries).toMatchObject([
        { ok: true, httpStatus: 200 },
        { ok: true, httpStatus: 200 },
      ])
      const answer = await workspace.waitFor('the answer', () => workspace.thread(GENERAL, message.ts)[1])
      expect(answer.text).toBe('40000')
      const command = await workspace.command({ user: ALICE, channel: GENERAL, command: '/swarm', text: long })
      expect(command.body).toEqual({ text: 'you said 70000' })
      expect(workspace.ephemerals(ALICE)).toMatchObject([{ text: 'you said 70000' }])
    },
  )
})

test('is connected again after it asked for a fresh connection', () =>
  withSocketApp(
    (app) => {
      app.event('app_mention', async ({ event, say }) => {
        await say({ text: 'still here', thread_ts: event.ts })
      })
    },
    async (workspace) => {
      const opened = workspace.calls('apps.connections.open').length
      const lost = new Promise<void>((resolve) => {
        const unsubscribe = workspace.onChange((change) => {
          if (change.socket !== 'open') return
          unsubscribe()
          resolve()
        })
      })
      workspace.refreshSockets()
      await lost
      expect(workspace.calls('apps.connections.open')).toHaveLength(opened + 1)
      const { message } = await workspace.say({ user: ALICE, channel: GENERAL, text: `<@${workspace.botUserId}> hi` })
      await workspace.waitFor('the answer', () => workspace.thread(GENERAL, message.ts).length === 2)
    },
  ))

test('repeats an event that nobody acked, and says why', () => {
  const retries: (number | undefined)[] = []
  return withSocketApp(
    (app) => {
      app.use(async ({ context, next }) => {
        retries.push(context.retryNum)
        await next()
      })
      app.command('/silent', async () => {})
    },
    async (workspace) => {
      expect(await workspace.command({ user: ALICE, channel: GENERAL, command: '/silent' })).toMatchObject({
        ok: false,
        error: 'http_timeout',
      })
      workspace.faults.add({ kind: 'duplicate_delivery' })
      await workspace.say({ user: ALICE, channel: GENERAL, text: 'hi' })
      expect(retries.slice(1)).toEqual([undefined, 1])
    },
    { limits: { ackMs: 100 } },
  )
})

test('turns away strangers', async () => {
  const workspace = await createWorkspace()
  const socket = new WebSocket(`${workspace.url.replace('http', 'ws')}/socket?ticket=made-up`)
  const outcome = await new Promise((resolve) => {
    socket.addEventListener('open', () => resolve('open'))
    socket.addEventListener('error', () => resolve('refused'))
  })
  expect(outcome).toBe('refused')
  await workspace.close()
})
