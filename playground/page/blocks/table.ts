import type { Directory } from '../directory.ts'
import type { RenderContext } from '../elements/render-context.ts'
import { make } from '../make.ts'
import { readList, readObject, readText, type Json } from '../read-json.ts'
import { renderPlainText } from '../render-emoji.ts'
import { renderRichText } from '../render-rich-text.ts'

const maxRows = 101
const maxColumns = 20

/** Renders a table; the first row is its head. */
export function renderTable(block: Json, context: RenderContext): HTMLElement {
  const settings = readList(block['column_settings'])
  const [head = [], ...rows] = readRows(block)
  const classOf = (column: number): string => readColumnClass(readObject(settings[column]))
  const line = (cells: readonly Json[], tag: 'th' | 'td'): HTMLElement =>
    make(
      'tr',
      {},
      ...cells.map((cell, column) => make(tag, { class: classOf(column) }, renderCell(cell, context.directory))),
    )
  return make(
    'div',
    { class: 'table-frame' },
    make('table', {}, make('thead', {}, line(head, 'th')), make('tbody', {}, ...rows.map((row) => line(row, 'td')))),
  )
}

/** Returns the cells of a table or data table, within Slack's bounds. */
export function readRows(block: Json): readonly (readonly Json[])[] {
  const rows: readonly unknown[] = Array.isArray(block['rows']) ? block['rows'] : []
  return rows.slice(0, maxRows).map((row) => readList(row).slice(0, maxColumns))
}

/** Renders one cell: raw text, raw number or rich text. */
export function renderCell(cell: Json, directory: Directory): Node {
  return cell['type'] === 'rich_text'
    ? renderRichText(cell, directory)
    : renderPlainText(readText(cell['text']) || readText(cell['value']))
}

function readColumnClass(settings: Json): string {
  const align = readText(settings['align'])
  const side = align === 'right' || align === 'center' ? align : 'left'
  return settings['is_wrapped'] === true ? `align-${side} wrapped` : `align-${side}`
}
