import type { RunRecord, RunStatus } from '../../storage/records.ts'
import type { ListedTask } from '../../storage/task-list.ts'
import type { BoardItem, BoardState, ThreadFile } from '../thread-port.ts'

/** A result up to this is shown whole. */
const wholeChars = 700
/** What is shown of a longer one; the file has the rest. */
const cutChars = 300
/** Above so much in all, every result is cut. */
const maxShownChars = 9_000
const maxTitleChars = 120
/** Tasks that a board shows; see `render-board.ts`. */
const mostShown = 25

export interface JoinedResults {
  /** One answer that names each task. */
  readonly text: string
  /** All results whole; for the store, and for the file. */
  readonly whole: string
  /** Set when `text` had to leave something out. */
  readonly file: ThreadFile | undefined
}

const words: Readonly<Record<RunStatus, string>> = { queued: 'waiting', running: 'at work', waiting: 'waits for a decision', completed: 'done', failed: 'failed', cancelled: 'stopped' }
const counted = { running: 'at work', waiting: 'held up', failed: 'failed', cancelled: 'stopped' } as const
const boardStatus: Readonly<Record<RunStatus, BoardItem['status']>> = { queued: 'pending', running: 'in_progress', waiting: 'in_progress', completed: 'complete', failed: 'error', cancelled: 'error' }
const urgency: readonly BoardItem['status'][] = ['error', 'in_progress', 'pending', 'complete']

/** How far a batch is, as a board: what failed or is at work comes first where there are too many to show. */
export function boardOf(parts: readonly ListedTask[]): BoardState {
  const items = parts.map(({ run, task }, index): BoardItem => ({
    id: `part-${index + 1}`,
    title: `${index + 1}. ${titleOf(run.request.text)}`,
    status: boardStatus[run.status],
    detail: run.status === 'failed' ? reasonOf(task.lastError, run.errorCode) : run.status === 'completed' ? '' : (waits(run) ?? words[run.status]),
  }))
  const held = parts.filter(({ run }) => run.waitingFor?.kind === 'cap' && run.status === 'waiting').length
  const note = held > 0 ? `${held} wait for room in the budget and go on by themselves; an admin can raise it with \`/swarm budget set\`` : ''
  return { title: describeProgress(parts), items: items.length > mostShown ? items.toSorted((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status)) : items, line: note }
}

/** How many have ended, and how. */
export function describeProgress(parts: readonly ListedTask[]): string {
  const count = (status: RunStatus): number => parts.filter(({ run }) => run.status === status).length
  const others = (['running', 'waiting', 'failed', 'cancelled'] as const).filter((status) => count(status) > 0)
  return [`${count('completed')} of ${parts.length} done`, ...others.map((status) => `${count(status)} ${counted[status]}`)].join(', ')
}

const waits = ({ status, waitingFor }: RunRecord): string | undefined =>
  status !== 'waiting' ? undefined : waitingFor?.kind === 'cap' ? 'waits for room in the budget' : 'waits for a click'

/** One answer out of the results of a batch, each task by name, what failed with its reason. */
export function joinResults(parts: readonly ListedTask[]): JoinedResults {
  const done = parts.filter(({ run }) => run.status === 'completed').length
  const head = `**${done} of ${parts.length} done${done === parts.length ? '' : `, ${parts.length - done} not`}.**`
  const total = parts.reduce((sum, { run }) => sum + (run.answer?.length ?? 0), 0)
  const limit = total > maxShownChars ? cutChars : wholeChars
  const shown = parts.map((part, index) => section(part, index, (answer) => cut(answer, limit)))
  const whole = [`# ${done} of ${parts.length} done`, ...parts.map((part, index) => `## ${section(part, index, (answer) => answer).replaceAll(/^\*\*|\*\*$/gm, '')}`)].join('\n\n')
  const isCut = parts.some(({ run }) => (run.answer?.length ?? 0) > limit)
  const note = isCut ? ['Results that are cut here are whole in the file.'] : []
  return { text: [head, ...shown, ...note].join('\n\n'), whole, file: isCut ? fileOf(whole) : undefined }
}

function section({ run, task }: ListedTask, index: number, show: (answer: string) => string): string {
  const isLate = task.deadlineMs !== undefined && run.finishedAtMs !== undefined && run.finishedAtMs > task.deadlineMs
  const state = `${words[run.status]}${isLate ? ', after its deadline' : ''}`
  const title = `**${index + 1}. ${titleOf(run.request.text)}** (${state}, \`${run.runId}\`)`
  const body = run.status === 'completed' ? show(run.answer ?? '') : reasonOf(task.lastError, run.errorCode)
  return body === '' ? title : `${title}\n${body}`
}

const reasonOf = (lastError: string | undefined, code: string | undefined): string => (lastError ?? code ?? '').slice(0, wholeChars)

/** A code block that is cut open would swallow what follows. */
function cut(answer: string, limit: number): string {
  const text = answer.trim()
  if (text.length <= limit) return text
  const start = text.slice(0, cutChars).toWellFormed()
  return `${start}…${(start.match(/```/g)?.length ?? 0) % 2 === 1 ? '\n```' : ''}`
}

function titleOf(text: string): string {
  const line = text.replaceAll(/[*_`~]/g, '').replaceAll(/\s+/g, ' ').trim()
  return line.length > maxTitleChars ? `${line.slice(0, maxTitleChars - 1).toWellFormed()}…` : line
}

const fileOf = (whole: string): ThreadFile => ({ name: 'batch-results.md', title: 'Results of the batch', mimeType: 'text/markdown', bytes: new TextEncoder().encode(whole), comment: '' })
