import { improveAnswer } from '../../orchestration/improvements/improve-answer.ts'
import type { Request, RunRecord, VersionRecord, WorkflowId } from '../../storage/records.ts'
import { whisper, type Click } from './click.ts'
import { findClickedRun, placeOf, type SlackEdge } from './edge.ts'
import { renderNote } from './render-note.ts'

/** Whoever may not take back what others made is told so. */
const undoIsFor = 'Taking this back is for whoever made it, and for admins.'

/**
 * The same request once more, by the recipe as it is now, beside the old answer. Its thread is not read: the old answer must not
 * colour the new one. Two clicks on one version are one run.
 */
export async function onCompare(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  if (!run) return whisper(edge, click, 'This answer is no longer stored.')
  const found = await versionFor(edge, run)
  if (found === undefined) return whisper(edge, click, 'There is no recipe for such requests any more.')
  const threadId = run.threadId ?? run.request.threadId
  const request: Request = { ...run.request, userId: click.userId, isReply: false, isPlain: true, isFresh: true, comparesWith: run.runId, ...(threadId === undefined ? {} : { threadId }) }
  const { isNew } = await edge.commands.acceptRequest(request, [`compare:${run.runId}:${found.workflowId}:${found.version}`])
  await whisper(edge, click, isNew ? `The same request is answered again in its thread, by version ${found.version} of the recipe.` : `The answer by version ${found.version} stands in the thread already.`)
}

/** Takes back one improvement, if it is still the version in force. */
export async function onUndo(edge: SlackEdge, click: Click): Promise<void> {
  const [workflowId = '', typed = ''] = click.value.split(':')
  const { workspaceId } = await placeOf(edge, click.teamId)
  const { learning, isAdmin, limits } = edge.commands
  const version = Number(typed)
  const workflow = await learning.workflows.find(workflowId)
  const made = workflow && (await learning.workflows.version(workflow.workflowId, version))
  const isHere = workflow?.workspaceId === workspaceId && click.channelId !== undefined && workflow.goalId === (await limits.goalOf(workspaceId, click.channelId))
  if (!workflow || !made || !isHere) return whisper(edge, click, 'This recipe is no longer stored.')
  if (made.authorId !== click.userId && !(await isAdmin(workspaceId, click.userId))) return whisper(edge, click, undoIsFor)
  const before = made.parentVersion
  const moved = await learning.library.move(workflow.workflowId as WorkflowId, { userId: click.userId, what: 'undo' }, ({ currentVersion, state }) => {
    if (currentVersion !== version || state === 'deleted') return undefined
    // Before the first version there was no recipe.
    return before === undefined ? { state: 'deleted' } : { currentVersion: before, canary: undefined }
  })
  if (!moved) return whisper(edge, click, `Version ${version} is not in force any more. \`/swarm workflows ${workflowId}\` shows what is.`)
  await whisper(edge, click, before === undefined ? 'Taken back: such requests are handled as any other again.' : `Taken back: version ${before} is in force again.`)
}

/** What was read as a remark was a request: the change is taken back, and it is answered. */
export async function onRemarkAsRequest(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  const note = run && (await edge.commands.readNote(run.runId))
  if (!run || !note) return whisper(edge, click, 'This request is no longer stored.')
  if (run.request.userId !== click.userId) return whisper(edge, click, `This is for <@${run.request.userId}>, who wrote it.`)
  const undo = note.buttons.find(({ actionId }) => actionId === 'undo_improvement')
  if (undo) await onUndo(edge, { ...click, value: undo.value })
  await edge.commands.acceptRequest({ ...run.request, isPlain: true }, [`plain:${run.runId}`])
}

/** The remark was meant for another answer: it is taken back here and made there. */
export async function onImproveOther(edge: SlackEdge, click: Click): Promise<void> {
  const [fromId = '', toId = ''] = click.value.split(':')
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const [from, to] = await Promise.all([fromId, toId].map((runId) => findClickedRun(edge, workspaceId, click.channelId, runId)))
  const remark = from && (await edge.commands.readRemark(from.runId, click.userId))
  if (!from || !to || remark === undefined) return whisper(edge, click, 'This answer is no longer stored.')
  const version = await edge.commands.learning.library.versionMadeBy(from.runId, click.userId)
  if (version) await onUndo(edge, { ...click, value: `${version.workflowId}:${version.version}` })
  const note = renderNote(await improveAnswer(edge.commands, to, { userId: click.userId, text: remark }))
  if (click.channelId !== undefined) await calls.tryCall('chat.postEphemeral', { channel: click.channelId, user: click.userId, ...note })
}

/** The version that a request like this run's follows now. */
async function versionFor({ commands }: SlackEdge, run: RunRecord): Promise<VersionRecord | undefined> {
  const goalId = await commands.limits.goalOf(run.workspaceId, run.request.channelId)
  const found = await commands.learning.library.find({ workspaceId: run.workspaceId, goalId, text: run.request.text, runId: run.runId })
  return found?.version
}
