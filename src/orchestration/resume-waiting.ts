import type { BudgetStore, CountedScope } from '../storage/budget-store.ts'
import type { Database } from '../storage/database.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { BudgetWait, RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { payerOf, type LimitBook } from './paid-calls/budget-limits.ts'

export interface ResumeDeps {
  readonly database: Database
  readonly runs: RunStore
  readonly budgets: BudgetStore
  readonly limits: LimitBook
  readonly queue: TaskQueue
  readonly nowMs: () => number
}

/** Waiting runs looked at in one go, oldest first; the rest is for the next time. */
const maxSwept = 500

/**
 * Lets runs go on whose cap has room again: the day ended, an admin changed the limit, or what others held was given back.
 * No more of them than fit, so that they do not all come back to the same refusal.
 * @returns how many go on
 */
export type ResumeWaiting = () => Promise<number>

export function createResumer(deps: ResumeDeps): ResumeWaiting {
  const { database, runs, queue, nowMs } = deps
  return async () => {
    const room = new Map<string, number>()
    let resumed = 0
    for (const run of await runs.listWaiting(maxSwept)) {
      if (!(await takeRoom(deps, room, run))) continue
      if (await database.db.transaction().execute((trx) => runs.resume(trx, run.runId, nowMs()))) resumed++
    }
    if (resumed > 0) queue.announce()
    return resumed
  }
}

/** True when the run's next call fits under the cap that it waits for, by a cheaper model if need be; the room is then gone for those after it. */
async function takeRoom(deps: ResumeDeps, room: Map<string, number>, run: RunRecord): Promise<boolean> {
  const { waitingFor, workspaceId } = run
  if (waitingFor?.kind !== 'cap') return false
  const scope = await scopeNow(deps, run, waitingFor)
  // The channel belongs to another goal now: the run finds out by itself what holds there.
  if (!scope) return true
  const key = `${workspaceId} ${scope.scope} ${scope.day}`
  let left = room.get(key)
  if (left === undefined) {
    const state = await deps.budgets.state(workspaceId, scope)
    left = state.limitMicroUsd - state.settledMicroUsd - state.reservedMicroUsd
  }
  const fits = waitingFor.leastMicroUsd <= left
  room.set(key, fits ? left - waitingFor.leastMicroUsd : left)
  return fits
}

/** The cap as it is now, on the day that it is now. */
async function scopeNow({ limits, nowMs }: ResumeDeps, run: RunRecord, { scope, limitMicroUsd }: BudgetWait): Promise<CountedScope | undefined> {
  const goalId = await limits.goalOf(run.workspaceId, run.request.channelId)
  const effective = await limits.limits(run.workspaceId, goalId)
  // What a team's share is, only its run knows; its cap is taken as it was.
  if (scope.startsWith('team:') && scope.endsWith(`:${goalId}`)) return { scope, day: limits.dayOf(nowMs(), effective.timeZone), limitMicroUsd }
  return limits.scopesOf(payerOf(run, goalId), effective).find((counted) => counted.scope === scope)
}
