import { ApiError, invalidArguments } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import { checkView } from '../check-view.ts'
import type { JsonObject } from '../json-object.ts'
import { toSlackView } from '../view-payload.ts'

export const viewMethods: MethodTable = {
  'views.open': { run: openView },
  'views.push': { run: pushView },
  'views.update': { run: updateView },
  'views.publish': { run: publishHome },
}

function openView(args: CallArguments, context: ApiContext): JsonObject {
  const content = checkView(readView(args), 'modal')
  const trigger = context.state.triggers.exchange(args.required('trigger_id'))
  return { view: toSlackView(context.state, context.state.views.open(trigger.user, content)) }
}

function pushView(args: CallArguments, context: ApiContext): JsonObject {
  const content = checkView(readView(args), 'modal')
  const trigger = context.state.triggers.exchange(args.required('trigger_id'))
  return { view: toSlackView(context.state, context.state.views.push(trigger.user, content)) }
}

function updateView(args: CallArguments, context: ApiContext): JsonObject {
  const [viewId, externalId] = [args.text('view_id'), args.text('external_id')]
  if (viewId === undefined && externalId === undefined)
    throw invalidArguments('missing required field: view_id or external_id')
  const { views } = context.state
  const view = viewId === undefined ? views.findExternal(externalId ?? '') : views.find(viewId)
  if (view === undefined) throw new ApiError('not_found')
  const content = checkView(readView(args), view.content.type === 'home' ? 'home' : 'modal')
  return { view: toSlackView(context.state, views.update(view, content, args.text('hash'))) }
}

function publishHome(args: CallArguments, context: ApiContext): JsonObject {
  const user = args.required('user_id')
  if (!context.state.directory.users.has(user)) throw invalidArguments('invalid user_id')
  const content = checkView(readView(args), 'home')
  return { view: toSlackView(context.state, context.state.views.publish(user, content, args.text('hash'))) }
}

function readView(args: CallArguments): unknown {
  const view = args.object('view', 'invalid_arguments')
  if (view === undefined) throw new ApiError('invalid_arguments')
  return view
}
