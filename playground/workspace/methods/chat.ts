import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import type { Channel } from '../directory.ts'
import { findChannel, findWritableChannel } from '../find-channel.ts'
import type { JsonObject } from '../json-object.ts'
import { readContent, refuseEmpty } from '../message-content.ts'
import type { MessageContent } from '../message-content.ts'
import { toSlackMessage } from '../slack-message.ts'
import type { StoredMessage } from '../stored-message.ts'
import { readPersona } from '../read-persona.ts'

/** Longest text of an update; a post is cut at 40,000 instead (docs.slack.dev/reference/methods/chat.update). */
const MAX_UPDATE_TEXT = 4000

export const chatMethods: MethodTable = {
  'chat.postMessage': { scopes: ['chat:write'], run: postMessage },
  'chat.postEphemeral': { scopes: ['chat:write'], run: postEphemeral },
  'chat.update': { scopes: ['chat:write'], run: updateMessage },
  'chat.delete': { scopes: ['chat:write'], run: deleteMessage },
  'chat.getPermalink': { run: getPermalink },
}

function postMessage(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findWritableChannel(context, args.required('channel'))
  const content = readContent(args)
  refuseEmpty(content)
  const persona = readPersona(args, context)
  const threadTs = readThread(args, context, channel)
  const { state, grant } = context
  const message = state.board.post({
    ...withText(content),
    ...persona,
    channel: channel.id,
    user: grant.userId,
    botId: state.directory.bot.botId,
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(persona.username === undefined ? {} : { subtype: 'bot_message' }),
  })
  // A message of the app ends the "is thinking..." line of its thread, as on Slack.
  if (threadTs !== undefined) state.sessions.setStatusText(channel.id, threadTs, '')
  return { channel: channel.id, ts: message.ts, message: toSlackMessage(state, message, true) }
}

function postEphemeral(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findWritableChannel(context, args.required('channel'))
  const user = args.required('user')
  if (!context.state.directory.users.has(user)) throw new ApiError('user_not_found')
  if (!channel.members.has(user)) throw new ApiError('user_not_in_channel')
  const content = readContent(args)
  refuseEmpty(content)
  const threadTs = readThread(args, context, channel)
  const message = context.state.board.post({
    ...withText(content),
    ...readPersona(args, context),
    channel: channel.id,
    user: context.grant.userId,
    botId: context.state.directory.bot.botId,
    ephemeralTo: user,
    ...(threadTs === undefined ? {} : { threadTs }),
  })
  return { message_ts: message.ts }
}

function updateMessage(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findChannel(context, args.required('channel'))
  const message = findOwnMessage(context, channel, args.required('ts'), 'cant_update_message')
  if (message.streamingState === 'in_progress') throw new ApiError('streaming_state_conflict')
  const content = readContent(args)
  if (content.metadata === undefined) refuseEmpty(content)
  if ((content.text?.length ?? 0) > MAX_UPDATE_TEXT && content.blocks === undefined) throw new ApiError('msg_too_long')
  const changed = context.state.board.change(message, updatePatch(message, content, context))
  if (changed === undefined) throw new ApiError('message_not_found')
  return {
    channel: channel.id,
    ts: changed.ts,
    text: changed.text,
    message: toSlackMessage(context.state, changed, true),
  }
}

/** Text without blocks removes the old blocks; blocks without text keep the old text; left-out metadata stays. */
function updatePatch(message: StoredMessage, content: MessageContent, context: ApiContext): Partial<StoredMessage> {
  const isTextOnly = content.blocks === undefined && (content.text !== undefined || content.markdownText !== undefined)
  const text = content.text ?? content.markdownText ?? message.text
  const isMarkdown = content.markdownText !== undefined
  const hasContent = content.blocks !== undefined || isTextOnly
  return {
    text,
    blocks: isTextOnly ? [] : (content.blocks ?? message.blocks),
    ...(hasContent ? { markdownText: isMarkdown ? text : '', chunks: [] } : {}),
    ...(content.attachments === undefined ? {} : { attachments: content.attachments }),
    ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
    ...(isTextOnly ? { edited: { user: context.grant.userId, ts: context.state.clock.next() } } : {}),
  }
}

function deleteMessage(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findChannel(context, args.required('channel'))
  const message = findOwnMessage(context, channel, args.required('ts'), 'cant_delete_message')
  const stream = context.state.streams.get(channel.id, message.ts)
  if (stream !== undefined) context.state.streams.close(stream)
  context.state.board.remove(message)
  return { channel: channel.id, ts: message.ts }
}

function getPermalink(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findChannel(context, args.required('channel'))
  const message = context.state.board.find(channel.id, args.required('message_ts'))
  if (message === undefined) throw new ApiError('message_not_found')
  const thread = message.threadTs === undefined ? '' : `?thread_ts=${message.threadTs}&cid=${channel.id}`
  return {
    channel: channel.id,
    permalink: `${context.url}/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`,
  }
}

function findOwnMessage(context: ApiContext, channel: Channel, ts: string, refusal: string): StoredMessage {
  const message = context.state.board.find(channel.id, ts)
  if (message === undefined) throw new ApiError('message_not_found')
  if (message.botId !== context.state.directory.bot.botId) throw new ApiError(refusal)
  return message
}

/** A reply to a reply lands in the same thread. @throws {ApiError} thread_not_found */
export function readThread(args: CallArguments, context: ApiContext, channel: Channel): string | undefined {
  const threadTs = args.text('thread_ts')
  if (threadTs === undefined || threadTs === '') return undefined
  const root = context.state.board.find(channel.id, threadTs)
  if (root === undefined) throw new ApiError('thread_not_found')
  return root.threadTs ?? threadTs
}

function withText(content: MessageContent): MessageContent & { readonly text: string } {
  return { ...content, text: content.text ?? content.markdownText ?? '' }
}
