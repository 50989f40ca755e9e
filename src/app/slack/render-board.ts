import type { BoardItem, BoardState } from '../../orchestration/thread-port.ts'
import type { MessageContent } from './render-blocks.ts'
import { sanitizeMrkdwn, sanitizePlain } from './sanitize-text.ts'

/** Slack draws each as a row; more are counted in one line. */
const mostItems = 25
const longestTitle = 150
const longestItem = 120
const longestLine = 500

const marks: Readonly<Record<BoardItem['status'], string>> = {
  pending: ':white_circle:',
  in_progress: ':large_blue_circle:',
  complete: ':white_check_mark:',
  error: ':x:',
}

/**
 * The state of several agents' work: a plan with its tasks, a line of figures and, while it goes on, a button to stop it.
 * Action id `stop_run`, value: the run's id.
 * @param stoppableRunId unset when there is nothing to stop any more
 */
export function renderBoard({ title, items, line }: BoardState, stoppableRunId?: string): MessageContent {
  const shown = items.slice(0, mostItems)
  const rest = items.length - shown.length
  const more = rest > 0 ? `… and ${rest} more` : ''
  const plan = { type: 'plan' as const, title: plain(title, longestTitle), tasks: shown.map(renderItem) }
  const context = [line, more].filter((part) => part !== '').join('  ·  ')
  const text = [`*${sanitizeMrkdwn(cut(title, longestTitle))}*`, ...shown.map(describeItem), sanitizeMrkdwn(cut(context, longestLine))].filter((part) => part !== '').join('\n')
  return {
    text,
    blocks: [
      ...(shown.length > 0 ? [plan] : [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: `*${sanitizeMrkdwn(cut(title, longestTitle))}*` } }]),
      ...(context === '' ? [] : [{ type: 'context' as const, elements: [{ type: 'mrkdwn' as const, text: sanitizeMrkdwn(cut(context, longestLine)) }] }]),
      ...(stoppableRunId === undefined ? [] : [stopBlock(stoppableRunId)]),
    ] as MessageContent['blocks'],
  }
}

const renderItem = ({ id, title, status, detail }: BoardItem) => ({
  type: 'task_card' as const,
  task_id: id,
  title: plain(title, longestItem),
  status,
  ...(detail === '' ? {} : { details: richText(plain(detail, longestItem)) }),
})

const richText = (text: string) => ({ type: 'rich_text' as const, elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text }] }] })

const describeItem = ({ title, status, detail }: BoardItem): string => `${marks[status]} ${sanitizeMrkdwn(cut(title, longestItem))}${detail === '' ? '' : ` (${sanitizeMrkdwn(cut(detail, longestItem))})`}`

const stopBlock = (runId: string) => ({
  type: 'actions' as const,
  elements: [{ type: 'button' as const, action_id: 'stop_run', value: runId, style: 'danger' as const, text: { type: 'plain_text' as const, text: 'Stop' } }],
})

/** A plan's fields are plain text, in which no markup has a place; an empty one is refused. */
const plain = (text: string, length: number): string => sanitizePlain(cut(text.replaceAll(/[<>]/g, ' '), length)).trim() || '-'

function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line
}
