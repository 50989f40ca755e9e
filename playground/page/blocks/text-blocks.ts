import type { RenderContext } from '../elements/render-context.ts'
import { renderElement } from '../elements/render-element.ts'
import { make } from '../make.ts'
import { readList, readObject, readText, type Json } from '../read-json.ts'
import { renderPlainText } from '../render-emoji.ts'
import { renderTextObject } from '../render-mrkdwn.ts'
import { readTextObject } from '../read-text-object.ts'

// Slack folds a long section behind "See more" unless the app sets `expand`.
const foldedCharacters = 700

/** Renders a section: text, fields in two columns, an accessory at the right. */
export function renderSection(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const { directory } = context
  const main = make('div', { class: 'section-main' })
  if (block['text'] !== undefined) main.append(renderFoldable(block, context, blockId))
  const fields = readList(block['fields']).slice(0, 10)
  if (fields.length > 0) {
    main.append(
      make(
        'div',
        { class: 'fields' },
        ...fields.map((field) => make('div', { class: 'mrkdwn' }, renderTextObject(field, directory))),
      ),
    )
  }
  const accessory = readObject(block['accessory'])
  const element = renderElement({ element: accessory, blockId, context })
  return make(
    'div',
    { class: 'section' },
    main,
    element !== undefined && make('div', { class: `accessory accessory-${readText(accessory['type'])}` }, element),
  )
}

function renderFoldable(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const textObject = readObject(block['text'])
  const text = make('div', { class: 'mrkdwn' }, renderTextObject(textObject, context.directory))
  const key = `${blockId}/unfolded`
  if (block['expand'] === true || readText(textObject['text']).length <= foldedCharacters) return text
  const button = make('button', {
    type: 'button',
    class: 'link-button',
    onclick: () => {
      context.memory.set(key, context.memory.get(key) !== true)
      paint()
    },
  })
  const paint = (): void => {
    const isOpen = context.memory.get(key) === true
    text.classList.toggle('folded', !isOpen)
    button.textContent = isOpen ? 'See less' : 'See more'
  }
  paint()
  return make('div', {}, text, button)
}

/** Renders a header. */
export function renderHeader(block: Json): HTMLElement {
  return make('h3', { class: 'block-title' }, renderPlainText(readTextObject(block['text'])))
}

/** Renders a divider. */
export function renderDivider(): HTMLElement {
  return make('hr')
}

/** Renders small grey texts and images. */
export function renderContext(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const parts = readList(block['elements'])
    .slice(0, 10)
    .map((element) =>
      element['type'] === 'image'
        ? renderElement({ element, blockId, context })
        : make('span', { class: 'mrkdwn' }, renderTextObject(element, context.directory)),
    )
  return make('div', { class: 'context' }, ...parts)
}

/** Renders a row of elements. */
export function renderActions(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const elements = readList(block['elements']).slice(0, 25)
  return make('div', { class: 'actions' }, ...elements.map((element) => renderElement({ element, blockId, context })))
}
