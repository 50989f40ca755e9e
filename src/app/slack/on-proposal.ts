import { decideProposal } from '../../orchestration/improvements/decide-proposal.ts'
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
  const decided = await decideProposal({ runs, improving }, proposal, isApproved, click.userId, { channelId: click.channelId, threadId: click.threadId ?? click.messageId })
  if (!decided) return whisper(edge, click, 'Somebody else has already decided.')
  const { text, blocks } = renderNote({ note: `${verdict(isApproved, click.userId, proposal)}\n${decided.note}`, buttons: decided.buttons })
  if (click.messageId !== undefined) await calls.tryCall('chat.update', { channel: click.channelId, ts: click.messageId, text, blocks })
}

const verdict = (isApproved: boolean, adminId: string, { authorId, reason }: ProposalRecord): string => `<@${adminId}> ${isApproved ? 'approved' : 'rejected'} what ${authorId === '' ? 'I wanted to try' : `<@${authorId}> wanted better`}: ${reason.slice(0, 300).toWellFormed()}`
