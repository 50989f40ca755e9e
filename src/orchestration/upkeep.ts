import type { BudgetStore } from '../storage/budget-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { ResumeWaiting } from './resume-waiting.ts'

export interface UpkeepDeps {
  readonly budgets: BudgetStore
  readonly runs: RunStore
  readonly resumeWaiting: ResumeWaiting
  /** Deletes what has expired in the memory, a piece at a time. */
  readonly tidyMemory: () => Promise<unknown>
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

const everyMs = 60_000
/** Slack delivers again for minutes, never for days. */
const keysKeptMs = 7 * 24 * 3_600_000

/**
 * What has to be looked after now and then, in bounded pieces: holds of dead runs, runs that wait for room, old keys, what was
 * remembered for a time. */
export function createUpkeep({ budgets, runs, resumeWaiting, tidyMemory, nowMs }: Omit<UpkeepDeps, 'onError'>): () => Promise<void> {
  return async () => {
    await budgets.releaseExpired(nowMs())
    await resumeWaiting()
    await runs.forgetKeys(nowMs() - keysKeptMs)
    await tidyMemory()
  }
}

export function startUpkeep(deps: UpkeepDeps): { stop(): void } {
  const tidy = createUpkeep(deps)
  const timer = setInterval(() => void tidy().catch(deps.onError), everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
