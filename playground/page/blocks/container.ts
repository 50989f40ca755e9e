import type { RenderContext } from '../elements/render-context.ts'
import { renderElement } from '../elements/render-element.ts'
import { icon } from '../icon.ts'
import { make } from '../make.ts'
import { readList, readObject, readText, type Json } from '../read-json.ts'
import { renderPlainText } from '../render-emoji.ts'
import { renderTextObject } from '../render-mrkdwn.ts'
import { renderRichText } from '../render-rich-text.ts'
import { readTextObject } from '../read-text-object.ts'

const widths = new Set(['narrow', 'standard', 'wide', 'full'])

/** Renders a titled frame around other blocks, which a person may fold when the app allows it. */
export function renderContainer(
  block: Json,
  context: RenderContext,
  blockId: string,
  renderChildren: (blocks: readonly Json[], context: RenderContext) => HTMLElement,
): HTMLElement {
  const width = widths.has(readText(block['width'])) ? readText(block['width']) : 'standard'
  const body = make(
    'div',
    { class: 'container-body' },
    renderChildren(readList(block['child_blocks']).slice(0, 10), context),
  )
  const head = renderHead(block, context, blockId)
  if (block['is_collapsible'] !== true) {
    const divided = block['has_header_divider'] === true ? ' divided' : ''
    return make(
      'section',
      { class: `container width-${width}${divided}` },
      make('div', { class: 'container-head' }, ...head),
      body,
    )
  }
  const key = `${blockId}/open`
  const isOpen = context.memory.get(key) ?? block['default_collapsed'] !== true
  const details = make(
    'details',
    { class: `container width-${width}`, open: isOpen === true, ontoggle: () => context.memory.set(key, details.open) },
    make('summary', { class: 'container-head' }, ...head, icon('chevron-down')),
    body,
  )
  return details
}

function renderHead(block: Json, context: RenderContext, blockId: string): readonly (HTMLElement | false)[] {
  const image = renderElement({ element: readObject(block['icon']), blockId, context })
  const rich = readObject(block['rich_text_title'])
  const title =
    Object.keys(rich).length > 0
      ? renderRichText(rich, context.directory)
      : renderPlainText(readTextObject(block['title']))
  const subtitle =
    block['subtitle'] !== undefined
    && make('div', { class: 'container-subtitle' }, renderTextObject(readObject(block['subtitle']), context.directory))
  return [
    image ?? false,
    make('div', { class: 'container-titles' }, make('div', { class: 'container-title' }, title), subtitle),
  ]
}
