import { ApiError } from './api-error.ts'
import type { CallArguments } from './call-arguments.ts'
import { checkBlocks } from './check-blocks.ts'
import { asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** What posts and updates share. Undefined fields were not given. */
export interface MessageContent {
  readonly text?: string
  readonly blocks?: readonly JsonObject[]
  readonly attachments?: readonly JsonObject[]
  readonly markdownText?: string
  readonly metadata?: JsonObject
}

const MAX_MARKDOWN_TEXT = 12_000
const MAX_ATTACHMENTS = 100
const MAX_METADATA_BYTES = 16_000

/**
 * Reads and checks the content arguments of a post.
 * @throws {ApiError} markdown_text_conflict, msg_too_long, invalid_blocks_format, invalid_blocks, msg_blocks_too_long,
 * too_many_attachments, invalid_metadata_*
 */
export function readContent(args: CallArguments): MessageContent {
  const text = args.text('text')
  const blocks = args.objects('blocks', 'invalid_blocks_format')
  const attachments = args.objects('attachments', 'invalid_attachments')
  const markdownText = args.text('markdown_text')
  if (markdownText !== undefined && (text !== undefined || blocks !== undefined))
    throw new ApiError('markdown_text_conflict')
  if ((markdownText?.length ?? 0) > MAX_MARKDOWN_TEXT) throw new ApiError('msg_too_long')
  if ((attachments?.length ?? 0) > MAX_ATTACHMENTS) throw new ApiError('too_many_attachments')
  if (blocks !== undefined) refuseBadBlocks(blocks)
  const metadata = readMetadata(args)
  return {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(markdownText === undefined ? {} : { markdownText }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

/** @throws {ApiError} with the code of the worst fault and all messages */
export function refuseBadBlocks(blocks: readonly JsonObject[]): void {
  const faults = checkBlocks(blocks, 'message')
  const worst = faults.find((item) => item.code === 'invalid_blocks') ?? faults[0]
  if (worst === undefined) return
  const messages = faults.map((item) => `[ERROR] ${item.message} [json-pointer:/blocks${item.pointer}]`)
  throw new ApiError(worst.code, { errors: faults.map((item) => item.message), response_metadata: { messages } })
}

/** @throws {ApiError} no_text when nothing in it can be read */
export function refuseEmpty(content: MessageContent): void {
  const hasText = (content.text ?? content.markdownText ?? '') !== ''
  if (!hasText && (content.blocks?.length ?? 0) === 0 && (content.attachments?.length ?? 0) === 0)
    throw new ApiError('no_text')
}

/** @throws {ApiError} invalid_metadata_format, invalid_metadata_schema or metadata_too_large */
export function readMetadata(args: CallArguments): JsonObject | undefined {
  const metadata = args.object('metadata', 'invalid_metadata_format')
  if (metadata === undefined || Object.keys(metadata).length === 0) return metadata
  if (JSON.stringify(metadata).length > MAX_METADATA_BYTES) throw new ApiError('metadata_too_large')
  if (Array.isArray(metadata.entities)) return metadata
  if (!asText(metadata.event_type)) throw new ApiError('invalid_metadata_format')
  if (!isJsonObject(metadata.event_payload)) throw new ApiError('invalid_metadata_schema')
  return metadata
}
