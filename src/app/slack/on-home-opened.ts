import { placeOf, type SlackEdge } from './edge.ts'
import { renderHome } from './render-home.ts'

export interface HomeOpened {
  readonly teamId: string | undefined
  readonly userId: string
  readonly channelId: string
  readonly tab: string
}

const shownRuns = 10
const maxPrompts = 4

/** The Home tab shows what the person's own conversation with the app did; the messages tab offers first prompts. */
export async function onHomeOpened(edge: SlackEdge, { teamId, userId, channelId, tab }: HomeOpened): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  const specialties = (await edge.catalogueOf(workspaceId)).list()
  if (tab === 'messages') {
    const prompts = specialties.flatMap(({ name, examples }) => examples.slice(0, 1).map((message) => ({ title: name, message }))).slice(0, maxPrompts)
    await calls.tryCall('assistant.threads.setSuggestedPrompts', { channel_id: channelId, title: 'Try one of these', prompts })
    return
  }
  const runs = await edge.commands.runs.listUser(workspaceId, userId, shownRuns)
  await calls.tryCall('views.publish', { user_id: userId, view: renderHome({ runs, specialties }) })
}
