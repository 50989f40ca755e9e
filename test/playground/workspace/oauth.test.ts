import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { HTTPReceiver } from '@slack/bolt'
import type { Installation } from '@slack/bolt'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import { quietLogger } from './quiet-logger.ts'
import { ALICE, BOB, clientOf, errorOf, withClient } from './web-client.ts'

test('installs a real Bolt app through the authorize page', async () => {
  const workspace = await createWorkspace()
  const installed: Installation[] = []
  const receiver = new HTTPReceiver({
    signingSecret: workspace.signingSecret,
    clientId: workspace.clientId,
    clientSecret: workspace.clientSecret,
    stateSecret: 'state-secret',
    scopes: ['chat:write'],
    logger: quietLogger,
    installerOptions: {
      authorizationUrl: `${workspace.url}/oauth/v2/authorize`,
      clientOptions: { slackApiUrl: workspace.apiUrl },
      directInstall: true,
    },
    installationStore: {
      storeInstallation: async (installation) => {
        installed.push(installation as Installation)
      },
      fetchInstallation: async () => {
        throw new Error('not asked here')
      },
    },
  })
  const server = createServer((request, response) => receiver.requestListener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  workspace.connect(address)
  const start = await fetch(`${address}/slack/install`, { redirect: 'manual' })
  const authorize = new URL(start.headers.get('location') ?? '')
  expect(await (await fetch(authorize)).text()).toContain('chat:write')
  authorize.searchParams.set('user', ALICE)
  const allowed = await fetch(authorize, { redirect: 'manual' })
  const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const done = await fetch(allowed.headers.get('location') ?? '', { headers: { cookie } })
  expect(done.status).toBe(200)
  expect(installed).toMatchObject([
    {
      team: { id: 'T0MURMUR001' },
      bot: { token: 'xoxb-playground-0002', userId: 'U0MURMUR001' },
      user: { id: ALICE },
      appId: 'A0MURMUR001',
    },
  ])
  await workspace.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('takes a code once, from the right client, and only admins may allow', () =>
  withClient(async ({ workspace, client }) => {
    const authorize = async (user: string): Promise<URL> => {
      const query = new URLSearchParams({
        client_id: workspace.clientId,
        redirect_uri: 'http://localhost/back',
        state: 's',
        user,
      })
      const answer = await fetch(`${workspace.url}/oauth/v2/authorize?${query}`, { redirect: 'manual' })
      return new URL(answer.headers.get('location') ?? '')
    }
    expect((await authorize(BOB)).searchParams.get('error')).toBe('access_denied')
    const code = (await authorize(ALICE)).searchParams.get('code') ?? ''
    const secret = { client_id: workspace.clientId, client_secret: workspace.clientSecret }
    expect(await errorOf(client.oauth.v2.access({ ...secret, client_secret: 'wrong', code }))).toBe('bad_client_secret')
    const granted = await client.oauth.v2.access({ ...secret, code })
    expect(await errorOf(client.oauth.v2.access({ ...secret, code }))).toBe('invalid_code')
    expect((await clientOf(workspace, granted.access_token ?? '').auth.test()).ok).toBe(true)
  }))
