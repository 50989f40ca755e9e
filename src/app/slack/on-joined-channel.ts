import { placeOf, type SlackEdge } from './edge.ts'

export interface JoinedChannel {
  readonly teamId: string | undefined
  readonly channelId: string
  readonly userId: string
  readonly inviterId: string | undefined
}

const introduction =
  'Hello! Mention me with a request and the right specialist answers in a thread. `/swarm help` lists what else I do. I only read messages that mention me.'

/** Introduces the app to the person who invited it; to nobody else, because a channel did not ask. */
export async function onJoinedChannel(edge: SlackEdge, { teamId, channelId, userId, inviterId }: JoinedChannel): Promise<void> {
  const { botUserId } = await edge.workspaces.find({ teamId })
  if (userId !== botUserId || inviterId === undefined) return
  const { calls } = await placeOf(edge, teamId)
  await calls.tryCall('chat.postEphemeral', { channel: channelId, user: inviterId, text: introduction })
}
