import { formatUsd } from '../../commands/money.ts'
import type { BudgetWait, FeedbackKind, RunRecord } from '../../storage/records.ts'
import { findClickedRun, placeOf, type SlackEdge } from './edge.ts'
import { whisper, type Click } from './click.ts'
import { renderWhy, type AlikeRun } from './render-blocks.ts'
import { renderImproveModal } from './render-modals.ts'

/** Thumbs under an answer: kept with the run; a thumb down asks what would have been better. */
export async function onFeedback(edge: SlackEdge, click: Click): Promise<void> {
  const [kind, runId = ''] = click.value.split(':')
  if (kind !== 'up' && kind !== 'down') return
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, runId)
  if (!run) return
  await edge.commands.recordFeedback(run, { userId: click.userId, kind: kind satisfies FeedbackKind, text: '', createdAtMs: edge.nowMs() })
  if (kind === 'down') await calls.tryCall('views.open', { trigger_id: click.triggerId, view: renderImproveModal(run) })
  else await whisper(edge, click, 'Thank you. This counts for the next similar request.')
}

/** "Why this agent?": the decision with its scores, for the person who asked. */
export async function onWhy(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  if (!run?.route) return whisper(edge, click, 'No decision is stored for this answer.')
  const names = new Map((await edge.catalogueOf(workspaceId)).list().map(({ id, name }) => [id, name]))
  const { text, blocks } = renderWhy(run.route, names, run.runId, await findAlike(edge, run))
  await whisper(edge, click, text, blocks)
}

/** What the decision was learnt from, as far as the person can see it: in this channel. */
async function findAlike(edge: SlackEdge, { workspaceId, request, route }: RunRecord): Promise<AlikeRun[]> {
  const found = await Promise.all((route?.learnedFrom?.runIds ?? []).map((runId) => findClickedRun(edge, workspaceId, request.channelId, runId)))
  return found.flatMap((run) => (run ? [{ runId: run.runId, text: run.request.text }] : []))
}

/** "Should have been ...": kept as feedback, and the same request is answered again by the one that was named. */
export async function onReroute(edge: SlackEdge, click: Click): Promise<void> {
  const [runId = '', specialtyId = ''] = click.value.split(':')
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, runId)
  const catalogue = await edge.catalogueOf(workspaceId)
  if (!run || !catalogue.has(specialtyId)) return whisper(edge, click, 'This answer is no longer stored.')
  const { recordFeedback, acceptRequest } = edge.commands
  await recordFeedback(run, { userId: click.userId, kind: 'correction', text: specialtyId, createdAtMs: edge.nowMs() })
  const threadId = run.threadId ?? run.request.threadId
  const { swarm: _, ...asked } = run.request
  const request = { ...asked, userId: click.userId, isReply: true, forcedSpecialtyId: specialtyId, ...(threadId === undefined ? {} : { threadId }) }
  await acceptRequest(request, [`reroute:${runId}:${specialtyId}`])
  await whisper(edge, click, `The ${catalogue.get(specialtyId).name} answers this again in the thread.`)
}

/** "Ask again": the answer that was given again is not given any more, and the question is answered anew; two clicks are one run. */
export async function onAskAgain(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  if (!run) return whisper(edge, click, 'This answer is no longer stored.')
  const threadId = run.threadId ?? run.request.threadId
  await edge.commands.dropAnswer(run)
  await edge.commands.acceptRequest({ ...run.request, userId: click.userId, isReply: false, isFresh: true, ...(threadId === undefined ? {} : { threadId }) }, [`again:${run.runId}`])
}

/** Lets a run go on that waits, or stops it. A cap is for admins to raise; what it may cost, and whether it stops, also for who asked. */
export async function onApproval(edge: SlackEdge, click: Click, isApproved: boolean): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  if (run?.status !== 'waiting') return whisper(edge, click, 'This request no longer waits.')
  const { isAdmin, approveRun, canceller } = edge.commands
  const isForOwner = !isApproved || run.waitingFor?.kind === 'confirm'
  const mayDecide = (isForOwner && run.request.userId === click.userId) || (await isAdmin(workspaceId, click.userId))
  if (!mayDecide) return whisper(edge, click, isForOwner ? `This is for <@${run.request.userId}>, who asked, and for admins.` : raiseIsForAdmins)
  const amountMicroUsd = isApproved ? await approveRun(run, click.userId) : undefined
  if (!isApproved) await canceller.cancelRun(run.runId, click.userId)
  else if (amountMicroUsd === undefined) return whisper(edge, click, 'Somebody else has already decided.')
  const decided = amountMicroUsd === undefined ? `<@${click.userId}> decided not to go on.` : describeApproval(click.userId, run.waitingFor, amountMicroUsd)
  const message = { channel: click.channelId, ts: click.messageId, text: decided, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: decided } }] }
  if (click.messageId !== undefined) await calls.tryCall('chat.update', message)
}

const raiseIsForAdmins = 'Raising a budget is for admins of this workspace. Ask one of them to click here.'

function describeApproval(userId: string, waitingFor: BudgetWait | undefined, amountMicroUsd: number): string {
  const amount = formatUsd(amountMicroUsd)
  if (waitingFor?.kind === 'confirm') return `<@${userId}> agreed to about ${amount}; going on.`
  return `<@${userId}> approved ${amount} more ${waitingFor?.day === 'all' ? 'for this request' : 'for today'}; going on.`
}
