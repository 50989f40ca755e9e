import { readAuthor, renderAvatar, type Author } from './avatar.ts'
import { renderBlocks } from './blocks/render-blocks.ts'
import type { Replies } from './conversation-store.ts'
import type { Directory } from './directory.ts'
import type { ElementUse, RenderContext } from './elements/render-context.ts'
import { findEmoji } from './emoji.ts'
import { formatClock, formatFull } from './format-time.ts'
import { icon } from './icon.ts'
import { make } from './make.ts'
import { renderAttachments } from './render-attachments.ts'
import { renderFiles } from './render-files.ts'
import { renderMessageToolbar, type MessageHandlers } from './message-toolbar.ts'
import { renderPlainText } from './render-emoji.ts'
import { renderMrkdwn } from './render-mrkdwn.ts'
import { renderStream } from './render-stream.ts'
import { renderStatusLine } from './status-line.ts'
import type { Activity } from './activity.ts'
import type { Message } from './wire.ts'

/** Everything a message needs to be drawn in one place of the page. */
export interface MessageFrame {
  readonly message: Message
  /** Follows a message of the same author closely: no avatar, no name. */
  readonly isCompact: boolean
  readonly isInThread: boolean
  readonly replies: Replies | undefined
  readonly activity: Activity | undefined
  readonly directory: Directory
  readonly handlers: MessageHandlers
  readonly draft: RenderContext['draft']
  readonly memory: RenderContext['memory']
}

/** Draws one message with all that hangs on it. The element carries `data-ts`, which finds it again. */
export function renderMessage(frame: MessageFrame): HTMLElement {
  const { message, directory, handlers } = frame
  const author = readAuthor(message, directory)
  const isEphemeral = message.ephemeralTo !== ''
  const classes = [
    'message',
    frame.isCompact && 'compact',
    isEphemeral && 'ephemeral',
    message.isStreaming && 'live',
  ].filter((one) => one !== false)
  const attributes = {
    class: classes.join(' '),
    role: 'listitem',
    'aria-busy': message.isStreaming && 'true',
    'data-ts': message.ts,
    'data-author': author.name,
    tabindex: 0,
    'aria-label': `${author.name} at ${formatClock(message.ts)}`,
  }
  return make(
    'div',
    attributes,
    make('div', { class: 'gutter' }, frame.isCompact ? renderGutterTime(message) : renderAvatar(author)),
    make(
      'div',
      { class: 'message-main' },
      isEphemeral && make('div', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
      !frame.isCompact && renderHead(message, author),
      renderBody(frame),
      renderAttachments(message, contextOf(frame)),
      renderFiles(message.files, handlers.fileUrl),
      isEphemeral && renderDismiss(() => handlers.dismiss(message)),
      renderReactions(frame),
      renderReplyBar(frame),
      frame.activity !== undefined && frame.activity.status !== '' && renderStatusLine(frame.activity, directory),
    ),
    !isEphemeral && renderMessageToolbar(message, directory, handlers, frame.isInThread),
  )
}

function renderGutterTime(message: Message): HTMLElement {
  return make('time', { class: 'gutter-time' }, formatClock(message.ts).replace(/ [AP]M$/, ''))
}

function renderHead(message: Message, author: Author): HTMLElement {
  return make(
    'div',
    { class: 'message-head' },
    make('span', { class: 'author' }, author.name),
    author.isApp && make('span', { class: 'badge' }, 'APP'),
    make('time', { class: 'time', title: formatFull(message.ts) }, formatClock(message.ts)),
  )
}

function renderDismiss(dismiss: () => void): HTMLElement {
  return make('button', { type: 'button', class: 'link-button dismiss', onclick: dismiss }, 'Dismiss')
}

function contextOf(frame: MessageFrame): RenderContext {
  const { message, handlers, directory, draft, memory } = frame
  return { surface: 'message', directory, draft, memory, act: (use: ElementUse) => handlers.act(message, use) }
}

function renderBody(frame: MessageFrame): HTMLElement {
  const { message } = frame
  const body = make('div', { class: 'body' })
  const isStream = message.chunks.length > 0 || message.markdownText !== '' || message.isStreaming
  if (isStream) body.append(renderStream(message, contextOf(frame)))
  if (message.blocks.length > 0) body.append(renderBlocks(message.blocks, contextOf(frame)))
  if (!isStream && message.blocks.length === 0) body.append(renderText(frame))
  if (message.isEdited) body.append(make('span', { class: 'edited' }, ' (edited)'))
  return body
}

const onlyEmoji = /^\s*(:[a-z0-9_+'-]+:\s*){1,6}$/

function renderText({ message, directory }: MessageFrame): HTMLElement {
  const size = onlyEmoji.test(message.text) ? 'mrkdwn jumbo' : 'mrkdwn'
  return make('div', { class: size }, renderMrkdwn(message.text, directory))
}

function renderReactions({ message, directory, handlers }: MessageFrame): HTMLElement | false {
  if (message.reactions.length === 0) return false
  return make(
    'div',
    { class: 'reactions' },
    ...message.reactions.map((reaction) => {
      const isMine = reaction.users.includes(directory.me.id)
      const people = reaction.users.map((id) => directory.userName(id)).join(', ')
      return make(
        'button',
        {
          type: 'button',
          class: 'reaction',
          'aria-pressed': String(isMine),
          title: `${people} reacted with :${reaction.name}:`,
          'aria-label': `${reaction.name}, ${reaction.users.length}`,
          onclick: () => handlers.react(message, reaction.name),
        },
        make('span', { class: 'emoji' }, findEmoji(reaction.name) ?? renderPlainText(`:${reaction.name}:`)),
        String(reaction.users.length),
      )
    }),
  )
}

function renderReplyBar({ message, isInThread, replies, directory, handlers }: MessageFrame): HTMLElement | false {
  const count = Math.max(replies?.count ?? 0, message.replyCount)
  if (isInThread || count === 0) return false
  const faces = (replies?.users ?? []).map((reply) => renderAvatar(readAuthor(reply, directory), 'small'))
  return make(
    'button',
    { type: 'button', class: 'reply-bar', onclick: () => handlers.openThread(message) },
    ...faces,
    make('span', { class: 'reply-count' }, count === 1 ? '1 reply' : `${count} replies`),
    replies !== undefined && make('span', { class: 'reply-last' }, `Last reply at ${formatClock(replies.latestTs)}`),
    make('span', { class: 'reply-open' }, 'View thread'),
  )
}
