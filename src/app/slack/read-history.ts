import type { ThreadLine } from '../../orchestration/thread-port.ts'
import type { Request } from '../../storage/records.ts'
import { readSlackText } from './readable-text.ts'
import type { SlackArguments, SlackCalls } from './slack-calls.ts'
import { isOwnMessage, nextCursor, readMessages } from './slack-message.ts'
import type { SlackMessage } from './slack-message.ts'
import type { SlackLogger } from './web-clients.ts'

export interface ReadHistoryOptions {
  readonly calls: SlackCalls
  readonly request: Request
  readonly threadId: string
  readonly runId: string
  readonly botUserId: string
  readonly botId?: string | undefined
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly logger: SlackLogger
}

const mostLines = 50
const longestLine = 8_000
const longestHistory = 60_000
const pageSize = 200
/**
 * Pages come oldest first and only the newest lines are wanted, so a thread of more than 1,000 messages loses its
 * end.
 */
const mostPages = 5
const timeLimitMs = 3_000

/** Messages of people and bots; joins, topics and the like say nothing. */
const spokenSubtypes = new Set(['', 'file_share', 'thread_broadcast', 'bot_message', 'me_message'])

/**
 * What was said in the thread before the request, oldest first: at most 50 messages and 60,000 characters.
 * Answers within three seconds; what could not be read by then is left out, which is better than a late answer.
 */
export async function readHistory(options: ReadHistoryOptions, signal: AbortSignal): Promise<readonly ThreadLine[]> {
  const { messageId } = options.request
  return toLines(options, await readWithin(options, messageId === undefined ? {} : { latest: messageId, inclusive: false }, signal))
}

async function readWithin(options: ReadHistoryOptions, part: SlackArguments, signal: AbortSignal): Promise<readonly SlackMessage[]> {
  const messages: SlackMessage[] = []
  const over = new AbortController()
  const timer = AbortSignal.any([signal, over.signal])
  const limit = options.delay(timeLimitMs, timer).catch(() => undefined)
  await Promise.race([readPages(options, messages, part, timer), limit])
  over.abort('read')
  return messages
}

/** What people have said in the thread after the request and after a moment; bounded in number and time as the history is. */
export async function readNews(options: ReadHistoryOptions, afterMs: number, signal: AbortSignal): Promise<readonly ThreadLine[]> {
  const { request, threadId } = options
  const since = String(afterMs / 1_000)
  const asked = request.messageId ?? threadId
  const messages = await readWithin(options, { oldest: Number(asked) > Number(since) ? asked : since, inclusive: false }, signal)
  const said = messages.filter(({ ts, subtype, botId, userId }) => ts > asked && spokenSubtypes.has(subtype) && botId === '' && userId !== '' && userId !== options.botUserId)
  const lines = said.map((message) => toLine(options, message)).filter(({ text, sentAtMs }) => text !== '' && sentAtMs > afterMs)
  return lines.slice(-mostLines)
}

async function readPages(options: ReadHistoryOptions, found: SlackMessage[], part: SlackArguments, signal: AbortSignal): Promise<void> {
  const { calls, request, threadId, logger } = options
  const place = { channel: request.channelId, ts: threadId, limit: pageSize, include_all_metadata: true, ...part }
  let cursor = ''
  for (let page = 0; page < mostPages && !signal.aborted; page++) {
    const answer = await calls.tryCall('conversations.replies', { ...place, ...(cursor === '' ? {} : { cursor }) })
    if (!answer.ok) {
      logger.debug({ reason: answer.error.details['reason'] }, 'the thread could not be read')
      return
    }
    // A late page must not change what was given out already.
    if (signal.aborted) return
    found.push(...readMessages(answer.result))
    cursor = nextCursor(answer.result)
    if (cursor === '') return
  }
}

function toLines(options: ReadHistoryOptions, messages: readonly SlackMessage[]): readonly ThreadLine[] {
  const { request, runId } = options
  const spoken = messages.filter(
    ({ ts, subtype, step }) => ts !== request.messageId && spokenSubtypes.has(subtype) && step?.runId !== runId,
  )
  const earlier = spoken.filter(({ ts }) => request.messageId === undefined || ts < request.messageId)
  const lines = earlier
    .slice(-mostLines)
    .map((message) => toLine(options, message))
    .filter(({ text }) => text !== '')
  let room = longestHistory
  const kept = lines.toReversed().filter(({ text }) => (room -= text.length) >= 0)
  return kept.toReversed()
}

function toLine({ botUserId, botId }: ReadHistoryOptions, message: SlackMessage): ThreadLine {
  const isOwn = isOwnMessage(message, { botUserId, botId })
  const person = message.userId === '' ? message.postedAs || 'someone' : `<@${message.userId}>`
  return {
    author: isOwn ? 'Murmur' : message.botId === '' ? person : message.postedAs || person,
    text: readSlackText(message.text, botUserId).text.slice(0, longestLine),
    sentAtMs: Math.round(Number.parseFloat(message.ts) * 1_000) || 0,
    isOwn,
  }
}
