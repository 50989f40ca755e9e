import type { RenderContext } from '../elements/render-context.ts'
import { icon, type IconName } from '../icon.ts'
import { make } from '../make.ts'
import { readObject, readText, type Json } from '../read-json.ts'
import { renderTextObject } from '../render-mrkdwn.ts'

const alertIcons: Readonly<Record<string, IconName>> = {
  info: 'info',
  warning: 'warning',
  error: 'error',
  success: 'check',
}

/** Renders a notice of one of five levels. */
export function renderAlert(block: Json, context: RenderContext): HTMLElement {
  const level = Object.hasOwn(alertIcons, readText(block['level'])) ? readText(block['level']) : 'default'
  return make(
    'div',
    { class: `alert alert-${level}`, role: 'note', 'aria-label': level === 'default' ? 'notice' : level },
    make('span', { class: 'alert-icon' }, icon(alertIcons[level] ?? 'info')),
    make('div', { class: 'mrkdwn' }, renderTextObject(readObject(block['text']), context.directory)),
  )
}
