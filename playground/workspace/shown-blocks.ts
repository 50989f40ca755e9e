import { asObjects, asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { StoredMessage } from './stored-message.ts'

/**
 * Gives every block the id Slack would give it, so that answers and errors can name it; the same block gets the same
 * id each time.
 */
export function nameBlocks(blocks: readonly JsonObject[], prefix = 'auto'): readonly JsonObject[] {
  return blocks.map((block, index) => (asText(block.block_id) ? block : { ...block, block_id: `${prefix}${index}` }))
}

/**
 * All blocks of a message as Slack lists them: its markdown as a block, then streamed tasks and blocks, then its own.
 */
export function shownBlocks(message: StoredMessage): readonly JsonObject[] {
  const chunks = message.chunks ?? []
  const markdown =
    message.markdownText === undefined || message.markdownText === ''
      ? []
      : [{ type: 'markdown', text: message.markdownText }]
  if (chunks.length === 0) return [...nameBlocks(markdown, 'text'), ...nameBlocks(message.blocks)]
  const tasks = chunks.filter((chunk) => chunk.type === 'task_update').map((chunk) => taskCard(chunk))
  const streamed = chunks.filter((chunk) => chunk.type === 'blocks').flatMap((chunk) => asObjects(chunk.blocks))
  return [
    ...nameBlocks(markdown, 'text'),
    ...nameBlocks(tasks, 'task'),
    ...nameBlocks(streamed, 'stream'),
    ...nameBlocks(message.blocks),
  ]
}

/** The message with named blocks everywhere, for the page; what it clicks there is found again. */
export function withNamedBlocks(message: StoredMessage): StoredMessage {
  // Numbered over all chunks, as in `shownBlocks`.
  let count = 0
  const chunks = message.chunks?.map((chunk) => {
    if (chunk.type !== 'blocks') return chunk
    const blocks = asObjects(chunk.blocks).map((block) => {
      const id = `stream${count}`
      count += 1
      return asText(block.block_id) ? block : { ...block, block_id: id }
    })
    return { ...chunk, blocks }
  })
  return { ...message, blocks: nameBlocks(message.blocks), ...(chunks === undefined ? {} : { chunks }) }
}

function taskCard(chunk: JsonObject): JsonObject {
  return { type: 'task_card', task_id: chunk.id, title: chunk.title, status: chunk.status }
}
