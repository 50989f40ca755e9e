import type { Directory } from './directory.ts'
import type { ElementUse } from './elements/render-context.ts'
import { findEmoji } from './emoji.ts'
import { openEmojiPicker } from './emoji-picker.ts'
import { icon, type IconName } from './icon.ts'
import { make } from './make.ts'
import { openMenu, type MenuItem } from './popover.ts'
import type { Message } from './wire.ts'

/** A message shortcut of the app. */
export interface Shortcut {
  readonly callbackId: string
  readonly name: string
  readonly description: string
  readonly type: string
}

/** What a person can do with a message. */
export interface MessageHandlers {
  readonly messageShortcuts: readonly Shortcut[]
  readonly openThread: (message: Message) => void
  readonly react: (message: Message, name: string) => void
  readonly edit: (message: Message) => void
  readonly remove: (message: Message) => void
  readonly dismiss: (message: Message) => void
  readonly runShortcut: (message: Message, shortcut: Shortcut) => void
  readonly act: (message: Message, use: ElementUse) => Promise<void>
  readonly fileUrl: (fileId: string) => string
}

const quickReactions = ['white_check_mark', 'eyes', 'raised_hands'] as const

/** Draws the bar that appears over a message: quick reactions, reply, and a menu with the app's shortcuts. */
export function renderMessageToolbar(
  message: Message,
  directory: Directory,
  handlers: MessageHandlers,
  isInThread: boolean,
): HTMLElement {
  const button = (label: string, name: IconName, onclick: () => void): HTMLButtonElement =>
    make('button', { type: 'button', class: 'tool', 'aria-label': label, title: label, onclick }, icon(name))
  const quick = quickReactions.map((name) =>
    make(
      'button',
      {
        type: 'button',
        class: 'tool',
        'aria-label': `React with ${name.replaceAll('_', ' ')}`,
        onclick: () => handlers.react(message, name),
      },
      findEmoji(name),
    ),
  )
  const smile = button('Add reaction', 'smile', () => openEmojiPicker(smile, (name) => handlers.react(message, name)))
  const more = button('More actions', 'dots', () =>
    openMenu(more, 'Message actions', listActions(message, directory, handlers)),
  )
  more.setAttribute('aria-haspopup', 'menu')
  return make(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Message actions' },
    ...quick,
    smile,
    !isInThread && button('Reply in thread', 'reply', () => handlers.openThread(message)),
    more,
  )
}

function listActions(message: Message, directory: Directory, handlers: MessageHandlers): readonly MenuItem[] {
  const own = message.user === directory.me.id && message.botId === ''
  const shortcuts = handlers.messageShortcuts.map((shortcut) => ({
    label: shortcut.name,
    hint: appName(directory),
    choose: () => handlers.runShortcut(message, shortcut),
  }))
  const copy = {
    label: 'Copy text',
    choose: () => void navigator.clipboard?.writeText(message.text || message.markdownText),
  }
  const ofOwn = [
    { label: 'Edit message', choose: () => handlers.edit(message) },
    { label: 'Delete message…', isDanger: true, choose: () => handlers.remove(message) },
  ]
  return [...shortcuts, copy, ...(own ? ofOwn : [])]
}

function appName(directory: Directory): string {
  return directory.members.find((one) => one.isBot)?.name ?? ''
}
