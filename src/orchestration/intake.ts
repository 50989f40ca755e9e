import type { Database } from '../storage/database.ts'
import { asMurmurError, MurmurError } from '../errors.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import { newRunId, newTaskId } from '../storage/ids.ts'
import type { AskedRun } from '../storage/insert-runs.ts'
import { queuedTaskOf } from '../storage/queue/task-order.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import { together } from '../storage/queue/together.ts'
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
/** Requests that come together are stored by one transaction, so many at most. */
const maxTogether = 32

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
  const store = (asked: readonly Asked[]): Promise<RunId[]> =>
    database.db.transaction().execute(async (trx) => {
      const acceptedIds = await runs.insertAll(trx, asked)
      for (const { run, longText, beforeStart } of asked.filter((one, index) => acceptedIds[index] === one.run.runId)) {
        if (longText !== undefined) await documents.keepLongText(trx, run.runId, longText, run.nowMs)
        // Still inside: once it is committed, a queue that looks for work finds it, whether it was announced or not.
        beforeStart?.(run.runId)
      }
      return acceptedIds
    })
  /** One that the store does not take must not refuse those that came with it. */
  const storeEach = async (asked: readonly Asked[]): Promise<readonly PromiseSettledResult<RunId | undefined>[]> => {
    try {
      return (await store(asked)).map((value) => ({ status: 'fulfilled', value }))
    } catch (reason) {
      if (asked.length === 1 || asMurmurError(reason).retry === 'backoff') return asked.map(() => ({ status: 'rejected', reason }))
      return Promise.allSettled(asked.map(async (one) => (await store([one]))[0]))
    }
  }
  const storeTogether = together(async (asked: readonly Asked[]) => {
    const stored = await storeEach(asked)
    // A duplicate waits as well: its first delivery may be committed and not yet on disk.
    await database.flush()
    const fresh = asked.filter(({ run }, index) => stored[index]?.status === 'fulfilled' && stored[index].value === run.runId)
    if (fresh.length > 0) queue.announce(fresh.map(({ run }) => queuedTaskOf(run)))
    return stored
  }, maxTogether)
  return async (given, dedupeKeys, { priority = 'medium', deadlineMs, beforeStart } = {}) => {
    const { text } = given
    if (text.length > maxRequestChars) throw new MurmurError('MUR_INPUT_TOO_LONG', { limit: maxRequestChars, unit: 'characters', found: text.length })
    const isKept = text.length > mostRowChars
    const request = withWish(isKept ? { ...given, text: shortOf(text), isTextKept: true } : given)
    const runId = newRunId()
    const run = { runId, taskId: newTaskId(), request, priority, deadlineMs, lane: laneOf(request, runId), maxAttempts, nowMs: nowMs() }
    const stored = await storeTogether({ run, dedupeKeys, longText: isKept ? text : undefined, beforeStart })
    if (stored.status === 'rejected') throw stored.reason
    return { isNew: stored.value === runId, runId: stored.value ?? runId }
  }
}

interface Asked extends AskedRun {
  /** Of a text that has no room in the run's row. */
  readonly longText: string | undefined
  readonly beforeStart: ((runId: RunId) => void) | undefined
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
