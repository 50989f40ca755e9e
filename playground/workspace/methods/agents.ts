import { ApiError, invalidArguments } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import { findChannel } from '../find-channel.ts'
import { asText } from '../json-object.ts'
import type { JsonObject } from '../json-object.ts'
import { SESSION_STATUSES } from '../session-book.ts'
import type { SessionStatus } from '../session-book.ts'
import { readPersona } from '../read-persona.ts'

const MAX_TITLE = 200
const MAX_LOADING_MESSAGES = 10
const MAX_PROMPTS = 4

/** Agent sessions, and the older assistant calls that share their place in the thread. */
export const agentMethods: MethodTable = {
  'agents.sessions.setStatus': { scopes: ['chat:write'], run: setSessionStatus },
  'agents.sessions.rename': { scopes: ['chat:write'], run: renameSession },
  'assistant.threads.setStatus': { scopes: ['chat:write'], run: setThreadStatus },
  'assistant.threads.setSuggestedPrompts': { scopes: ['assistant:write'], run: setSuggestedPrompts },
  'assistant.threads.setTitle': { scopes: ['assistant:write'], run: setThreadTitle },
}

export const isSessionStatus = (value: string): value is SessionStatus =>
  SESSION_STATUSES.some((status) => status === value)

function setSessionStatus(args: CallArguments, context: ApiContext): JsonObject {
  const status = args.required('status')
  if (!isSessionStatus(status)) throw new ApiError('invalid_status')
  const { channelId, threadTs } = readSessionPlace(args, context)
  const initiator = args.text('initiator_user_id')
  if (initiator !== undefined && !context.state.directory.users.has(initiator)) throw new ApiError('user_not_found')
  const known = context.state.sessions.get(channelId, threadTs)
  const title = readTitle(args)
  const session = context.state.sessions.set(channelId, threadTs, {
    ...(known ?? { ...(title === undefined ? {} : { title }), ...(initiator === undefined ? {} : { initiator }) }),
    ...readPersona(args, context),
    status,
  })
  const isDeaf = context.state.seed.events !== undefined && !context.state.seed.events.includes('agent_session_stopped')
  return {
    status,
    agent_status: status,
    ...(session.title === undefined ? {} : { title: session.title }),
    ...(isDeaf ? { warning: 'missing_agent_session_stopped_event_subscription' } : {}),
  }
}

function renameSession(args: CallArguments, context: ApiContext): JsonObject {
  const { channelId, threadTs } = readSessionPlace(args, context)
  const known = context.state.sessions.get(channelId, threadTs)
  if (known === undefined) throw new ApiError('session_not_found')
  args.required('title')
  const title = readTitle(args) ?? ''
  context.state.sessions.set(channelId, threadTs, { ...known, title })
  return { title }
}

function setThreadStatus(args: CallArguments, context: ApiContext): JsonObject {
  const { channelId, threadTs } = readThreadPlace(args, context)
  if (!args.has('status')) throw invalidArguments('missing required field: status')
  const loadingMessages = args.list('loading_messages')
  if (loadingMessages.length > MAX_LOADING_MESSAGES)
    throw invalidArguments('no more than 10 items allowed [json-pointer:/loading_messages]')
  const persona = readPersona(args, context)
  context.state.sessions.setStatusText(channelId, threadTs, args.text('status') ?? '', { loadingMessages, ...persona })
  return {}
}

function setSuggestedPrompts(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findChannel(context, args.required('channel_id'))
  const prompts = args.objects('prompts', 'invalid_arguments') ?? []
  if (prompts.length === 0 || prompts.length > MAX_PROMPTS)
    throw invalidArguments('1 to 4 items required [json-pointer:/prompts]')
  if (prompts.some((prompt) => !asText(prompt.title) || !asText(prompt.message)))
    throw invalidArguments('missing required field: title, message')
  const title = args.text('title')
  context.state.sessions.setPrompts(channel.id, args.text('thread_ts') ?? '', {
    prompts,
    ...(title === undefined ? {} : { title }),
  })
  return {}
}

function setThreadTitle(args: CallArguments, context: ApiContext): JsonObject {
  const { channelId, threadTs } = readThreadPlace(args, context)
  const title = args.required('title')
  const known = context.state.sessions.get(channelId, threadTs)
  context.state.sessions.set(channelId, threadTs, { ...(known ?? { status: 'active' }), title })
  return {}
}

function readTitle(args: CallArguments): string | undefined {
  const title = args.text('title')
  if ((title?.length ?? 0) > MAX_TITLE) throw invalidArguments('must be less than 201 characters [json-pointer:/title]')
  return title
}

/** @throws {ApiError} thread_ts_required, not_authorized */
function readSessionPlace(args: CallArguments, context: ApiContext): { channelId: string; threadTs: string } {
  const channel = findChannel(context, args.required('channel_id'))
  const threadTs = args.text('thread_ts')
  if (threadTs === undefined || threadTs === '') throw new ApiError('thread_ts_required')
  if (!channel.members.has(context.grant.userId)) throw new ApiError('not_authorized')
  return { channelId: channel.id, threadTs }
}

/** @throws {ApiError} invalid_thread_ts when there is no such message */
function readThreadPlace(args: CallArguments, context: ApiContext): { channelId: string; threadTs: string } {
  const channel = findChannel(context, args.required('channel_id'))
  const threadTs = args.required('thread_ts')
  if (context.state.board.find(channel.id, threadTs) === undefined) throw new ApiError('invalid_thread_ts')
  return { channelId: channel.id, threadTs }
}
