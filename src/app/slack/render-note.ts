import type { CommandNote, NoteChoice } from '../../commands/command.ts'
import type { NoteButton } from '../../orchestration/thread-port.ts'
import type { Blocks, MessageContent } from './render-blocks.ts'
import { sanitizeMrkdwn, sanitizePlain } from './sanitize-text.ts'

/** Slack's limits: 3,000 characters a section, 50 blocks a message, and about 13,200 characters in all its blocks. */
const longestSection = 2_900
const maxSections = 20
const longestMessage = 12_000
const longestLabel = 75
const longestQuestion = 300

/** Replies quote what people asked and models said. Only the person who typed sees them, so names in them call nobody. */
export function safeReply(text: string): string {
  const mentionable = [...text.matchAll(/<[@#]([A-Z0-9]{1,24})(?:\|[^<>|\n]{0,80})?>/g)].map(([, id = '']) => id)
  return sanitizeMrkdwn(text, { mentionable })
}

/** A reply with buttons and a choice under it, for the person who typed. */
export function renderNote({ note, buttons, choice }: CommandNote): MessageContent {
  const text = safeReply(note)
  return { text, blocks: [...fitting(replySections(note)).map((section) => ({ type: 'section', text: { type: 'mrkdwn', text: section }, expand: true })), ...buttonsRow(buttons, choice)] as MessageContent['blocks'] }
}

/** As many sections as a message holds, and a word where that is not all. */
function fitting(sections: readonly string[]): readonly string[] {
  let chars = 0
  const fit = sections.filter((section) => (chars += section.length) <= longestMessage)
  return fit.length === sections.length ? sections : [...fit, '… The rest does not fit here.']
}

/** A reply made safe, in pieces of which each fits a section; what is too long for a window is left out. */
export function replySections(reply: string): readonly string[] {
  const sections: string[] = []
  let isInCode = false
  for (const line of safeReply(reply).split('\n')) {
    const last = sections.at(-1)
    if (last !== undefined && last.length + line.length < longestSection) sections[sections.length - 1] = `${last}\n${line}`
    else {
      // A block of code that is cut ends here and begins again there.
      if (isInCode && last !== undefined) sections[sections.length - 1] = `${last}\n\`\`\``
      sections.push(`${isInCode ? '```\n' : ''}${line.slice(0, longestSection - 10).toWellFormed()}`)
    }
    if (line === '```') isInCode = !isInCode
  }
  return sections.slice(0, maxSections).map((section) => (section === '' ? ' ' : section))
}

/** What can be done about a message, under it; nothing where that is nothing. */
export function buttonsRow(buttons: readonly NoteButton[], choice?: NoteChoice): Blocks {
  const elements = [...buttons.map(renderButton), ...(choice ? [renderChoice(choice)] : [])]
  return elements.length === 0 ? [] : [{ type: 'actions', elements }]
}

const plain = (text: string) => ({ type: 'plain_text' as const, text: sanitizePlain(text).slice(0, longestLabel).toWellFormed() || '-' })

const renderButton = ({ text, actionId, value, style, confirm }: NoteButton) => ({
  type: 'button' as const,
  action_id: actionId,
  value,
  text: plain(text),
  ...(style ? { style } : {}),
  ...(confirm === undefined ? {} : { confirm: renderConfirm(text, confirm) }),
})

const renderConfirm = (text: string, question: string) => ({
  title: plain(`${text}?`),
  text: { type: 'plain_text' as const, text: sanitizePlain(question).slice(0, longestQuestion).toWellFormed() },
  confirm: plain(text),
  deny: plain('Cancel'),
  style: 'danger' as const,
})

const renderChoice = ({ placeholder, actionId, options }: NoteChoice) => ({
  type: 'static_select' as const,
  action_id: actionId,
  placeholder: plain(placeholder),
  options: options.map(({ text, value }) => ({ text: plain(text), value })),
})
