import type { BudgetStore } from '../storage/budget-store.ts'
import type { RunStore } from '../storage/run-store.ts'

export interface UpkeepDeps {
  readonly budgets: BudgetStore
  readonly runs: RunStore
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

const everyMs = 60_000
/** Slack delivers again for minutes, never for days. */
const keysKeptMs = 7 * 24 * 3_600_000

/** What has to be tidied now and then, in bounded pieces: holds of dead runs, keys that no delivery will bring again. */
export function startUpkeep({ budgets, runs, nowMs, onError }: UpkeepDeps): { stop(): void } {
  const tidy = async (): Promise<void> => {
    await budgets.releaseExpired(nowMs())
    await runs.forgetKeys(nowMs() - keysKeptMs)
  }
  const timer = setInterval(() => void tidy().catch(onError), everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
