import { placeOf, type SlackEdge } from './edge.ts'

/** A click, as far as it matters here; Bolt has checked that Slack sent it. */
export interface Click {
  readonly teamId: string | undefined
  readonly userId: string
  readonly channelId: string | undefined
  readonly threadId: string | undefined
  readonly messageId: string | undefined
  readonly triggerId: string
  readonly value: string
}

/** Answers a click, for the person who made it only. */
export async function whisper(edge: SlackEdge, click: Click, text: string, blocks?: readonly unknown[]): Promise<void> {
  if (click.channelId === undefined) return
  const { calls } = await placeOf(edge, click.teamId)
  await calls.tryCall('chat.postEphemeral', {
    channel: click.channelId,
    user: click.userId,
    text,
    ...(click.threadId === undefined ? {} : { thread_ts: click.threadId }),
    ...(blocks ? { blocks } : {}),
  })
}
