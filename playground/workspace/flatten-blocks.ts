import { asObjects, asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { StoredMessage } from './stored-message.ts'

/** Fields that people read, in reading order; everything else (ids, values, urls) stays silent. */
const READABLE = [
  'title',
  'subtitle',
  'caption',
  'label',
  'text',
  'body',
  'fields',
  'details',
  'output',
  'elements',
  'element',
  'accessory',
  'positive_button',
  'negative_button',
  'options',
  'tasks',
  'cards',
  'child_blocks',
  'rows',
  'columns',
  'sources',
  'hint',
  'placeholder',
  'alt_text',
] as const

/** The text of blocks (or any part of one) as plain lines, in the order a person reads them. */
export function flattenBlocks(blocks: unknown): string {
  const lines: string[] = []
  collect(blocks, lines)
  return lines.join('\n')
}

/** All that a person would read in a message, its notification text included; each text once. */
export function deliveredTextOf(message: Omit<StoredMessage, 'deliveredText' | 'ts' | 'reactions'>): string {
  const parts = [message.text]
  if (message.markdownText !== undefined && message.markdownText !== message.text) parts.push(message.markdownText)
  if (message.chunks !== undefined)
    parts.push(flattenBlocks(message.chunks.filter((chunk) => chunk.type !== 'markdown_text')))
  parts.push(flattenBlocks(message.blocks))
  if (message.attachments !== undefined) parts.push(flattenAttachments(message.attachments))
  for (const file of message.files ?? []) parts.push(file.title)
  return parts.filter((part) => part !== '').join('\n')
}

function flattenAttachments(attachments: readonly JsonObject[]): string {
  const parts = attachments.flatMap((item) => [
    asText(item.pretext),
    asText(item.text),
    asText(item.fallback),
    flattenBlocks(item.blocks),
  ])
  return parts.filter((part) => part !== undefined && part !== '').join('\n')
}

function collect(node: unknown, lines: string[]): void {
  if (typeof node === 'string') {
    if (node !== '') lines.push(node)
  } else if (Array.isArray(node)) {
    for (const item of node) collect(item, lines)
  } else if (isJsonObject(node)) {
    collectObject(node, lines)
  }
}

function collectObject(node: JsonObject, lines: string[]): void {
  if (node.type === 'rich_text_section' || node.type === 'rich_text_preformatted' || node.type === 'rich_text_quote') {
    lines.push(
      asObjects(node.elements)
        .map((element) => inlineText(element))
        .join(''),
    )
    return
  }
  if (node.type === 'blocks') collect(node.blocks, lines)
  for (const field of READABLE) if (node[field] !== undefined) collect(node[field], lines)
  if (node.type === 'raw_number' && typeof node.value === 'number') lines.push(String(node.value))
}

function inlineText(element: JsonObject): string {
  if (element.type === 'user') return `<@${asText(element.user_id) ?? ''}>`
  if (element.type === 'channel') return `<#${asText(element.channel_id) ?? ''}>`
  if (element.type === 'broadcast') return `<!${asText(element.range) ?? ''}>`
  if (element.type === 'emoji') return `:${asText(element.name) ?? ''}:`
  if (element.type === 'link') return asText(element.text) ?? asText(element.url) ?? ''
  return asText(element.text) ?? ''
}
