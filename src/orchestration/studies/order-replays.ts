import type { ReplayStore } from '../../storage/replay-store.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { OrderStudy } from './order-study.ts'

export interface ReplayOrderDeps {
  readonly replays: Pick<ReplayStore, 'due'>
  readonly runs: Pick<RunStore, 'find'>
  readonly order: OrderStudy
  readonly nowMs: () => number
}

/** A version of which fewer answers are kept says too little of its kind. */
const leastRuns = 20
/** A workflow is looked into again after so long. */
const restMs = 7 * 24 * 3_600_000
const mostAtOnce = 20

/** Orders a replay for workflows that have enough answers and were not looked into for a week. Called now and then. */
export function createReplayOrders({ replays, runs, order, nowMs }: ReplayOrderDeps): () => Promise<void> {
  return async () => {
    for (const runId of await replays.due({ leastRuns, replayedBeforeMs: nowMs() - restMs, limit: mostAtOnce })) {
      const newest = await runs.find(runId)
      if (newest) await order('replay', newest)
    }
  }
}
