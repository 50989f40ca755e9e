import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import { findChannel } from '../find-channel.ts'
import type { JsonObject } from '../json-object.ts'
import { toSlackMessage } from '../slack-message.ts'
import type { StoredMessage } from '../stored-message.ts'

export const reactionMethods: MethodTable = {
  'reactions.add': { scopes: ['reactions:write'], run: (args, context) => react(args, context, true) },
  'reactions.remove': { scopes: ['reactions:write'], run: (args, context) => react(args, context, false) },
  'reactions.get': { scopes: ['reactions:read'], run: readReactions },
}

function react(args: CallArguments, context: ApiContext, isAdded: boolean): JsonObject {
  const name = args.required('name')
  if (!/^[\w+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new ApiError('invalid_name')
  const message = findTarget(args, context)
  const isChanged = context.state.board.react(message, context.grant.userId, name, isAdded)
  if (!isChanged) throw new ApiError(isAdded ? 'already_reacted' : 'no_reaction')
  return {}
}

function readReactions(args: CallArguments, context: ApiContext): JsonObject {
  const message = findTarget(args, context)
  return { type: 'message', channel: message.channel, message: toSlackMessage(context.state, message) }
}

function findTarget(args: CallArguments, context: ApiContext): StoredMessage {
  const channel = findChannel(context, args.required('channel'))
  const message = context.state.board.find(channel.id, args.required('timestamp'))
  if (message === undefined) throw new ApiError('message_not_found')
  return message
}
