import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import type { Channel } from '../directory.ts'
import { findChannel } from '../find-channel.ts'
import type { JsonObject } from '../json-object.ts'
import { requireChannelScope } from '../require-scope.ts'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1000
const KINDS: { readonly [type: string]: Channel['kind'] } = {
  public_channel: 'channel',
  private_channel: 'group',
  im: 'im',
  mpim: 'mpim',
}

export const conversationMethods: MethodTable = {
  'conversations.list': { run: listConversations },
  'users.conversations': { run: listConversationsOfUser },
  'conversations.info': { run: (args, context) => ({ channel: describe(findReadable(args, context), context) }) },
  'conversations.members': { run: listMembers },
  'conversations.open': { run: openConversation },
  'conversations.join': { scopes: ['channels:join'], run: joinConversation },
}

function listConversations(args: CallArguments, context: ApiContext): JsonObject {
  const channels = ofKinds(args, context).filter(
    (channel) => channel.kind === 'channel' || channel.members.has(context.grant.userId),
  )
  return pageOf('channels', channels, args, (channel) => describe(channel, context))
}

function listConversationsOfUser(args: CallArguments, context: ApiContext): JsonObject {
  const user = args.text('user') ?? context.grant.userId
  const channels = ofKinds(args, context).filter(
    (channel) => channel.members.has(user) && (channel.kind === 'channel' || channel.members.has(context.grant.userId)),
  )
  return pageOf('channels', channels, args, (channel) => describe(channel, context))
}

function ofKinds(args: CallArguments, context: ApiContext): Channel[] {
  const types = args.has('types') ? args.list('types') : ['public_channel']
  const kinds = new Set(
    types.map((type) => {
      const kind = KINDS[type]
      if (kind === undefined) throw new ApiError('invalid_types')
      return kind
    }),
  )
  for (const kind of kinds) requireChannelScope(context, kind, 'read')
  const noArchived = args.flag('exclude_archived')
  return [...context.state.directory.channels.values()].filter(
    (channel) => kinds.has(channel.kind) && !(noArchived && channel.isArchived),
  )
}

function findReadable(args: CallArguments, context: ApiContext): Channel {
  const channel = findChannel(context, args.required('channel'))
  requireChannelScope(context, channel.kind, 'read')
  return channel
}

function listMembers(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findReadable(args, context)
  return pageOf('members', [...channel.members], args, (member) => member)
}

function openConversation(args: CallArguments, context: ApiContext): JsonObject {
  const { directory } = context.state
  if (args.has('channel')) return { channel: describe(findChannel(context, args.required('channel')), context) }
  const users = args.list('users')
  if (users.length === 0) throw new ApiError('users_list_not_supplied')
  if (users.some((user) => !directory.users.has(user))) throw new ApiError('user_not_found')
  requireChannelScope(context, users.length === 1 ? 'im' : 'mpim', 'write')
  const [first] = users
  const channel = users.length === 1 && first !== undefined ? directory.imOf(first) : directory.groupMessageOf(users)
  return { channel: args.flag('return_im') || users.length > 1 ? describe(channel, context) : { id: channel.id } }
}

function joinConversation(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findChannel(context, args.required('channel'))
  if (channel.kind !== 'channel') throw new ApiError('method_not_supported_for_channel_type')
  if (channel.isArchived) throw new ApiError('is_archived')
  const wasMember = channel.members.has(context.grant.userId)
  channel.members.add(context.grant.userId)
  return { channel: describe(channel, context), ...(wasMember ? { warning: 'already_in_channel' } : {}) }
}

function describe(channel: Channel, context: ApiContext): JsonObject {
  if (channel.kind === 'im')
    return { id: channel.id, is_im: true, is_channel: false, is_archived: false, user: channel.imUser, is_member: true }
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'channel',
    is_group: channel.kind === 'group',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'channel',
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_member: channel.members.has(context.grant.userId),
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    num_members: channel.members.size,
    context_team_id: context.state.directory.team.id,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  }
}

/** A page of a list under its name; the cursor is the place of the next item. */
function pageOf<T>(name: string, items: readonly T[], args: CallArguments, show: (item: T) => unknown): JsonObject {
  const limit = args.integer('limit', DEFAULT_PAGE, MAX_PAGE)
  const start = Number(args.text('cursor') ?? '0') || 0
  const end = start + limit
  return {
    [name]: items.slice(start, end).map((item) => show(item)),
    response_metadata: { next_cursor: end < items.length ? String(end) : '' },
  }
}
