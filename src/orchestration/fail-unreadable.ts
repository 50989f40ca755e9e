import { asMurmurError } from '../errors.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { PartStore } from '../storage/part-store.ts'
import type { TaskHandler } from '../storage/queue/task-queue.ts'
import { makeReadable, readRunPlace, type RunPlace } from '../storage/run-place.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { ClaimedTask, TaskStore } from '../storage/task-store.ts'
import type { BudgetGuard } from './paid-calls/budget-guard.ts'
import { retryDelayMs } from './run-task.ts'
import type { Addressee } from './thread-port.ts'

export interface FailDeps {
  readonly database: Database
  readonly runs: Pick<RunStore, 'finish'>
  readonly tasks: Pick<TaskStore, 'end'>
  readonly parts: Pick<PartStore, 'noteEnded'>
  readonly guard: Pick<BudgetGuard, 'releaseRun'>
  readonly events: Pick<EventLog, 'append'>
  /** Reaches the person outside of the thread, which a run that cannot be read does not tell. */
  readonly tellAside: (to: Addressee, notice: string) => Promise<void>
  readonly onEvent: () => void
  readonly onError: (error: unknown, facts: { runId: string; attempt: number; willRetry: boolean }) => void
  readonly nowMs: () => number
  /** 0 up to 1. */
  readonly random: () => number
}

/**
 * A handler that throws can neither end its task nor say when to try again: its run's row or a step of it cannot be read, or a rule
 * of the store forbids its end. Tried as often as any other failure, such a task is then failed by what can still be read of it, so that it
 * does not come back for ever. While the store is away nothing counts: that is the queue's to wait for.
 */
export function failUnreadable(deps: FailDeps, handler: TaskHandler): TaskHandler {
  return async (task, signal) => {
    try {
      return await handler(task, signal)
    } catch (error) {
      const failure = asMurmurError(error)
      if (failure.retry !== 'no') throw error
      const willRetry = task.attempt < task.maxAttempts
      deps.onError(failure, { runId: task.runId, attempt: task.attempt, willRetry })
      if (willRetry) return { kind: 'retry', delayMs: retryDelayMs(task.attempt, failure, deps.random()), error: failure.code }
      await fail(deps, task, failure.code, failure.message)
      return { kind: 'ended' }
    }
  }
}

const maxReasonChars = 500

async function fail(deps: FailDeps, task: ClaimedTask, code: string, message: string): Promise<void> {
  const { database, runs, tasks, parts, guard, events, nowMs } = deps
  const { runId } = task
  const [place, atMs, reason] = [await readRunPlace(database.db, runId), nowMs(), message.slice(0, maxReasonChars)]
  if (place) await tell(deps, task, place, code)
  await database.db.transaction().execute(async (trx) => {
    await runs.finish(trx, runId, { status: 'failed', answer: undefined, tier: undefined, errorCode: code, failureClass: 'crashed', reason }, atMs)
    await tasks.end(trx, task, 'failed', reason)
    if (!place) return
    await makeReadable(trx, runId, place)
    if (place.parentRunId !== undefined) await parts.noteEnded(trx, place.parentRunId, atMs)
    await guard.releaseRun(trx, runId)
    await events.append(trx, { workspaceId: place.workspaceId, runId, type: 'workflow_failed', payload: { errorCode: code, failureClass: 'crashed', durationMs: atMs - place.createdAtMs }, atMs })
  })
  deps.onEvent()
}

async function tell(deps: FailDeps, { runId, attempt }: ClaimedTask, place: RunPlace, code: string): Promise<void> {
  // The answer that joins the parts tells of those that failed.
  if (place.parentRunId !== undefined) return
  try {
    await deps.tellAside({ workspaceId: place.workspaceId, request: place }, `I could not finish this. Something went wrong on my side, and the operator has it in the log. (\`${code}\`)`)
  } catch (error) {
    deps.onError(error, { runId, attempt, willRetry: false })
  }
}
