import { MurmurError } from '../errors.ts'
import type { RunRecord } from '../storage/records.ts'
import { formatUsd } from './budget-wait.ts'
import type { CostEstimate } from './estimate-cost.ts'
import type { LimitBook } from './paid-calls/budget-limits.ts'
import type { RunSteps, ThreadPort } from './thread-port.ts'

/** The step that stands for the click. */
export const confirmedStep = 'cost:confirmed'

export interface ConfirmedCost {
  readonly neededMicroUsd: number
  readonly userId: string
}

export interface ConfirmInput {
  readonly run: RunRecord
  readonly goalId: string
  readonly thread: Pick<ThreadPort, 'showStatus'>
  readonly journal: Pick<RunSteps, 'has'>
  readonly limits: Pick<LimitBook, 'limits'>
}

/**
 * Before work that may be dear, such as a long input or a swarm: shows what it will cost about, and above the goal's
 * limit waits for the click of the person who asked. A click counts for the whole run, over restarts.
 * @throws {MurmurError} MUR_COST_UNCONFIRMED when that click is needed; the run then waits for it
 */
export async function confirmCost({ run, goalId, thread, journal, limits }: ConfirmInput, { what, doing, costMicroUsd }: CostEstimate): Promise<void> {
  const { workspaceId, runId } = run
  const { confirmAboveMicroUsd } = await limits.limits(workspaceId, goalId)
  if (costMicroUsd > confirmAboveMicroUsd && !journal.has(confirmedStep)) {
    throw new MurmurError('MUR_COST_UNCONFIRMED', {
      what,
      needed: formatUsd(costMicroUsd),
      neededMicroUsd: costMicroUsd,
      limit: formatUsd(confirmAboveMicroUsd),
      limitMicroUsd: confirmAboveMicroUsd,
      scopeKey: `run:${runId}`,
      day: 'all',
    })
  }
  await thread.showStatus(`${doing} (about ${formatUsd(costMicroUsd)}) …`)
}
