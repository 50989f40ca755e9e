import type { RenderContext } from '../elements/render-context.ts'
import { renderImageElement } from '../elements/render-element.ts'
import { icon } from '../icon.ts'
import { make } from '../make.ts'
import { readText, type Json } from '../read-json.ts'
import { renderLink } from '../render-link.ts'
import { renderPlainText } from '../render-emoji.ts'
import { safeImageUrl, safeUrl } from '../safe-url.ts'
import { readTextObject } from '../read-text-object.ts'

/** Renders an image with its title. */
export function renderImage(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const title = readTextObject(block['title'])
  return make(
    'figure',
    { class: 'image' },
    title !== '' && make('figcaption', {}, renderPlainText(title)),
    renderImageElement({ element: block, blockId, context }),
  )
}

/** Renders a remote file by its id; Slack itself only shows such a block on messages that share one. */
export function renderFile(block: Json): HTMLElement {
  return make(
    'div',
    { class: 'file' },
    icon('file'),
    make(
      'div',
      {},
      make('div', { class: 'file-name' }, readText(block['external_id'])),
      make('div', { class: 'file-meta' }, `${readText(block['source']) || 'remote'} file`),
    ),
  )
}

/**
 * Renders a video as its preview picture; playing opens the address, because a page of a message may not run inside
 * this one.
 */
export function renderVideo(block: Json): HTMLElement {
  const title = readTextObject(block['title'])
  const description = readTextObject(block['description'])
  const provider = [readText(block['provider_name']), readText(block['author_name'])]
    .filter((one) => one !== '')
    .join(' · ')
  return make(
    'figure',
    { class: 'video' },
    provider !== '' && make('div', { class: 'file-meta' }, provider),
    make('figcaption', {}, renderLink(readText(block['title_url']), title)),
    description !== '' && make('div', { class: 'video-description' }, renderPlainText(description)),
    renderPreview(block),
  )
}

function renderPreview(block: Json): HTMLElement {
  const alt = readText(block['alt_text'])
  const picture = safeImageUrl(readText(block['thumbnail_url']))
  const face = [
    picture !== undefined && make('img', { src: picture, alt, referrerpolicy: 'no-referrer', loading: 'lazy' }),
    make('span', { class: 'video-play' }, icon('play')),
  ]
  const url = safeUrl(readText(block['video_url']))
  if (url === undefined) return make('span', { class: 'video-frame' }, ...face)
  return make(
    'a',
    { class: 'video-frame', href: url, target: '_blank', rel: 'noopener noreferrer', 'aria-label': `Play ${alt}` },
    ...face,
  )
}
