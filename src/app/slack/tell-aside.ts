import type { Addressee } from '../../orchestration/thread-port.ts'
import { renderNotice } from './render-blocks.ts'
import type { SlackCalls } from './slack-calls.ts'

const timeoutMs = 5_000

/**
 * Reaches the person when there is no thread to speak in: through the response_url of their command, which is Slack's own
 * answer address, good for a few uses within half an hour; else in their direct messages.
 * @throws {MurmurError} MUR_SLACK_REJECTED, MUR_SLACK_BUSY when neither works
 */
export async function tellAside(calls: SlackCalls, { userId, channelId, replyUrl }: Addressee['request'], notice: string): Promise<void> {
  if (replyUrl !== undefined && (await respond(replyUrl, renderNotice(notice).text))) return
  const { text } = renderNotice(`About your request in <#${channelId}>: ${notice}`, [channelId])
  await calls.call('chat.postMessage', { channel: userId, text })
}

async function respond(replyUrl: string, text: string): Promise<boolean> {
  const body = JSON.stringify({ response_type: 'ephemeral', text })
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(replyUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Too late or not reachable: there is another way.
    return false
  }
}
