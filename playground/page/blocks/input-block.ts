import type { RenderContext } from '../elements/render-context.ts'
import { renderElement } from '../elements/render-element.ts'
import { make } from '../make.ts'
import { readObject, type Json } from '../read-json.ts'
import { renderPlainText } from '../render-emoji.ts'
import { readTextObject } from '../read-text-object.ts'

/** Renders a labelled input with its hint; the empty line below it takes the error a check or the app finds. */
export function renderInput(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const label = readTextObject(block['label'])
  const hint = readTextObject(block['hint'])
  const element = renderElement(
    { element: readObject(block['element']), blockId, context },
    label,
    block['dispatch_action'] === true,
  )
  return make(
    'div',
    { class: 'input' },
    make(
      'div',
      { class: 'input-label' },
      renderPlainText(label),
      block['optional'] === true && make('span', { class: 'optional' }, ' (optional)'),
    ),
    element,
    make('div', { class: 'input-error', role: 'alert', 'data-error-for': blockId }),
    hint !== '' && make('div', { class: 'input-hint' }, renderPlainText(hint)),
  )
}
