import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver } from '@slack/bolt'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import { quietLogger } from './quiet-logger.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'

/** A real Bolt app on a free port, connected to a workspace of its own. */
export interface ConnectedApp {
  readonly app: App
  readonly workspace: Workspace
  close(): Promise<void>
}

/** Starts both; handlers are added with `register` before the first delivery. */
export async function connectBolt(
  register: (app: App, workspace: Workspace) => void,
  options: WorkspaceOptions = {},
): Promise<ConnectedApp> {
  const workspace = await createWorkspace(options)
  const receiver = new HTTPReceiver({ signingSecret: workspace.signingSecret, logger: quietLogger })
  const app = new App({
    // Without the check at start, which a test that is over quickly would cut off.
    token: workspace.botToken,
    tokenVerificationEnabled: false,
    botId: workspace.botId,
    botUserId: workspace.botUserId,
    receiver,
    logger: quietLogger,
    convoStore: false,
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 }, logger: quietLogger },
  })
  register(app, workspace)
  const server = createServer((request, response) => receiver.requestListener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  workspace.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    app,
    workspace,
    close: async () => {
      await workspace.close()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

/** The same, closed when the work is done. */
export async function withBolt(
  register: (app: App, workspace: Workspace) => void,
  work: (setup: ConnectedApp) => Promise<void>,
  options: WorkspaceOptions = {},
): Promise<void> {
  const setup = await connectBolt(register, options)
  try {
    await work(setup)
  } finally {
    await setup.close()
  }
}
