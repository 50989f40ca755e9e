import type { MurmurError } from '../errors.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { PartStore } from '../storage/part-store.ts'
import type { BudgetWait, RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { formatUsd, raiseFor, readBudgetWait } from './budget-wait.ts'
import type { ThreadPort } from './thread-port.ts'

export interface SuspendDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly parts: Pick<PartStore, 'noteHeldUp'>
  readonly events: EventLog
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/**
 * Lets a run wait, just as it is, for the person that it needs: who may raise the cap it met, or who asked for dear work.
 * Asks first and suspends then, so that no crash leaves a run waiting of which nobody knows.
 * @returns false when somebody stopped the run meanwhile; it does not wait then
 */
export async function suspendRun(deps: SuspendDeps, run: RunRecord, thread: ThreadPort, failure: MurmurError): Promise<boolean> {
  const { database, runs, parts, events, nowMs, onEvent } = deps
  const { workspaceId, runId, parentRunId } = run
  const waitingFor = readBudgetWait(failure)
  const { question, goOn } = wordsOf(waitingFor, failure.message)
  // A cap that all parts of a batch meet is shown once, by the batch.
  if (parentRunId === undefined || !isShared(waitingFor)) await thread.askApproval(askedKey(waitingFor), question, goOn)
  const isSuspended = await database.db.transaction().execute(async (trx) => {
    if (!(await runs.suspend(trx, runId, waitingFor, nowMs()))) return false
    if (parentRunId !== undefined) await parts.noteHeldUp(trx, parentRunId, nowMs())
    const type = waitingFor.kind === 'cap' ? 'budget_exceeded' : 'cost_unconfirmed'
    await events.append(trx, { workspaceId, runId, type, payload: { ...waitingFor }, atMs: nowMs() })
    return true
  })
  if (isSuspended) onEvent()
  return isSuspended
}

const isShared = ({ kind, scope }: BudgetWait): boolean => kind === 'cap' && !scope.startsWith('run:')

/** The same question stands once in the thread, however often the run comes back to it; after a raise it is another one. */
const askedKey = ({ kind, scope, day, limitMicroUsd }: BudgetWait): string => `${kind}:${scope}:${day}:${limitMicroUsd}`

function wordsOf(waitingFor: BudgetWait, reason: string): { readonly question: string; readonly goOn: string } {
  if (waitingFor.kind === 'confirm') return { question: reason, goOn: `Go on (about ${formatUsd(waitingFor.neededMicroUsd)})` }
  const more = formatUsd(raiseFor(waitingFor))
  return {
    question: `${reason}\n\nYour request waits. It goes on by itself once there is room again, or at once when an admin approves ${more} more.`,
    goOn: 'Approve and continue',
  }
}
