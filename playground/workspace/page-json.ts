import type { Channel } from './directory.ts'
import type { JsonObject } from './json-object.ts'
import type { SeedUser } from './seed.ts'
import { withNamedBlocks } from './shown-blocks.ts'
import type { StoredMessage } from './stored-message.ts'
import type { StoredView } from './view-book.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** What the page learns first: who is here, where they talk, what the app offers. */
export function pageState(state: WorkspaceState, me: SeedUser, unreadOf: (channel: string) => number): JsonObject {
  const { directory, seed, faults } = state
  const channels = [...directory.channels.values()].filter((channel) => directory.canSee(me.id, channel.id))
  return {
    team: directory.team,
    me: pageUser(me),
    users: [...directory.users.values()].map((user) => pageUser(user)),
    channels: channels.map((channel) => pageChannel(state, channel, unreadOf(channel.id))),
    commands: seed.commands ?? [],
    shortcuts: seed.shortcuts ?? [],
    faults: faults.list(),
    botUserId: directory.bot.userId,
    botId: directory.bot.botId,
    appId: directory.appId,
    ...(seed.banner === undefined ? {} : { banner: { text: seed.banner } }),
  }
}

/** A message for the page: blocks named, and how many replies a root has. */
export function pageMessage(state: WorkspaceState, message: StoredMessage): JsonObject {
  const replyCount = message.threadTs === undefined ? (state.board.replies(message.channel, message.ts)?.size ?? 0) : 0
  return { ...withNamedBlocks(message), replyCount }
}

export function pageView(view: StoredView): JsonObject {
  return {
    ...view.content,
    id: view.id,
    hash: view.hash,
    ...(view.errors === undefined ? {} : { errors: view.errors }),
  }
}

function pageUser(user: SeedUser): JsonObject {
  return {
    id: user.id,
    name: user.name,
    realName: user.realName ?? user.name,
    isBot: user.isBot === true,
    isAdmin: user.isAdmin === true,
    isRestricted: user.isGuest === true,
  }
}

function pageChannel(state: WorkspaceState, channel: Channel, unread: number): JsonObject {
  const isIm = channel.kind === 'im'
  return {
    id: channel.id,
    name: isIm ? state.directory.bot.name : channel.name,
    isPrivate: channel.kind !== 'channel',
    isIm,
    unread,
    ...(isIm ? { userId: state.directory.bot.userId } : {}),
  }
}
