import type { BudgetStore } from '../storage/budget-store.ts'
import type { Database, Trx } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { BudgetWait, RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { writeStep } from '../storage/step-journal.ts'
import { raiseFor } from './budget-wait.ts'
import { confirmedStep, type ConfirmedCost } from './confirm-cost.ts'

export interface ApproveDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly budgets: BudgetStore
  readonly events: EventLog
  readonly queue: TaskQueue
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/**
 * Gives a waiting run what it waits for, and lets this very run go on: a cap is raised for the day, an estimate is agreed
 * to once and for all. Who may do it is checked by the caller.
 * @returns the amount in micro-USD, or undefined when the run no longer waits: the second of two clicks changes nothing
 */
export type ApproveRun = (run: RunRecord, userId: string) => Promise<number | undefined>

export function createApprover(deps: ApproveDeps): ApproveRun {
  const { database, runs, queue, nowMs, onEvent } = deps
  return async (run, userId) => {
    const { runId, waitingFor } = run
    if (!waitingFor) return undefined
    const give = waitingFor.kind === 'cap' ? raiseCap : confirmCost
    const amountMicroUsd = await database.db.transaction().execute(async (trx) => {
      if (!(await runs.resume(trx, runId, nowMs()))) return undefined
      return give(deps, trx, { run, waitingFor, userId })
    })
    if (amountMicroUsd === undefined) return undefined
    queue.announce()
    onEvent()
    return amountMicroUsd
  }
}

interface Decision {
  readonly run: RunRecord
  readonly waitingFor: BudgetWait
  readonly userId: string
}

async function raiseCap({ budgets, events, nowMs }: ApproveDeps, trx: Trx, { run, waitingFor, userId }: Decision): Promise<number> {
  const { workspaceId, runId } = run
  const byMicroUsd = raiseFor(waitingFor)
  await budgets.raise(trx, workspaceId, waitingFor, byMicroUsd)
  const payload = { scope: waitingFor.scope, day: waitingFor.day, byMicroUsd, userId }
  await events.append(trx, { workspaceId, runId, type: 'budget_raised', payload, atMs: nowMs() })
  return byMicroUsd
}

/** The click is a finished step of the run, so no restart asks for it again. */
async function confirmCost({ events, nowMs }: ApproveDeps, trx: Trx, { run, waitingFor, userId }: Decision): Promise<number> {
  const { workspaceId, runId } = run
  const { neededMicroUsd } = waitingFor
  const result = JSON.stringify({ neededMicroUsd, userId } satisfies ConfirmedCost)
  await writeStep(trx, { runId, stepKey: confirmedStep, result, atMs: nowMs() })
  await events.append(trx, { workspaceId, runId, type: 'cost_confirmed', payload: { neededMicroUsd, userId }, atMs: nowMs() })
  return neededMicroUsd
}
