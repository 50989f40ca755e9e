import { slashCommands } from '../../commands/register-commands.ts'
import { asMurmurError } from '../../errors.ts'
import type { WorkspaceId } from '../../storage/records.ts'
import type { Click } from './click.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { publishHome } from './on-home-opened.ts'
import { replySections } from './render-note.ts'

/** The history of a workflow, with what each version changed, in a window. */
export async function onWorkflowHistory(edge: SlackEdge, click: Click): Promise<void> {
  const [channelId = '', workflowId = ''] = click.value.split(':')
  await answer(edge, click, channelId, `workflows ${workflowId}`)
}

/** Puts the version before in force again; who may is asked here, whatever the Home showed. One that is no longer in force is left alone. */
export async function onWorkflowRollback(edge: SlackEdge, click: Click): Promise<void> {
  const [channelId = '', workflowId = '', version = '', shownVersion = ''] = click.value.split(':')
  const workflow = await edge.commands.learning.workflows.find(workflowId)
  const isNewest = workflow === undefined || String(workflow.currentVersion) === shownVersion
  await answer(edge, click, channelId, isNewest ? `rollback ${workflowId} ${version}` : `workflows ${workflowId}`)
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  await publishHome(edge, workspaceId, calls, click.userId)
}

/** What the command says in a channel that the person is in, in a window: a Home has no place for an answer. */
async function answer(edge: SlackEdge, click: Click, channelId: string, text: string): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const said = (await mayRead(edge, workspaceId, click.userId, channelId)) ? await runCommand(edge, { workspaceId, channelId, userId: click.userId, text }) : 'You are not in the channel of this workflow, so I cannot show it to you.'
  await calls.tryCall('views.open', { trigger_id: click.triggerId, view: renderWindow(said) })
}

/** A direct message belongs to whoever asked in it. */
async function mayRead({ channelsOf, commands }: SlackEdge, workspaceId: WorkspaceId, userId: string, channelId: string): Promise<boolean> {
  if (!channelId.startsWith('D')) return (await channelsOf(workspaceId, userId)).has(channelId)
  const [run] = await commands.runs.listChannel(workspaceId, channelId, 1)
  return run?.request.userId === userId
}

async function runCommand(edge: SlackEdge, call: { readonly workspaceId: WorkspaceId; readonly channelId: string; readonly userId: string; readonly text: string }): Promise<string> {
  try {
    const reply = await slashCommands['/swarm'](edge.commands, { ...call, dedupeKey: '', replyUrl: undefined })
    return typeof reply === 'string' ? reply : typeof reply === 'object' && 'note' in reply ? reply.note : ''
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.told === 'operator') throw failure
    return `:warning: ${failure.message}`
  }
}

const renderWindow = (text: string) => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'Workflow' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: replySections(text).map((section) => ({ type: 'section', text: { type: 'mrkdwn', text: section } })),
})
