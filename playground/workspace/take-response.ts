import { refuseBadBlocks } from './message-content.ts'
import { asObjects, asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { ResponseTarget } from './response-urls.ts'
import type { MessageDraft, StoredMessage } from './stored-message.ts'
import type { WorkspaceState } from './workspace-state.ts'

/**
 * Carries out a message sent to a response_url, or returned at once by a command: shown to one person unless
 * `in_channel`;
 * `replace_original` and `delete_original` act on the message that was clicked.
 * @throws {ApiError} no_text, invalid_blocks
 */
export function takeResponse(
  state: WorkspaceState,
  target: ResponseTarget,
  payload: JsonObject,
): StoredMessage | undefined {
  const original = findOriginal(state, target)
  if (payload.delete_original === true || payload.delete_original === 'true') {
    if (original !== undefined) state.board.remove(original)
    return undefined
  }
  const content = contentOf(payload)
  if (original !== undefined && (payload.replace_original === true || payload.replace_original === 'true')) {
    return state.board.change(original, { blocks: [], ...content })
  }
  const threadTs = asText(payload.thread_ts) ?? target.threadTs
  const isPublic = payload.response_type === 'in_channel'
  const draft: MessageDraft = {
    ...content,
    channel: target.channel,
    user: state.directory.bot.userId,
    botId: state.directory.bot.botId,
    ...(threadTs === undefined ? {} : { threadTs }),
    ...(isPublic ? {} : { ephemeralTo: target.user }),
  }
  return state.board.post(draft)
}

function contentOf(payload: JsonObject): Pick<MessageDraft, 'text'> & Partial<MessageDraft> {
  const blocks = Array.isArray(payload.blocks) ? asObjects(payload.blocks) : undefined
  if (blocks !== undefined) refuseBadBlocks(blocks)
  const attachments = Array.isArray(payload.attachments) ? asObjects(payload.attachments) : undefined
  const markdownText = asText(payload.markdown_text)
  return {
    text: asText(payload.text) ?? markdownText ?? '',
    ...(blocks === undefined ? {} : { blocks }),
    ...(attachments === undefined ? {} : { attachments }),
    ...(markdownText === undefined ? {} : { markdownText }),
  }
}

function findOriginal(state: WorkspaceState, target: ResponseTarget): StoredMessage | undefined {
  if (target.messageTs === undefined) return undefined
  return target.isEphemeral === true
    ? state.board.findEphemeral(target.user, target.messageTs)
    : state.board.find(target.channel, target.messageTs)
}

/** Whether a payload has anything to show or to delete. */
export function isResponse(payload: JsonObject): boolean {
  const hasText = [payload.text, payload.markdown_text].some((text) => asText(text) !== undefined && text !== '')
  return (
    hasText || Array.isArray(payload.blocks) || Array.isArray(payload.attachments) || payload.delete_original === true
  )
}
