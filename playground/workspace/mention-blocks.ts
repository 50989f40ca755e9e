import type { JsonObject } from './json-object.ts'

const MARKUP = /<(@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|![a-z]+|https?:\/\/[^>|]+)(?:\|[^>]*)?>/g

/** The rich text that Slack makes of what a person types: text, mentions and links. */
export function mentionBlocks(text: string): readonly JsonObject[] {
  if (text === '') return []
  const elements: JsonObject[] = []
  let from = 0
  for (const match of text.matchAll(MARKUP)) {
    if (match.index > from) elements.push({ type: 'text', text: text.slice(from, match.index) })
    elements.push(elementOf(match[1] ?? ''))
    from = match.index + match[0].length
  }
  if (from < text.length) elements.push({ type: 'text', text: text.slice(from) })
  return [{ type: 'rich_text', block_id: 'typed', elements: [{ type: 'rich_text_section', elements }] }]
}

function elementOf(target: string): JsonObject {
  const name = target.slice(1)
  if (target.startsWith('@')) return { type: 'user', user_id: name }
  if (target.startsWith('#')) return { type: 'channel', channel_id: name }
  if (target.startsWith('!')) return { type: 'broadcast', range: name }
  return { type: 'link', url: target }
}
