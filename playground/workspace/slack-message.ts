import type { JsonObject } from './json-object.ts'
import { shownBlocks } from './shown-blocks.ts'
import type { StoredFile, StoredMessage } from './stored-message.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** A stored message as the Web API and events show it. Metadata only when it was asked for, as in Slack. */
export function toSlackMessage(state: WorkspaceState, message: StoredMessage, includeMetadata = false): JsonObject {
  const { directory } = state
  const isBot = message.botId !== undefined
  return omitUndefined({
    type: 'message',
    subtype: message.subtype,
    ts: message.ts,
    user: message.user,
    bot_id: message.botId,
    app_id: isBot ? directory.appId : undefined,
    bot_profile: isBot
      ? {
          id: message.botId,
          app_id: directory.appId,
          name: directory.bot.name,
          deleted: false,
          team_id: directory.team.id,
        }
      : undefined,
    username: message.username,
    icons: message.iconEmoji === undefined ? undefined : { emoji: message.iconEmoji },
    team: directory.team.id,
    text: message.text,
    blocks: blocksOf(message),
    attachments: message.attachments,
    files: message.files?.map((file) => toSlackFile(file)),
    metadata: includeMetadata ? message.metadata : undefined,
    streaming_state: message.streamingState,
    edited: message.edited,
    reactions: message.reactions.length === 0 ? undefined : message.reactions,
    thread_ts: message.threadTs,
    ...threadFacts(state, message),
  })
}

export function toSlackFile(file: StoredFile): JsonObject {
  return {
    id: file.id,
    created: Math.floor(file.createdMs / 1000),
    timestamp: Math.floor(file.createdMs / 1000),
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.filetype,
    pretty_type: file.filetype.toUpperCase(),
    user: file.user,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    is_public: false,
    url_private: file.urlPrivate,
    url_private_download: `${file.urlPrivate}?download=1`,
    file_access: 'visible',
  }
}

/** Drops fields that are undefined, so that they do not appear in JSON or in comparisons. */
export function omitUndefined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function blocksOf(message: StoredMessage): readonly JsonObject[] | undefined {
  const blocks = shownBlocks(message)
  return blocks.length === 0 ? undefined : blocks
}

function threadFacts(state: WorkspaceState, message: StoredMessage): JsonObject {
  if (message.ephemeralTo !== undefined) return {}
  if (message.threadTs !== undefined && message.threadTs !== message.ts) {
    return { parent_user_id: state.board.find(message.channel, message.threadTs)?.user }
  }
  const replies = state.board.replies(message.channel, message.ts)
  if (replies === undefined || replies.size === 0) return {}
  const users = new Set(replies.slice({}, 50, 'newest').messages.map((reply) => reply.user))
  return {
    thread_ts: message.ts,
    reply_count: replies.size,
    reply_users: [...users],
    reply_users_count: users.size,
    latest_reply: replies.last?.ts,
  }
}
