import { decideProposal } from '../../orchestration/improvements/decide-proposal.ts'
import { improveOpenFields } from '../../orchestration/improvements/improve-answer.ts'
import type { ProposalRecord } from '../../storage/proposal-store.ts'
import { whisper, type Click } from './click.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { renderNote } from './render-note.ts'

/** An admin approves or rejects an improvement; whether they may is asked at each click. */
export async function onProposal(edge: SlackEdge, click: Click, isApproved: boolean): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const { improving, isAdmin, limits, runs } = edge.commands
  const proposal = await improving.approval.proposals.find(click.value)
  const isHere = proposal?.workspaceId === workspaceId && click.channelId !== undefined && proposal.goalId === (await limits.goalOf(workspaceId, click.channelId))
  if (!proposal || !isHere) return whisper(edge, click, 'This improvement is no longer stored.')
  if (!(await isAdmin(workspaceId, click.userId))) return whisper(edge, click, 'Approving improvements is for admins of this workspace. Ask one of them to click here.')
  const decided = await decideProposal({ runs, improving }, proposal, isApproved, click.userId)
  if (!decided) return whisper(edge, click, 'Somebody else has already decided.')
  const { text, blocks } = renderNote({ note: `${verdict(isApproved, click.userId, proposal)}\n${decided.note}`, buttons: decided.buttons })
  if (click.messageId !== undefined) await calls.tryCall('chat.update', { channel: click.channelId, ts: click.messageId, text, blocks })
  await tellAuthor(edge, click, proposal, isApproved)
  const run = isApproved ? await runs.find(proposal.runId) : undefined
  if (run && proposal.authorId !== '') await improveOpenFields(edge.commands, run, { userId: proposal.authorId, text: proposal.reason })
}

const verdict = (isApproved: boolean, adminId: string, { authorId, reason }: ProposalRecord): string => `<@${adminId}> ${isApproved ? 'approved' : 'rejected'} what ${authorId === '' ? 'I wanted to try' : `<@${authorId}> wanted better`}: ${reason.slice(0, 300).toWellFormed()}`

/** Where they asked for it, so that they are notified: a message that changes notifies nobody. */
async function tellAuthor(edge: SlackEdge, click: Click, { authorId }: ProposalRecord, isApproved: boolean): Promise<void> {
  if (authorId === '' || authorId === click.userId || click.channelId === undefined) return
  const { calls } = await placeOf(edge, click.teamId)
  const text = isApproved ? `<@${authorId}> your improvement is approved. It counts from the next such request on.` : `<@${authorId}> your improvement was not approved; the recipe stays as it is.`
  await calls.tryCall('chat.postMessage', { channel: click.channelId, text, ...(click.threadId === undefined ? {} : { thread_ts: click.threadId }) })
}
