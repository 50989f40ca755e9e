import { placeOf, type SlackEdge } from './edge.ts'

export interface StopCall {
  readonly teamId: string | undefined
  readonly channelId: string
  readonly threadId: string
  readonly userId: string
}

/** Slack's own Stop button: every open run of the thread ends, and what was shown stays with a notice. */
export async function onSessionStopped(edge: SlackEdge, { teamId, channelId, threadId, userId }: StopCall): Promise<void> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  const stopped = await edge.commands.canceller.cancelThread(workspaceId, channelId, threadId, userId)
  edge.logger.info({ stopped, channelId }, 'stop asked for')
  // With nothing to stop nobody would release the session, which then shows as working for ever.
  if (stopped === 0) await calls.tryCall('agents.sessions.setStatus', { channel_id: channelId, thread_ts: threadId, status: 'active' })
}
