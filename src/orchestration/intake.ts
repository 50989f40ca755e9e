import type { Database } from '../storage/database.ts'
import { MurmurError } from '../errors.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import { newRunId, newTaskId } from '../storage/ids.ts'
import { queuedTaskOf } from '../storage/queue/task-order.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { Priority, Request, RunId, SwarmWish } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { shortOf } from './documents/take-in-text.ts'
import { maxRequestChars } from './reply-without-model.ts'
import { isLargeObjective } from './swarms/large-objective.ts'
import { readSwarmWish } from './swarms/read-swarm-wish.ts'

/** Attempts of a task before it is failed and the person told. */
export const maxAttempts = 5
/** Rows of runs are listed by the hundred; what no message of Slack's has room for lies beside them. */
const mostRowChars = 40_000

const planWish: SwarmWish = { topology: 'plan', why: 'The request spells out several pieces of work.' }

export interface Accepted {
  /** False when the same thing was accepted before; nothing was stored then, and `runId` is the first one's. */
  readonly isNew: boolean
  readonly runId: RunId
}

export interface IntakeDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly documents: Pick<DocumentStore, 'keepLongText'>
  readonly queue: TaskQueue
  readonly nowMs: () => number
}

export interface AcceptOptions {
  /** Default: medium. */
  readonly priority?: Priority
  /** By when it should be done: the earliest comes first within a priority. A late one is done all the same, and says so. */
  readonly deadlineMs?: number | undefined
  /** Called with a new run's id before it can start. */
  readonly beforeStart?: (runId: RunId) => void
}

export type AcceptRequest = (request: Request, dedupeKeys: readonly string[], options?: AcceptOptions) => Promise<Accepted>

/**
 * Takes a request in, once. When it resolves, request, run and task are on disk, so that the sender may be told:
 * a crash before it loses nothing (the sender was not told and sends again), a crash after it loses nothing either.
 */
export function createIntake({ database, runs, documents, queue, nowMs }: IntakeDeps): AcceptRequest {
  return async (given, dedupeKeys, { priority = 'medium', deadlineMs, beforeStart } = {}) => {
    const { text } = given
    if (text.length > maxRequestChars) throw new MurmurError('MUR_INPUT_TOO_LONG', { limit: maxRequestChars, unit: 'characters', found: text.length })
    const isKept = text.length > mostRowChars
    const request = withWish(isKept ? { ...given, text: shortOf(text), isTextKept: true } : given)
    const runId = newRunId()
    const run = { runId, taskId: newTaskId(), request, priority, deadlineMs, lane: laneOf(request, runId), maxAttempts, nowMs: nowMs() }
    const firstRunId = await database.db.transaction().execute(async (trx) => {
      const acceptedId = await runs.insertOnce(trx, run, dedupeKeys)
      if (acceptedId === runId && isKept) await documents.keepLongText(trx, runId, text, run.nowMs)
      // Still inside: once it is committed, a queue that looks for work finds it, whether it was announced or not.
      if (acceptedId === runId) beforeStart?.(runId)
      return acceptedId
    })
    // A duplicate waits as well: its first delivery may be committed and not yet on disk.
    await database.flush()
    if (firstRunId !== runId) return { isNew: false, runId: firstRunId }
    queue.announce([queuedTaskOf(run)])
    return { isNew: true, runId }
  }
}

/** Several agents can be asked for in words, or by a request that is several pieces of work; a command says it by itself. */
function withWish(request: Request): Request {
  if (request.swarm || request.surface === 'command' || request.forcedSpecialtyId !== undefined) return request
  const swarm = readSwarmWish(request.text) ?? (!request.isReply && isLargeObjective(request.text) ? planWish : undefined)
  return swarm ? { ...request, swarm } : request
}

/** Requests of one thread are served in the order they came; those that open a thread wait for nobody. */
function laneOf({ workspaceId, channelId, threadId }: Request, runId: RunId): string {
  return threadId === undefined ? `run:${runId}` : `thread:${workspaceId}:${channelId}:${threadId}`
}
