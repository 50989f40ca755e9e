import type { RenderContext } from '../elements/render-context.ts'
import { make } from '../make.ts'
import { readNumber, readText, type Json } from '../read-json.ts'
import { plainRichText } from '../render-rich-text.ts'
import { readRows, renderCell } from './table.ts'

interface TableView {
  readonly page: number
  readonly sortColumn: number
  readonly sortDirection: 1 | -1
  readonly filter: string
}

const firstView: TableView = { page: 0, sortColumn: -1, sortDirection: 1, filter: '' }

/**
 * Renders a data table: caption, sortable columns, a filter and pages. What a person chose survives an update of the
 * message.
 */
export function renderDataTable(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const key = `${blockId}/view`
  const root = make('div', { class: 'data-table' })
  const show = (view: TableView): void => {
    context.memory.set(key, view)
    root.replaceChildren(...renderView(block, context, view, show))
  }
  show({ ...firstView, ...(context.memory.get(key) as Partial<TableView> | undefined) })
  return root
}

type Show = (view: TableView) => void

function renderView(block: Json, context: RenderContext, view: TableView, show: Show): readonly HTMLElement[] {
  const [head = [], ...body] = readRows(block)
  const pageSize = Math.min(100, Math.max(1, readNumber(block['page_size'], 5)))
  const rows = sortRows(filterRows(body, view.filter), view)
  const pages = Math.max(1, Math.ceil(rows.length / pageSize))
  const page = Math.min(view.page, pages - 1)
  const headerColumn = readNumber(block['row_header_column_index'], 0)
  const table = make(
    'table',
    {},
    make('caption', {}, readText(block['caption'])),
    make('thead', {}, make('tr', {}, ...head.map((cell, column) => renderHeadCell(cell, column, view, show)))),
    make(
      'tbody',
      {},
      ...rows
        .slice(page * pageSize, (page + 1) * pageSize)
        .map((row) =>
          make(
            'tr',
            {},
            ...row.map((cell, column) =>
              make(
                column === headerColumn ? 'th' : 'td',
                { scope: column === headerColumn && 'row', class: cell['type'] === 'raw_number' && 'align-right' },
                renderCell(cell, context.directory),
              ),
            ),
          ),
        ),
    ),
  )
  const frame = make('div', { class: 'table-frame' }, table)
  if (body.length <= pageSize) return [frame]
  return [renderFilter(view, show), frame, renderPager(page, pages, rows.length, (to) => show({ ...view, page: to }))]
}

function renderHeadCell(cell: Json, column: number, view: TableView, show: Show): HTMLElement {
  const isSorted = view.sortColumn === column
  const direction = isSorted && view.sortDirection === 1 ? -1 : 1
  const arrow = isSorted ? (view.sortDirection === 1 ? ' ↑' : ' ↓') : ''
  return make(
    'th',
    { scope: 'col', 'aria-sort': isSorted && (view.sortDirection === 1 ? 'ascending' : 'descending') },
    make(
      'button',
      {
        type: 'button',
        class: 'sort',
        onclick: () => show({ ...view, page: 0, sortColumn: column, sortDirection: direction }),
      },
      cellText(cell) + arrow,
    ),
  )
}

// Filters on Enter or when the field is left, because drawing the table again takes the field with it.
function renderFilter(view: TableView, show: Show): HTMLElement {
  const field = make('input', {
    type: 'search',
    class: 'field table-filter',
    placeholder: 'Filter rows',
    'aria-label': 'Filter rows',
    value: view.filter,
    onchange: () => show({ ...view, page: 0, filter: field.value }),
  })
  return field
}

function renderPager(page: number, pages: number, rowCount: number, open: (page: number) => void): HTMLElement {
  const button = (label: string, to: number): HTMLElement =>
    make(
      'button',
      { type: 'button', class: 'button small', disabled: to < 0 || to >= pages, onclick: () => open(to) },
      label,
    )
  return make(
    'div',
    { class: 'pager' },
    make('span', {}, `${rowCount} rows, page ${page + 1} of ${pages}`),
    button('Previous', page - 1),
    button('Next', page + 1),
  )
}

function filterRows(rows: readonly (readonly Json[])[], filter: string): readonly (readonly Json[])[] {
  const wanted = filter.trim().toLowerCase()
  return wanted === '' ? rows : rows.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted)))
}

function sortRows(rows: readonly (readonly Json[])[], view: TableView): readonly (readonly Json[])[] {
  if (view.sortColumn < 0) return rows
  return rows.toSorted(
    (one, other) => view.sortDirection * compareCells(one[view.sortColumn] ?? {}, other[view.sortColumn] ?? {}),
  )
}

function compareCells(one: Json, other: Json): number {
  if (typeof one['value'] === 'number' && typeof other['value'] === 'number') return one['value'] - other['value']
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true })
}

function cellText(cell: Json): string {
  return readText(cell['text']) || readText(cell['value']) || plainRichText(cell)
}
