import type { ReplayStore } from '../../storage/replay-store.ts'
import type { OrderStudy } from './order-study.ts'

export interface ReplayOrderDeps {
  readonly replays: Pick<ReplayStore, 'due' | 'requests'>
  readonly order: OrderStudy
  readonly nowMs: () => number
}

/** A version of which fewer answers are kept says too little of its kind. */
const leastRuns = 20
/** A workflow is looked into again after so long. */
const restMs = 7 * 24 * 3_600_000
/** Workflows of a look; the next one goes on behind them. */
const lookedAt = 50

/** Orders a replay for workflows that have enough answers and were not looked into for a week. Called now and then; each look has a bound. */
export function createReplayOrders({ replays, order, nowMs }: ReplayOrderDeps): () => Promise<void> {
  let afterId = ''
  return async () => {
    const due = await replays.due({ replayedBeforeMs: nowMs() - restMs, afterId, limit: lookedAt })
    afterId = due.length < lookedAt ? '' : (due.at(-1)?.workflowId ?? '')
    for (const { workflowId, version } of due) {
      const known = await replays.requests(workflowId, version, leastRuns)
      const [newest] = known
      if (newest && known.length >= leastRuns) await order('replay', newest)
    }
  }
}
