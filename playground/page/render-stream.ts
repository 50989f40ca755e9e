import { renderBlocks } from './blocks/render-blocks.ts'
import { renderPlan, renderTaskCard } from './blocks/plan.ts'
import type { RenderContext } from './elements/render-context.ts'
import { make } from './make.ts'
import { readList, readText, type Json } from './read-json.ts'
import { renderMarkdown } from './render-markdown.ts'
import type { Message } from './wire.ts'

/**
 * Renders a streamed answer: its text, tasks and blocks in the order they came; in plan mode the tasks stand together
 * under the plan's title.
 */
export function renderStream(message: Message, context: RenderContext): HTMLElement {
  const chunks: readonly Json[] =
    message.chunks.length > 0 ? message.chunks : [{ type: 'markdown_text', text: message.markdownText }]
  const root = make('div', { class: message.isStreaming ? 'stream streaming' : 'stream' })
  const plan = readPlan(message, chunks)
  if (plan !== undefined) root.append(renderPlan(plan, context, `stream-${message.ts}`))
  for (const chunk of chunks) {
    const part = renderChunk(chunk, context, message.ts, plan !== undefined)
    if (part !== undefined) root.append(part)
  }
  if (message.isStreaming)
    (lastTextOf(root) ?? root).append(make('span', { class: 'caret', role: 'img', 'aria-label': 'still writing' }))
  return root
}

function readPlan(message: Message, chunks: readonly Json[]): Json | undefined {
  const title = chunks.find((chunk) => chunk['type'] === 'plan_update')
  const tasks = chunks.filter((chunk) => chunk['type'] === 'task_update')
  if (title === undefined && (message.taskDisplayMode !== 'plan' || tasks.length === 0)) return undefined
  return { type: 'plan', title: readText(title?.['title']) || 'Working on it', tasks }
}

function renderChunk(chunk: Json, context: RenderContext, ts: string, hasPlan: boolean): HTMLElement | undefined {
  switch (chunk['type']) {
    case 'markdown_text':
      return readText(chunk['text']) === ''
        ? undefined
        : make('div', { class: 'markdown' }, renderMarkdown(readText(chunk['text']), context.directory))
    case 'task_update':
      return hasPlan ? undefined : renderTaskCard(chunk, context, `stream-${ts}`)
    case 'blocks':
      return renderBlocks(readList(chunk['blocks']), context)
    default:
      return undefined
  }
}

// The caret blinks behind the last written word, so it goes into the last paragraph, not below it.
function lastTextOf(root: HTMLElement): Element | undefined {
  const markdown = root.lastElementChild
  const last = markdown?.classList.contains('markdown') === true ? markdown.lastElementChild : undefined
  return last?.matches('p, h1, h2, h3, h4, li') === true
    ? last
    : last?.matches('ul, ol') === true
      ? (last.lastElementChild ?? undefined)
      : undefined
}
