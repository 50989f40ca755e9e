import type { RenderContext } from '../elements/render-context.ts'
import { icon } from '../icon.ts'
import { make } from '../make.ts'
import { readList, readObject, readText, type Json } from '../read-json.ts'
import { renderMarkdown } from '../render-markdown.ts'
import { renderLink } from '../render-link.ts'
import { renderPlainText } from '../render-emoji.ts'
import { renderRichText } from '../render-rich-text.ts'
import { readTextObject } from '../read-text-object.ts'

const statuses = ['pending', 'in_progress', 'complete', 'error'] as const
type Status = (typeof statuses)[number]

/** Renders a plan: a title with the state of the whole, and its tasks, which a person may fold. */
export function renderPlan(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const tasks = readList(block['tasks'])
  const key = `${blockId}/open`
  const done = tasks.filter((task) => readStatus(task) === 'complete').length
  const plan = make(
    'details',
    { class: 'plan', open: context.memory.get(key) !== false, ontoggle: () => context.memory.set(key, plan.open) },
    make(
      'summary',
      { class: 'plan-head' },
      renderStatus(planStatus(tasks)),
      make('span', { class: 'plan-title' }, renderPlainText(readTextObject(block['title']))),
      make('span', { class: 'plan-count' }, `${done} of ${tasks.length}`),
      icon('chevron-down'),
    ),
    make(
      'div',
      { class: 'plan-tasks', role: 'list' },
      ...tasks.map((task) => renderTaskCard(task, context, blockId, 'listitem')),
    ),
  )
  return plan
}

function planStatus(tasks: readonly Json[]): Status {
  const found = new Set(tasks.map(readStatus))
  if (found.has('in_progress')) return 'in_progress'
  if (found.has('error')) return 'error'
  return found.has('pending') || tasks.length === 0 ? 'pending' : 'complete'
}

/** Renders one task: state and title; details, output and sources open below it. */
export function renderTaskCard(task: Json, context: RenderContext, blockId: string, role = 'group'): HTMLElement {
  const status = readStatus(task)
  const id = readText(task['task_id']) || readText(task['id'])
  const title = make('span', { class: 'task-title' }, renderPlainText(readTextObject(task['title'])))
  const more = [
    renderNote(task['details'], 'task-details', context),
    renderNote(task['output'], 'task-output', context),
    renderSources(task),
  ].filter((one) => one !== undefined)
  const common = { class: `task task-${status}`, 'data-task-id': id, role }
  if (more.length === 0) return make('div', common, make('div', { class: 'task-head' }, renderStatus(status), title))
  const key = `${blockId}/${id}/open`
  const details = make(
    'details',
    { ...common, open: context.memory.get(key) === true, ontoggle: () => context.memory.set(key, details.open) },
    make('summary', { class: 'task-head' }, renderStatus(status), title, icon('chevron-down')),
    make('div', { class: 'task-more' }, ...more),
  )
  return details
}

// In a block these are rich text; a streamed task_update carries them as text.
function renderNote(value: unknown, className: string, context: RenderContext): HTMLElement | undefined {
  if (typeof value === 'string' && value !== '')
    return make('div', { class: `markdown ${className}` }, renderMarkdown(value, context.directory))
  const block = readObject(value)
  return Object.keys(block).length === 0
    ? undefined
    : make('div', { class: className }, renderRichText(block, context.directory))
}

function renderSources(task: Json): HTMLElement | undefined {
  const sources = readList(task['sources'])
  if (sources.length === 0) return undefined
  return make(
    'div',
    { class: 'task-sources' },
    ...sources.map((source) => renderLink(readText(source['url']), readText(source['text']))),
  )
}

function renderStatus(status: Status): HTMLElement {
  const mark = status === 'complete' ? icon('check') : status === 'error' ? icon('error') : undefined
  return make('span', { class: `task-mark mark-${status}`, role: 'img', 'aria-label': status.replace('_', ' ') }, mark)
}

function readStatus(task: Json): Status {
  return statuses.find((one) => one === task['status']) ?? 'pending'
}
