import { WebClient } from '@slack/web-api'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import { quietLogger } from './quiet-logger.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'

/** A workspace and the real Slack client of its bot; nothing is retried unless a test asks for it. */
export interface ClientSetup {
  readonly workspace: Workspace
  readonly client: WebClient
}

export async function withClient(
  work: (setup: ClientSetup) => Promise<void>,
  options: WorkspaceOptions = {},
  token?: string,
): Promise<void> {
  const workspace = await createWorkspace(options)
  const client = clientOf(workspace, token)
  try {
    await work({ workspace, client })
  } finally {
    await workspace.close()
  }
}

export function clientOf(workspace: Workspace, token = workspace.botToken): WebClient {
  return new WebClient(token, { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 }, logger: quietLogger })
}

/** The error code of a refused call; fails when the call succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const data = (error as { data?: { error?: string } }).data
    return data?.error ?? (error as Error).name
  }
  throw new Error('Expected the call to be refused.')
}

export const ALICE = 'U0ALICE0001'
export const BOB = 'U0BOB000001'
export const GENERAL = 'C0GENERAL01'
