import { readList, readNumber, readText, readTexts, type Json } from './read-json.ts'

/** A person or bot of the workspace. */
export interface Member {
  readonly id: string
  readonly name: string
  readonly realName: string
  readonly isBot: boolean
  readonly isAdmin: boolean
  readonly isRestricted: boolean
}

/**
 * A channel, private channel or direct message that the acting person may see. `otherUserId` is set on direct messages.
 */
export interface Channel {
  readonly id: string
  readonly name: string
  readonly topic: string
  readonly isPrivate: boolean
  readonly isIm: boolean
  readonly otherUserId: string
  readonly unread: number
}

/**
 * What a message list shows: the workspace's stored message, read once at the door. Blocks and chunks stay raw for
 * their renderers.
 */
export interface Message {
  readonly ts: string
  readonly channel: string
  readonly threadTs: string
  readonly user: string
  readonly botId: string
  readonly username: string
  readonly iconEmoji: string
  readonly iconUrl: string
  readonly text: string
  readonly markdownText: string
  readonly blocks: readonly Json[]
  readonly chunks: readonly Json[]
  readonly attachments: readonly Json[]
  readonly isStreaming: boolean
  readonly taskDisplayMode: string
  readonly files: readonly Json[]
  readonly reactions: readonly Reaction[]
  readonly isEdited: boolean
  readonly subtype: string
  readonly ephemeralTo: string
  readonly replyCount: number
  /** Set by the page on notices it writes itself; such a message exists in this tab only. */
  readonly isLocal?: boolean
}

export interface Reaction {
  readonly name: string
  readonly users: readonly string[]
}

/** Reads a member as the workspace sends it. */
export function readMember(json: Json): Member {
  const name = readText(json['name'])
  return {
    id: readText(json['id']),
    name,
    realName: readText(json['realName']) || capitalise(name),
    isBot: json['isBot'] === true,
    isAdmin: json['isAdmin'] === true,
    isRestricted: json['isRestricted'] === true,
  }
}

/** Reads a channel as the workspace sends it. */
export function readChannel(json: Json): Channel {
  return {
    id: readText(json['id']),
    name: readText(json['name']),
    topic: readText(json['topic']),
    isPrivate: json['isPrivate'] === true,
    isIm: json['isIm'] === true,
    otherUserId: readText(json['userId']),
    unread: readNumber(json['unread'], 0),
  }
}

/** Reads a stored message as the workspace sends it; absent fields become '' or []. */
export function readMessage(json: Json): Message {
  return {
    ts: readText(json['ts']),
    channel: readText(json['channel']),
    threadTs: readText(json['threadTs']),
    user: readText(json['user']),
    botId: readText(json['botId']),
    username: readText(json['username']),
    iconEmoji: readText(json['iconEmoji']),
    iconUrl: readText(json['iconUrl']),
    text: readText(json['text']),
    markdownText: readText(json['markdownText']),
    blocks: readList(json['blocks']),
    chunks: readList(json['chunks']),
    attachments: readList(json['attachments']),
    isStreaming: json['streamingState'] === 'in_progress',
    taskDisplayMode: readText(json['taskDisplayMode']),
    files: readList(json['files']),
    reactions: readList(json['reactions']).map((one) => ({
      name: readText(one['name']),
      users: readTexts(one['users']),
    })),
    isEdited: Boolean(json['edited']),
    subtype: readText(json['subtype']),
    ephemeralTo: readText(json['ephemeralTo']),
    replyCount: readNumber(json['replyCount'], 0),
  }
}

function capitalise(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1)
}
