import type { WorkspaceId } from '../../storage/records.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { readHome } from './home-facts.ts'
import { renderHome } from './render-home.ts'
import type { SlackCalls } from './slack-calls.ts'
import { suggestPrompts } from './suggested-prompts.ts'

export interface HomeOpened {
  readonly teamId: string | undefined
  readonly userId: string
  readonly channelId: string
  readonly tab: string
}

/** The Home tab shows the dashboard of one person; the messages tab offers what they may want to ask. */
export async function onHomeOpened(edge: SlackEdge, { teamId, userId, channelId, tab }: HomeOpened): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  if (tab === 'messages') {
    await calls.tryCall('assistant.threads.setSuggestedPrompts', { channel_id: channelId, title: 'Try one of these', prompts: await suggestPrompts(edge, workspaceId, userId) })
    return
  }
  await publishHome(edge, workspaceId, calls, userId)
}

export async function publishHome(edge: SlackEdge, workspaceId: WorkspaceId, calls: SlackCalls, userId: string): Promise<void> {
  await calls.tryCall('views.publish', { user_id: userId, view: renderHome(await readHome(edge, workspaceId, userId)) })
}
