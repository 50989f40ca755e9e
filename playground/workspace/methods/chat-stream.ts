import { ApiError, invalidArguments } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import type { Channel } from '../directory.ts'
import { findChannel, findWritableChannel } from '../find-channel.ts'
import { asObjects, asText } from '../json-object.ts'
import type { JsonObject } from '../json-object.ts'
import { readMetadata, refuseBadBlocks } from '../message-content.ts'
import { toSlackMessage } from '../slack-message.ts'
import type { StoredMessage } from '../stored-message.ts'
import { countStreamCharacters, foldChunks } from '../stream-book.ts'
import type { OpenStream } from '../stream-book.ts'
import { readThread } from './chat.ts'
import { isSessionStatus } from './agents.ts'
import { readPersona } from '../read-persona.ts'

/** All that a streamed message may show, tasks included; measured near 12,000 (CopilotKit/CopilotKit#6064). */
const MAX_STREAM_CHARACTERS = 12_000
const MAX_BLOCKS = 50
const CHUNK_TYPES = new Set(['markdown_text', 'task_update', 'plan_update', 'blocks'])
const TASK_STATUSES = new Set(['pending', 'in_progress', 'complete', 'error'])

export const chatStreamMethods: MethodTable = {
  'chat.startStream': { scopes: ['chat:write'], run: startStream },
  'chat.appendStream': { scopes: ['chat:write'], run: appendStream },
  'chat.stopStream': { scopes: ['chat:write'], run: stopStream },
}

function startStream(args: CallArguments, context: ApiContext): JsonObject {
  const channel = findWritableChannel(context, args.required('channel'))
  const threadTs = readThread(args, context, channel)
  if (threadTs === undefined) throw invalidArguments('missing required field: thread_ts')
  refuseMissingRecipient(args, context, channel)
  const added = readAdded(args)
  refuseTooLong(added.chunks)
  const { state, grant } = context
  const displayMode = args.text('task_display_mode')
  const message = state.board.post({
    ...readPersona(args, context),
    channel: channel.id,
    threadTs,
    user: grant.userId,
    botId: state.directory.bot.botId,
    streamingState: 'in_progress',
    ...shownFields(foldChunks([], added.chunks)),
    ...(displayMode === undefined ? {} : { taskDisplayMode: displayMode }),
  })
  state.streams.open({
    channel: channel.id,
    ts: message.ts,
    threadTs,
    mode: added.mode,
    lastTouchMs: state.clock.nowMs,
    isStoppedByUser: false,
  })
  state.sessions.setStatusText(channel.id, threadTs, '')
  state.sessions.set(channel.id, threadTs, { ...state.sessions.get(channel.id, threadTs), status: 'processing' })
  return { channel: channel.id, ts: message.ts }
}

function appendStream(args: CallArguments, context: ApiContext): JsonObject {
  const { stream, message } = findStream(args, context)
  if (stream.isStoppedByUser) throw new ApiError('stopped_by_user')
  const added = readAdded(args)
  if (added.mode === 'undecided') throw new ApiError('markdown_text_or_chunks_required')
  const chunks = foldInto(stream, message, added, context)
  context.state.board.change(message, shownFields(chunks))
  return { channel: stream.channel, ts: stream.ts }
}

function stopStream(args: CallArguments, context: ApiContext): JsonObject {
  const { stream, message } = findStream(args, context)
  const blocks = args.objects('blocks', 'invalid_blocks_format')
  if (blocks !== undefined) refuseBadBlocks(blocks)
  const metadata = readMetadata(args)
  const status = args.text('session_status') ?? 'active'
  if (!isSessionStatus(status)) throw new ApiError('invalid_status')
  const chunks = foldInto(stream, message, readAdded(args), context)
  const { state } = context
  state.streams.close(stream)
  const stopped = state.board.change(message, {
    ...shownFields(chunks, blocks),
    streamingState: 'completed',
    ...(metadata === undefined ? {} : { metadata }),
  })
  state.sessions.set(stream.channel, stream.threadTs, {
    ...state.sessions.get(stream.channel, stream.threadTs),
    status,
  })
  return { channel: stream.channel, ts: stream.ts, message: toSlackMessage(state, stopped ?? message, true) }
}

/**
 * @throws {ApiError} missing_recipient_team_id, missing_recipient_user_id or user_not_found, outside direct messages
 */
