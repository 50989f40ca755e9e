import { ApiError, invalidArguments } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import { describeFile } from '../describe-file.ts'
import type { ShelvedFile } from '../file-shelf.ts'
import { findWritableChannel } from '../find-channel.ts'
import { asText } from '../json-object.ts'
import type { JsonObject } from '../json-object.ts'
import { refuseBadBlocks } from '../message-content.ts'
import { toSlackFile } from '../slack-message.ts'
import type { StoredFile } from '../stored-message.ts'
import { readThread } from './chat.ts'

/** Largest file this workspace takes; Slack takes 1 GB. */
const MAX_FILE_BYTES = 32 * 1024 * 1024

export const fileMethods: MethodTable = {
  'files.getUploadURLExternal': { scopes: ['files:write'], run: reserveUpload },
  'files.completeUploadExternal': { scopes: ['files:write'], run: completeUpload },
  'files.info': { scopes: ['files:read'], run: readFile },
  'files.delete': { scopes: ['files:write'], run: deleteFile },
}

function reserveUpload(args: CallArguments, context: ApiContext): JsonObject {
  const name = args.required('filename')
  const bytes = Number(args.required('length'))
  if (!Number.isInteger(bytes) || bytes <= 0) throw invalidArguments('length must be a positive integer')
  if (bytes > MAX_FILE_BYTES) throw new ApiError('file_upload_size_restricted')
  const file = context.state.files.reserve(name, bytes, args.text('snippet_type'))
  return { upload_url: `${context.url}/upload/${file.id}`, file_id: file.id }
}

/** Makes the uploaded files visible and shares them in one message, as Slack does. */
function completeUpload(args: CallArguments, context: ApiContext): JsonObject {
  const asked = args.objects('files', 'invalid_arguments') ?? []
  if (asked.length === 0) throw invalidArguments('missing required field: files')
  const files = asked.map((item) => completeOne(item, context))
  const channelId = args.text('channel_id') ?? args.list('channels')[0]
  if (channelId !== undefined && channelId !== '') share(args, context, channelId, files)
  return { files: files.map((file) => toSlackFile(file)) }
}

function completeOne(item: JsonObject, context: ApiContext): StoredFile {
  const file = context.state.files.get(asText(item.id) ?? '')
  if (file?.bytes === undefined) throw new ApiError('file_not_found')
  file.info = describeFile(file, context.grant.userId, context.url, context.state.clock.nowMs, asText(item.title))
  return file.info
}

function share(args: CallArguments, context: ApiContext, channelId: string, files: readonly StoredFile[]): void {
  const channel = findWritableChannel(context, channelId)
  const threadTs = readThread(args, context, channel)
  const comment = args.text('initial_comment')
  const blocks = comment === undefined ? args.objects('blocks', 'invalid_blocks_format') : undefined
  if (blocks !== undefined) refuseBadBlocks(blocks)
  for (const file of files) context.state.files.get(file.id)?.channels.add(channel.id)
  context.state.board.post({
    channel: channel.id,
    user: context.grant.userId,
    botId: context.state.directory.bot.botId,
    text: comment ?? '',
    files,
    ...(blocks === undefined ? {} : { blocks }),
    ...(threadTs === undefined ? {} : { threadTs }),
  })
}

function readFile(args: CallArguments, context: ApiContext): JsonObject {
  const file = findFile(args, context)
  if (file.info === undefined) throw new ApiError('file_not_found')
  return { file: toSlackFile(file.info), comments: [], response_metadata: { next_cursor: '' } }
}

function deleteFile(args: CallArguments, context: ApiContext): JsonObject {
  const file = findFile(args, context)
  if (file.info !== undefined && file.info.user !== context.grant.userId) throw new ApiError('cant_delete_file')
  context.state.files.remove(file.id)
  return {}
}

function findFile(args: CallArguments, context: ApiContext): ShelvedFile {
  const file = context.state.files.get(args.required('file'))
  if (file === undefined) throw new ApiError('file_not_found')
  return file
}
