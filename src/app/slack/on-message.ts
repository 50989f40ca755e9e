import type { SlackEdge } from './edge.ts'
import { readRequest } from './read-request.ts'

/** A delivered event as Bolt hands it over: Slack's whole envelope. */
export interface Delivery {
  readonly body: unknown
  readonly teamId: string | undefined
}

/**
 * A mention, a direct message or a message that is none of our business. When this returns, the request is stored and
 * Slack may be told so; what throws is answered with an error, and Slack delivers it again.
 */
export async function onMessage(edge: SlackEdge, { body, teamId }: Delivery): Promise<void> {
  const startedAtMs = edge.nowMs()
  const { botUserId, botId, teamId: ownTeamId } = await edge.workspaces.identify({ teamId })
  const read = readRequest(body, { botUserId, ...(botId === undefined ? {} : { botId }), ...(ownTeamId === '' ? {} : { teamId: ownTeamId }) })
  if (!read.ok) {
    edge.logger.debug({ why: read.why }, 'message passed over')
    return
  }
  const { runId, isNew } = await edge.commands.acceptRequest(read.request, read.dedupeKeys)
  edge.observeIntake(read.request.surface, (edge.nowMs() - startedAtMs) / 1_000)
  const facts = { runId, workspaceId: read.request.workspaceId, channelId: read.request.channelId, surface: read.request.surface }
  if (isNew) edge.logger.info(facts, 'request accepted')
  else edge.logger.debug(facts, 'request accepted before')
}
