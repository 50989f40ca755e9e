import { improveAnswer } from '../../orchestration/improvements/improve-answer.ts'
import type { Request } from '../../storage/records.ts'
import { findClickedRun, placeOf, type SlackEdge } from './edge.ts'
import { readField, type FormErrors, type FormSubmission } from './form.ts'
import { renderNote } from './render-note.ts'
import { inputs, renderAskModal, renderImproveModal } from './render-modals.ts'

interface Caller {
  readonly teamId: string | undefined
  readonly userId: string
}

export interface ShortcutCall extends Caller {
  readonly triggerId: string
}


export async function onAskShortcut(edge: SlackEdge, { teamId, triggerId }: ShortcutCall): Promise<void> {
  const { calls } = await placeOf(edge, teamId)
  await calls.tryCall('views.open', { trigger_id: triggerId, view: renderAskModal() })
}

/** "Improve this answer" on a message: only our own answers have a run to improve. */
export async function onImproveShortcut(edge: SlackEdge, call: ShortcutCall & { readonly channelId: string; readonly messageId: string; readonly threadId: string | undefined }): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, call.teamId)
  const run = await edge.commands.runs.findByPost(workspaceId, call.channelId, call.messageId)
  if (run) {
    await calls.tryCall('views.open', { trigger_id: call.triggerId, view: renderImproveModal(run) })
    return
  }
  await calls.tryCall('chat.postEphemeral', {
    channel: call.channelId,
    user: call.userId,
    text: 'I can improve my own answers only. Use this on a message of mine.',
    ...(call.threadId === undefined ? {} : { thread_ts: call.threadId }),
  })
}

export async function onAskSubmitted(edge: SlackEdge, call: FormSubmission): Promise<FormErrors> {
  const text = readField(call.values, inputs.request)
  const channelId = readField(call.values, inputs.channel)
  if (text === '') return { [inputs.request.blockId]: 'Write what you need, in a sentence or more.' }
  if (channelId === '') return { [inputs.channel.blockId]: 'Choose the channel for the answer.' }
  const { workspaceId } = await placeOf(edge, call.teamId)
  const request: Request = { workspaceId, surface: 'shortcut', channelId, userId: call.userId, text, files: [], mentionable: [call.userId], isReply: false }
  await edge.commands.acceptRequest(request, [`view:${call.viewId}`])
  return {}
}

export async function onImproveSubmitted(edge: SlackEdge, call: FormSubmission): Promise<FormErrors> {
  const text = readField(call.values, inputs.improvement)
  if (text === '') return { [inputs.improvement.blockId]: 'Say what would have been better, in a few words.' }
  const { workspaceId, calls } = await placeOf(edge, call.teamId)
  const run = await findClickedRun(edge, workspaceId, undefined, readRunId(call.metadata))
  if (!run) return { [inputs.improvement.blockId]: 'This answer is no longer stored, so it cannot be improved.' }
  const note = renderNote(await improveAnswer(edge.commands, run, { userId: call.userId, text }))
  await calls.tryCall('chat.postEphemeral', {
    channel: run.request.channelId,
    user: call.userId,
    ...note,
    ...(run.threadId === undefined ? {} : { thread_ts: run.threadId }),
  })
  return {}
}

function readRunId(metadata: string): string {
  try {
    const { runId } = JSON.parse(metadata) as { runId?: unknown }
    return typeof runId === 'string' ? runId : ''
  } catch {
    return ''
  }
}
