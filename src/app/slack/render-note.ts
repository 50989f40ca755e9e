import type { CommandNote, NoteChoice } from '../../commands/command.ts'
import type { NoteButton } from '../../orchestration/thread-port.ts'
import type { Blocks, MessageContent } from './render-blocks.ts'
import { sanitizeMrkdwn, sanitizePlain } from './sanitize-text.ts'

const longestSection = 2_900
const longestLabel = 75

/** Replies quote what people asked and models said. Only the person who typed sees them, so names in them call nobody. */
export function safeReply(text: string): string {
  const mentionable = [...text.matchAll(/<[@#]([A-Z0-9]{1,24})(?:\|[^<>|\n]{0,80})?>/g)].map(([, id = '']) => id)
  return sanitizeMrkdwn(text, { mentionable })
}

/** A reply with buttons and a choice under it, for the person who typed. */
export function renderNote({ note, buttons, choice }: CommandNote): MessageContent {
  const text = safeReply(note)
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, longestSection).toWellFormed() }, expand: true }, ...buttonsRow(buttons, choice)] as MessageContent['blocks'] }
}

/** What can be done about a message, under it; nothing where that is nothing. */
export function buttonsRow(buttons: readonly NoteButton[], choice?: NoteChoice): Blocks {
  const elements = [...buttons.map(renderButton), ...(choice ? [renderChoice(choice)] : [])]
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

const plain = (text: string) => ({ type: 'plain_text' as const, text: sanitizePlain(text).slice(0, longestLabel).toWellFormed() || '-' })

const renderButton = ({ text, actionId, value, style }: NoteButton) => ({ type: 'button' as const, action_id: actionId, value, text: plain(text), ...(style ? { style } : {}) })

const renderChoice = ({ placeholder, actionId, options }: NoteChoice) => ({
  type: 'static_select' as const,
  action_id: actionId,
  placeholder: plain(placeholder),
  options: options.map(({ text, value }) => ({ text: plain(text), value })),
})
