import type { StoredMessage } from '../../playground/workspace/stored-message.ts'

/** The answer in a message, without what stands under it: the streamed text, else its Markdown blocks, else the plain text. */
export function shownText({ text, markdownText = '', blocks }: StoredMessage): string {
  if (markdownText !== '') return markdownText
  const markdown = blocks.filter((block) => block['type'] === 'markdown').map((block) => String(block['text']))
  return markdown.length > 0 ? markdown.join('\n') : text
}

/** A text with all blanks alike, for answers that were cut into several messages. */
export const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