function refuseMissingRecipient(args: CallArguments, context: ApiContext, channel: Channel): void {
  if (channel.kind === 'im') return
  if (!args.has('recipient_team_id')) throw new ApiError('missing_recipient_team_id')
  if (!args.has('recipient_user_id')) throw new ApiError('missing_recipient_user_id')
  if (!context.state.directory.users.has(args.required('recipient_user_id'))) throw new ApiError('user_not_found')
}

/** @throws {ApiError} message_not_found, message_not_owned_by_app or message_not_in_streaming_state */
function findStream(args: CallArguments, context: ApiContext): { stream: OpenStream; message: StoredMessage } {
  const { state } = context
  const channel = findChannel(context, args.required('channel'))
  const message = state.board.find(channel.id, args.required('ts'))
  if (message === undefined) throw new ApiError('message_not_found')
  if (message.botId !== state.directory.bot.botId) throw new ApiError('message_not_owned_by_app')
  const stream = state.streams.get(channel.id, message.ts)
  if (stream === undefined) throw new ApiError('message_not_in_streaming_state')
  if (state.faults.takeWorkspaceFault('stream_expired') || state.streams.isExpired(stream, state.clock.nowMs)) {
    state.streams.close(stream)
    state.board.change(message, { streamingState: 'completed' })
    throw new ApiError('message_not_in_streaming_state')
  }
  return { stream, message }
}

interface Added {
  readonly mode: OpenStream['mode']
  readonly chunks: readonly JsonObject[]
}

/**
 * @throws {ApiError} cannot_provide_both_markdown_text_and_chunks, invalid_chunks, msg_blocks_too_many or what blocks
 * cause
 */
function readAdded(args: CallArguments): Added {
  const markdownText = args.text('markdown_text')
  const chunks = args.objects('chunks', 'invalid_chunks')
  if (markdownText !== undefined && chunks !== undefined)
    throw new ApiError('cannot_provide_both_markdown_text_and_chunks')
  if (markdownText !== undefined)
    return { mode: 'markdown_text', chunks: [{ type: 'markdown_text', text: markdownText }] }
  for (const chunk of chunks ?? []) checkChunk(chunk)
  return { mode: chunks === undefined || chunks.length === 0 ? 'undecided' : 'chunks', chunks: chunks ?? [] }
}

function checkChunk(chunk: JsonObject): void {
  const isTask = chunk.type === 'task_update'
  if (!CHUNK_TYPES.has(asText(chunk.type) ?? '')) throw new ApiError('invalid_chunks')
  if (chunk.type === 'markdown_text' && asText(chunk.text) === undefined) throw new ApiError('invalid_chunks')
  if ((isTask || chunk.type === 'plan_update') && !asText(chunk.title)) throw new ApiError('invalid_chunks')
  if (isTask && (!asText(chunk.id) || !TASK_STATUSES.has(asText(chunk.status) ?? '')))
    throw new ApiError('invalid_chunks')
  if (chunk.type !== 'blocks') return
  if (!Array.isArray(chunk.blocks)) throw new ApiError('invalid_chunks')
  if (chunk.blocks.length > MAX_BLOCKS) throw new ApiError('msg_blocks_too_many')
  refuseBadBlocks(asObjects(chunk.blocks))
}

function foldInto(
  stream: OpenStream,
  message: StoredMessage,
  added: Added,
  context: ApiContext,
): readonly JsonObject[] {
  if (stream.mode !== 'undecided' && added.mode !== 'undecided' && stream.mode !== added.mode)
    throw new ApiError('streaming_mode_mismatch')
  const chunks = foldChunks(message.chunks ?? [], added.chunks)
  refuseTooLong(chunks)
  if (added.mode !== 'undecided') stream.mode = added.mode
  stream.lastTouchMs = context.state.clock.nowMs
  return chunks
}

function refuseTooLong(chunks: readonly JsonObject[]): void {
  if (countStreamCharacters(chunks) > MAX_STREAM_CHARACTERS) throw new ApiError('msg_too_long')
}

/** What the message shows for its chunks; closing blocks come after blocks that were streamed. */
function shownFields(
  chunks: readonly JsonObject[],
  closing: readonly JsonObject[] = [],
): Pick<StoredMessage, 'text' | 'markdownText' | 'chunks' | 'blocks'> {
  const texts = chunks.filter((chunk) => chunk.type === 'markdown_text').map((chunk) => asText(chunk.text) ?? '')
  const text = texts.join('')
  return { text, markdownText: text, chunks, blocks: closing }
}
