import type { BudgetStore } from '../storage/budget-store.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { SetAsideStore } from '../storage/set-aside-store.ts'
import type { ResumeWaiting } from './resume-waiting.ts'

export interface UpkeepDeps {
  readonly budgets: BudgetStore
  readonly runs: RunStore
  readonly setAsides: Pick<SetAsideStore, 'forgetBefore'>
  readonly resumeWaiting: ResumeWaiting
  /** Deletes what has expired in the memory, a piece at a time. */
  readonly tidyMemory: () => Promise<unknown>
  readonly documents: Pick<DocumentStore, 'forget'>
  /** Gives space back and makes the backup of the day. */
  readonly lookAfterStores: () => Promise<unknown>
  /** Orders what Murmur looks into by itself. */
  readonly orderStudies: () => Promise<unknown>
  /** Begins to group patterns anew that have enough new runs, or any and a day has gone by. */
  readonly regroupPatterns: () => void
  /** Begins to teach learned routers anew what the day has brought. */
  readonly teachTheDay: () => void
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

const everyMs = 60_000
/** Rounds from one look at the stores to the next; the first comes when the process has settled. */
const storesEvery = 60
const storesFirst = 5
/** Rounds from one order of studies to the next; the first comes at once. */
const studiesEvery = 60
/** Rounds from one day's teaching to the next; the first comes after an hour, so that short-lived processes teach too. */
const teachEvery = 24 * 60
const teachFirst = 60
/** Slack delivers again for minutes, never for days. */
const keysKeptMs = 7 * 24 * 3_600_000
/** Threads are seldom taken up again after half a year. */
const documentsKeptMs = 180 * 24 * 3_600_000
/** An event that was in vain for a quarter of a year is not tried again. */
const setAsideKeptMs = 90 * 24 * 3_600_000

/**
 * What has to be looked after now and then, in bounded pieces: holds of dead runs, runs that wait for room, old keys, what
 * was remembered for a time. Begins at once, because much may have changed while no process ran.
 */
export function startUpkeep({ budgets, runs, setAsides, resumeWaiting, tidyMemory, lookAfterStores, documents, orderStudies, regroupPatterns, teachTheDay, nowMs, onError }: UpkeepDeps): { stop(): Promise<void> } {
  const tidy = async (): Promise<void> => {
    await budgets.releaseExpired(nowMs())
    await resumeWaiting()
    await runs.forgetKeys(nowMs() - keysKeptMs)
    await tidyMemory()
    await documents.forget(nowMs() - documentsKeptMs)
    await setAsides.forgetBefore(nowMs() - setAsideKeptMs)
    regroupPatterns()
    rounds++
    if (rounds % storesEvery === storesFirst) await lookAfterStores()
    if (rounds % studiesEvery === 1) await orderStudies()
    if (rounds % teachEvery === teachFirst) teachTheDay()
  }
  let rounds = 0
  let last = Promise.resolve()
  const begin = (): void => {
    last = last.then(tidy).catch(onError)
  }
  begin()
  const timer = setInterval(begin, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await last
    },
  }
}
