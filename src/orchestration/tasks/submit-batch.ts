import { MurmurError } from '../../errors.ts'
import type { Database } from '../../storage/database.ts'
import { newRunId, newTaskId } from '../../storage/ids.ts'
import type { PartStore } from '../../storage/part-store.ts'
import type { TaskQueue } from '../../storage/queue/task-queue.ts'
import type { Priority, Request, RunId } from '../../storage/records.ts'
import type { NewRun } from '../../storage/insert-runs.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { maxAttempts } from '../intake.ts'

/** Tasks of one batch. */
export const maxBatchItems = 100
/** Characters of one objective; longer work is a request of its own, with a file. */
export const maxItemChars = 2_000
/** Objectives that the root of the thread quotes. */
const quotedItems = 3
const quotedChars = 80

/** One task of a batch. */
export interface BatchItem {
  readonly text: string
  readonly priority?: Priority
  readonly deadlineMs?: number
  readonly specialtyId?: string
  readonly needs?: readonly string[]
}

export interface AcceptedBatch {
  /** False when the same batch was accepted before. */
  readonly isNew: boolean
  readonly runId: RunId
  /** The runs of its items, in their order. */
  readonly parts: readonly RunId[]
}

export interface BatchDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly parts: PartStore
  readonly queue: Pick<TaskQueue, 'announce'>
  readonly nowMs: () => number
}

/** Where and by whom; its text is made from the items. */
export type BatchPlace = Omit<Request, 'text' | 'files' | 'isReply'>

export type SubmitBatch = (place: BatchPlace, items: readonly BatchItem[], dedupeKeys: readonly string[], beforeStart?: (runId: RunId) => void) => Promise<AcceptedBatch>

/**
 * Takes a batch in, once: a run that joins the results, and a run for each item, all in one transaction. The items begin
 * when the batch has its thread.
 * @throws {MurmurError} MUR_REQUEST_INVALID for none, too many, or an item that is empty or too long
 */
export function createBatchIntake({ database, runs, parts, queue, nowMs }: BatchDeps): SubmitBatch {
  return async (place, items, dedupeKeys, beforeStart) => {
    checkItems(items)
    const atMs = nowMs()
    const whole = newRun({ ...place, text: titleOf(items), files: [], isReply: false }, atMs, { type: 'batch', parts: items.length, priority: mostUrgent(items) })
    const children = items.map((item) => partOf(whole, item))
    const runId = await database.db.transaction().execute(async (trx) => {
      const acceptedId = await runs.insertOnce(trx, whole, dedupeKeys)
      if (acceptedId !== whole.runId) return acceptedId
      for (const child of children) await runs.insertOnce(trx, child, [])
      beforeStart?.(acceptedId)
      return acceptedId
    })
    await database.flush()
    if (runId !== whole.runId) return { isNew: false, runId, parts: (await parts.list(runId)).map(({ run }) => run.runId) }
    queue.announce()
    return { isNew: true, runId, parts: children.map((child) => child.runId) }
  }
}

function checkItems(items: readonly BatchItem[]): void {
  const wanted = `1 to ${maxBatchItems} tasks of at most ${maxItemChars} characters`
  if (items.length === 0 || items.length > maxBatchItems) throw new MurmurError('MUR_REQUEST_INVALID', { wanted, found: items.length })
  const wrong = items.findIndex(({ text }) => text.trim() === '' || text.length > maxItemChars)
  const length = items[wrong]?.text.trim().length
  if (length !== undefined) throw new MurmurError('MUR_REQUEST_INVALID', { wanted, found: length === 0 ? `an empty one (number ${wrong + 1})` : `one of ${length} (number ${wrong + 1})` })
}

const newRun = (request: Request, nowMs: number, over: Pick<NewRun, 'priority'> & Partial<NewRun>): NewRun => {
  const runId = newRunId()
  return { runId, taskId: newTaskId(), request, lane: `run:${runId}`, maxAttempts, nowMs, ...over }
}

function partOf({ runId, request, nowMs }: NewRun, { text, priority = 'medium', deadlineMs, specialtyId, needs }: BatchItem): NewRun {
  const { replyUrl: _, messageId: __, ...place } = request
  const own: Request = { ...place, text: text.trim(), ...(specialtyId === undefined ? {} : { forcedSpecialtyId: specialtyId }), ...(needs === undefined ? {} : { needs }) }
  return newRun(own, nowMs, { priority, deadlineMs, parentRunId: runId })
}

/** Joining waits behind nothing that its parts do not wait behind. */
const mostUrgent = (items: readonly BatchItem[]): Priority =>
  (['critical', 'high', 'medium'] as const).find((priority) => items.some((item) => (item.priority ?? 'medium') === priority)) ?? 'low'

function titleOf(items: readonly BatchItem[]): string {
  const lines = items.slice(0, quotedItems).map(({ text }, index) => `${index + 1}. ${shorten(text)}`)
  const more = items.length - lines.length
  return [`Batch of ${items.length} ${items.length === 1 ? 'task' : 'tasks'}`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

const shorten = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > quotedChars ? `${line.slice(0, quotedChars - 1).toWellFormed()}…` : line
}
