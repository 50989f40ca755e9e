import type { RenderContext } from '../elements/render-context.ts'
import { renderElement } from '../elements/render-element.ts'
import { make } from '../make.ts'
import { readList, type Json } from '../read-json.ts'

/** Renders the row under an answer: feedback buttons and icon buttons. */
export function renderContextActions(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const elements = readList(block['elements']).slice(0, 5)
  return make(
    'div',
    { class: 'context-actions' },
    ...elements.map((element) => renderElement({ element, blockId, context })),
  )
}
