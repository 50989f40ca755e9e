import type { Database } from '../../storage/database.ts'
import { newRunId, newTaskId } from '../../storage/ids.ts'
import type { TaskQueue } from '../../storage/queue/task-queue.ts'
import type { Request } from '../../storage/records.ts'
import type { ScheduleRecord } from '../../storage/schedule-records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { ScheduleStore } from '../../storage/schedule-store.ts'
import { maxAttempts } from '../intake.ts'
import { describeMoment } from './describe-time.ts'
import { lastOccurrence, nextOccurrence } from './occurrences.ts'

export interface SchedulerDeps {
  readonly database: Database
  readonly schedules: ScheduleStore
  readonly runs: Pick<RunStore, 'insertOnce'>
  readonly queue: Pick<TaskQueue, 'announce'>
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** What was missed by less, because no process ran, is made up for; more is skipped, and said. */
export const missedMs = 3_600_000
/** A schedule that another process made is seen this late at most; an occurrence soon after it starts as late. */
const longestSleepMs = 15_000
const page = 50

/**
 * Makes a run of each occurrence. The step to the next occurrence and the run are one transaction, and the occurrence is
 * the run's key: so many processes and restarts as there may be, each occurrence makes one run.
 */
export class Scheduler {
  readonly #deps: SchedulerDeps
  #timer: NodeJS.Timeout | undefined
  #isClosed = true
  #firing: Promise<number> = Promise.resolve(0)

  constructor(deps: SchedulerDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#isClosed = false
    this.wake()
  }

  /** Says that schedules have changed. */
  wake(): void {
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    void this.#turn()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#firing
  }

  /** Takes every occurrence that is due now. @returns how many this call took */
  fireDue(): Promise<number> {
    this.#firing = this.#firing.then(() => this.#fireAll()).catch((error: unknown) => {
      this.#deps.onError(error)
      return 0
    })
    return this.#firing
  }

  async #turn(): Promise<void> {
    await this.fireDue()
    const { schedules, nowMs } = this.#deps
    const nextAtMs = await schedules.nextAtMs().catch(() => undefined)
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    // Not at once again: what could not be taken just now would be asked for without end.
    const sleepMs = Math.min(longestSleepMs, Math.max(100, (nextAtMs ?? Number.POSITIVE_INFINITY) - nowMs()))
    this.#timer = setTimeout(() => void this.#turn(), sleepMs)
    this.#timer.unref()
  }

  async #fireAll(): Promise<number> {
    const { schedules, queue, nowMs } = this.#deps
    let fired = 0
    for (let isWhole = true; isWhole; ) {
      const due = await schedules.due(nowMs(), page)
      let taken = 0
      for (const schedule of due) if (await this.#fire(schedule)) taken++
      fired += taken
      isWhole = due.length === page && taken > 0
    }
    if (fired > 0) queue.announce()
    return fired
  }

  async #fire(schedule: ScheduleRecord): Promise<boolean> {
    const { database, schedules, runs, nowMs } = this.#deps
    const { scheduleId, rule, timeZone, nextAtMs, priority } = schedule
    const atMs = nowMs()
    const dueAtMs = lastOccurrence(rule, timeZone, nextAtMs, atMs)
    const followingMs = nextOccurrence(rule, timeZone, atMs)
    const isMissed = atMs - dueAtMs > missedMs
    const request: Request = { ...schedule.request, scheduled: { scheduleId, dueAtMs, ...(isMissed ? { missed: missedText(schedule, { dueAtMs, followingMs, atMs }) } : {}) } }
    const runId = newRunId()
    const run = { runId, taskId: newTaskId(), request, priority, lane: `run:${runId}`, maxAttempts, nowMs: atMs }
    return database.db.transaction().execute(async (trx) => {
      if (!(await schedules.advance(trx, scheduleId, nextAtMs, followingMs))) return false
      await runs.insertOnce(trx, run, [`schedule:${scheduleId}:${dueAtMs}`])
      return true
    })
  }
}

function missedText({ timeZone }: ScheduleRecord, { dueAtMs, followingMs, atMs }: { dueAtMs: number; followingMs: number | undefined; atMs: number }): string {
  const next = followingMs === undefined ? 'It was the only time; ask again if you still want it.' : `Next: ${describeMoment(followingMs, timeZone, atMs)} (${timeZone}).`
  return `This was due ${describeMoment(dueAtMs, timeZone, atMs)} (${timeZone}), while I was not running, so it is skipped. ${next}`
}
