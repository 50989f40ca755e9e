import type { ApiContext } from './api-method.ts'
import { ApiError } from './api-error.ts'
import type { Channel } from './directory.ts'

/**
 * The conversation an argument names: an id, a name, or a person's id for the direct message with them.
 * @throws {ApiError} channel_not_found, also for private ones the bot is no member of
 */
export function findChannel(context: ApiContext, idOrName: string): Channel {
  const { directory } = context.state
  if (directory.users.has(idOrName) && idOrName !== directory.bot.userId) return directory.imOf(idOrName)
  const channel = directory.channel(idOrName)
  if (channel === undefined) throw new ApiError('channel_not_found')
  if (channel.kind !== 'channel' && !channel.members.has(context.grant.userId)) throw new ApiError('channel_not_found')
  return channel
}

/**
 * A conversation the bot may write into.
 * @throws {ApiError} is_archived, or not_in_channel without membership or chat:write.public
 */
export function findWritableChannel(context: ApiContext, idOrName: string): Channel {
  const channel = findChannel(context, idOrName)
  if (channel.isArchived) throw new ApiError('is_archived')
  if (!channel.members.has(context.grant.userId) && !context.grant.scopes.has('chat:write.public'))
    throw new ApiError('not_in_channel')
  return channel
}
