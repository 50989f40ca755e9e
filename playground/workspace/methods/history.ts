import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import type { Channel } from '../directory.ts'
import { findChannel } from '../find-channel.ts'
import type { JsonObject } from '../json-object.ts'
import { requireChannelScope } from '../require-scope.ts'
import { toSlackMessage } from '../slack-message.ts'
import type { TimeRange } from '../timeline.ts'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1000

/** Reading what was said, in a channel or a thread. */
export const historyMethods: MethodTable = {
  'conversations.history': { run: readHistory },
  'conversations.replies': { run: readReplies },
}

/** Newest first, replies left out unless they were broadcast; the cursor is the timestamp to go on below. */
function readHistory(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findReadable(args, context)
  const limit = args.integer('limit', DEFAULT_PAGE, MAX_PAGE - 1)
  const cursor = args.text('cursor')
  const range = readRange(args)
  const timeline = context.state.board.channel(channel.id)
  const found: JsonObject[] = []
  let latest = cursor === undefined || cursor === '' ? range : { ...range, latest: cursor, isInclusive: false }
  let hasMore = true
  let lastTs: string | undefined
  // Replies share the timeline, so a page may need more than one look; every look moves on by up to 1,000 messages.
  while (found.length < limit && hasMore) {
    const slice = timeline.slice(latest, MAX_PAGE, 'newest')
    hasMore = slice.hasMore
    for (const message of slice.messages.toReversed()) {
      if (found.length >= limit) {
        hasMore = true
        break
      }
      lastTs = message.ts
      if (message.threadTs === undefined)
        found.push(toSlackMessage(context.state, message, args.flag('include_all_metadata')))
    }
    if (lastTs === undefined) break
    latest = { ...latest, latest: lastTs, isInclusive: false }
  }
  return {
    messages: found,
    has_more: hasMore,
    pin_count: 0,
    ...(hasMore && lastTs !== undefined ? { response_metadata: { next_cursor: lastTs } } : {}),
  }
}

/** The root first, then the replies, oldest first. */
function readReplies(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findReadable(args, context)
  const asked = context.state.board.find(channel.id, args.required('ts'))
  if (asked === undefined) throw new ApiError('thread_not_found')
  const root = asked.threadTs === undefined ? asked : context.state.board.find(channel.id, asked.threadTs)
  if (root === undefined) throw new ApiError('thread_not_found')
  const limit = args.integer('limit', MAX_PAGE, MAX_PAGE)
  const cursor = args.text('cursor')
  const isFirstPage = cursor === undefined || cursor === ''
  const range = isFirstPage ? readRange(args) : { ...readRange(args), oldest: cursor, isInclusive: false }
  const replies = context.state.board
    .replies(channel.id, root.ts)
    ?.slice(range, isFirstPage ? Math.max(1, limit - 1) : limit, 'oldest')
  const messages = [...(isFirstPage ? [root] : []), ...(replies?.messages ?? [])]
  const hasMore = replies?.hasMore === true
  const last = messages.at(-1)
  return {
    messages: messages.map((message) => toSlackMessage(context.state, message, args.flag('include_all_metadata'))),
    has_more: hasMore,
    ...(hasMore && last !== undefined ? { response_metadata: { next_cursor: last.ts } } : {}),
  }
}

function readRange(args: CallArguments): TimeRange {
  const [oldest, latest] = [args.text('oldest'), args.text('latest')]
  return {
    ...(oldest === undefined || oldest === '0' || oldest === '' ? {} : { oldest }),
    ...(latest === undefined || latest === '' || latest === 'now' ? {} : { latest }),
    isInclusive: args.flag('inclusive'),
  }
}

function findReadable(args: CallArguments, context: ApiContext): Channel {
  const channel = findChannel(context, args.required('channel'))
  requireChannelScope(context, channel.kind, 'history')
  if (!channel.members.has(context.grant.userId)) throw new ApiError('not_in_channel')
  return channel
}
