import { renderBlocks } from './blocks/render-blocks.ts'
import type { RenderContext } from './elements/render-context.ts'
import { make } from './make.ts'
import { readList, readText, type Json } from './read-json.ts'
import { renderLink } from './render-link.ts'
import { renderMrkdwn } from './render-mrkdwn.ts'
import type { Message } from './wire.ts'

const maxAttachments = 20

/** Renders legacy attachments: a coloured bar beside blocks, or beside title, text and fields. */
export function renderAttachments(message: Message, context: RenderContext): HTMLElement | false {
  if (message.attachments.length === 0) return false
  return make(
    'div',
    { class: 'attachments' },
    ...message.attachments.slice(0, maxAttachments).map((one) => renderAttachment(one, context)),
  )
}

function renderAttachment(attachment: Json, context: RenderContext): HTMLElement {
  const root = make('div', { class: 'attachment' })
  const color = `#${readText(attachment['color']).replace('#', '')}`
  if (/^#[0-9a-f]{3,8}$/i.test(color)) root.style.borderColor = color
  const blocks = readList(attachment['blocks'])
  if (blocks.length > 0) {
    root.append(renderBlocks(blocks, context))
    return root
  }
  const title = readText(attachment['title'])
  if (title !== '')
    root.append(make('div', { class: 'attachment-title' }, renderLink(readText(attachment['title_link']), title)))
  root.append(
    make(
      'div',
      { class: 'mrkdwn' },
      renderMrkdwn(readText(attachment['text']) || readText(attachment['fallback']), context.directory),
    ),
  )
  for (const field of readList(attachment['fields'])) {
    root.append(
      make(
        'div',
        { class: 'mrkdwn' },
        make('strong', {}, readText(field['title'])),
        ' ',
        renderMrkdwn(readText(field['value']), context.directory),
      ),
    )
  }
  return root
}
