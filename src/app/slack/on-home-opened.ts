import { placeOf, type SlackEdge } from './edge.ts'
import { firstPrompts, renderHome } from './render-home.ts'

export interface HomeOpened {
  readonly teamId: string | undefined
  readonly userId: string
  readonly channelId: string
  readonly tab: string
}

const shownRuns = 10

/** The Home tab shows what the person's own conversation with the app did; the messages tab offers first prompts. */
export async function onHomeOpened(edge: SlackEdge, { teamId, userId, channelId, tab }: HomeOpened): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  if (tab === 'messages') {
    await calls.tryCall('assistant.threads.setSuggestedPrompts', { channel_id: channelId, title: 'Try one of these', prompts: firstPrompts })
    return
  }
  const specialties = (await edge.catalogueOf(workspaceId)).list()
  const runs = await edge.commands.runs.listUser(workspaceId, userId, shownRuns)
  await calls.tryCall('views.publish', { user_id: userId, view: renderHome({ runs, specialties }) })
}
