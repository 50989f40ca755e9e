import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ClaimedTask, TaskStore } from '../task-store.ts'
import type { AbortReason, AttemptResult, TaskHandler, TaskQueue } from './task-queue.ts'
import { together } from './together.ts'

export interface DatabaseQueueOptions {
  readonly tasks: TaskStore
  /** Names this boot of this process; leases are held under it. */
  readonly owner: string
  /** Tasks at work at once in this process, until it is set otherwise. */
  readonly concurrency: number
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  /** Called when there is no room for more work, which may or may not be there. */
  readonly onFull?: () => void
  /** Called when tasks are queued again whose process is gone; each is counted by one of the processes. */
  readonly onOrphans?: (count: number) => void
  /** Called when an attempt is over and the table says so; `isEnded` when the task is over with it. */
  readonly onSettled?: (task: ClaimedTask, isEnded: boolean) => void
  /** How often the table is asked without being told, for retries that came due and for other processes' tasks. */
  readonly pollMs?: number
  /** How long a dead process keeps its tasks; renewed three times within it. */
  readonly leaseMs?: number
  /** How often the table is asked whether somebody of another process has stopped what is at work here. */
  readonly stopPollMs?: number
}

interface Attempt {
  readonly task: ClaimedTask
  readonly controller: AbortController
  readonly done: Promise<void>
  /** From then on another process may take it, unless the lease was renewed. */
  heldUntilMs: number
}

const strayDelayMs = 1_000
/** Tasks claimed by one statement when they are asked for by name. */
const maxTaken = 32
/** Of the looks at the table, so many are left out while somebody else says what there is to take. */
const calmLooks = 10

/** Dispatches in process from the tasks table. */
export class DatabaseQueue implements TaskQueue {
  readonly #options: Required<DatabaseQueueOptions>
  #concurrency: number
  readonly #claimByName: (taskId: string) => Promise<ClaimedTask | undefined>
  readonly #attempts = new Map<string, Attempt>()
  /** Ended here and not in the table; at most as many as were at work when the store failed. */
  readonly #strays = new Set<ClaimedTask>()
  #handler: TaskHandler | undefined
  /** Places kept for what is being claimed. */
  #claiming = 0
  readonly #whenRoom = new Set<() => void>()
  #isEager = true
  /** Set while nothing is begun. */
  #resting: NodeJS.Timeout | undefined
  #looks = 0
  #isPumping = false
  #pumpAgain = false
  #timers: NodeJS.Timeout[] = []

  constructor(options: DatabaseQueueOptions) {
    this.#options = { pollMs: 500, leaseMs: 15_000, stopPollMs: 1_000, onFull: () => {}, onOrphans: () => {}, onSettled: () => {}, ...options }
    this.#concurrency = options.concurrency
    this.#claimByName = together((taskIds) => this.#claimThese(taskIds), maxTaken)
  }

  get activeCount(): number {
    return this.#attempts.size
  }

  get concurrency(): number {
    return this.#concurrency
  }

  setConcurrency(concurrency: number): void {
    const isMore = concurrency > this.#concurrency
    this.#concurrency = concurrency
    if (isMore && this.#isEager) this.announce()
    this.#tellRoom()
  }

  rest(ms: number): void {
    clearTimeout(this.#resting)
    this.#resting = setTimeout(() => {
      this.#resting = undefined
      if (this.#isEager) this.announce()
      this.#tellRoom()
    }, ms).unref()
  }

  async start(handler: TaskHandler): Promise<void> {
    this.#handler = handler
    const { pollMs, leaseMs, stopPollMs, tasks } = this.#options
    await this.#releaseOrphans()
    this.#every(pollMs, () => this.#look())
    this.#every(leaseMs / 3, () => void this.#keepLeases())
    if (tasks.isShared) {
      this.#every(leaseMs / 15, () => this.#letGoOfLapsed())
      this.#every(stopPollMs, () => void this.#stopWanted())
    }
    this.announce()
  }

  announce(): void {
    void this.#pump()
  }

  /** Whether it looks for work by itself (as it begins), or mostly does what it is told by {@link take}. */
  setEager(isEager: boolean): void {
    const isNew = isEager && !this.#isEager
    this.#isEager = isEager
    if (isNew) this.announce()
  }

  /** Places for tasks that nobody has yet; 0 before the start, during a rest and from the drain on. */
  get room(): number {
    return this.#handler && !this.#resting ? this.#concurrency - this.#attempts.size - this.#claiming : 0
  }

  /** Resolves when there is room, and when there will never be again. */
  async whenRoom(): Promise<void> {
    if (this.room > 0) return
    if (!this.#resting) this.#options.onFull()
    await new Promise<void>((resolve) => this.#whenRoom.add(resolve))
  }

  /** Begins one task, if it is to be had; counts as at work from now on. @returns false when somebody else has it or it may not begin yet */
  async take(taskId: string): Promise<boolean> {
    if (!this.#handler) return false
    this.#claiming++
    try {
      const task = await this.#claimByName(taskId)
      if (task) this.#begin(task)
      return task !== undefined
    } finally {
      this.#claiming--
      this.#tellRoom()
    }
  }

  cancel(runId: string): boolean {
    const attempt = this.#attempts.get(runId)
    attempt?.controller.abort('cancelled' satisfies AbortReason)
    return attempt !== undefined
  }

  async health(): Promise<undefined> {
    await this.#options.tasks.countOpen()
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#handler = undefined
    clearTimeout(this.#resting)
    this.#tellRoom()
    for (const timer of this.#timers) clearInterval(timer)
    const leases = setInterval(() => void this.#extendLeases().catch(this.#options.onError), this.#options.leaseMs / 3)
    const all = Promise.all([...this.#attempts.values()].map((attempt) => attempt.done))
    const timer = setTimeout(() => {
      for (const { controller } of this.#attempts.values()) controller.abort('draining' satisfies AbortReason)
    }, timeoutMs)
    await all
    clearTimeout(timer)
    clearInterval(leases)
  }

  #tellRoom(): void {
    if (this.#handler && this.room <= 0) return
    for (const resolve of this.#whenRoom) resolve()
    this.#whenRoom.clear()
  }

  async #claimThese(taskIds: readonly string[]): Promise<(ClaimedTask | undefined)[]> {
    const { tasks, owner, nowMs, leaseMs } = this.#options
    const claimed = await tasks.claimThese(taskIds, { owner, nowMs: nowMs(), leaseMs })
    const byId = new Map<string, ClaimedTask>(claimed.map((task) => [task.taskId, task]))
    return taskIds.map((taskId) => {
      const task = byId.get(taskId)
      // Asked for twice at once, it is given to the first who asked.
      byId.delete(taskId)
      return task
    })
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms)
    timer.unref()
    this.#timers.push(timer)
  }

  #look(): void {
    if (this.#isEager || ++this.#looks % calmLooks === 0) this.announce()
  }

  /** Claims while there is room and work. One pump at a time; calls that come meanwhile make it look once more. */
  async #pump(): Promise<void> {
    if (this.#isPumping) {
      this.#pumpAgain = true
      return
    }
    this.#isPumping = true
    try {
      do {
        this.#pumpAgain = false
        while (await this.#claimSome());
      } while (this.#pumpAgain)
    } catch (error) {
      this.#options.onError(error)
    } finally {
      this.#isPumping = false
    }
  }

  async #claimSome(): Promise<boolean> {
    const { tasks, owner, nowMs, leaseMs, onFull } = this.#options
    const limit = this.room
    if (!this.#handler) return false
    if (limit <= 0) {
      if (!this.#resting) onFull()
      return false
    }
    this.#claiming += limit
    try {
      const claimed = await tasks.claim({ owner, limit, nowMs: nowMs(), leaseMs })
      let turn: Promise<void> | undefined
      for (const task of claimed) {
        this.#begin(task, turn)
        // Many that begin at once do not hold up what else is to be served.
        turn = (turn ?? Promise.resolve()).then(() => nextTurn())
      }
      return claimed.length === limit
    } finally {
      this.#claiming -= limit
      this.#tellRoom()
    }
  }

  /**
   * What was claimed while a drain began is given back by its own settling.
   * @param turn the work begins after it; the place is taken at once
   */
  #begin(task: ClaimedTask, turn?: Promise<void>): Attempt {
    const { nowMs, leaseMs, onSettled } = this.#options
    const controller = new AbortController()
    const handler: TaskHandler = this.#handler ?? (async () => ({ kind: 'retry', delayMs: 0, error: 'drained' }))
    if (!this.#handler) controller.abort('draining' satisfies AbortReason)
    // What comes back here while the attempt before it has not seen that it lost its lease ends that one, and waits for its end.
    const former = this.#attempts.get(task.runId)
    former?.controller.abort('draining' satisfies AbortReason)
    const before = former ? Promise.all([former.done, turn]) : turn
    let isEnded = false
    const attempted = async (): Promise<void> => void (isEnded = await this.#attempt(task, handler, controller.signal))
    const done = (before ? before.then(attempted) : attempted()).finally(() => {
      if (this.#attempts.get(task.runId)?.task === task) this.#attempts.delete(task.runId)
      if (this.#isEager) this.announce()
      this.#tellRoom()
      onSettled(task, isEnded)
    })
    const attempt = { task, controller, done, heldUntilMs: nowMs() + leaseMs }
    this.#attempts.set(task.runId, attempt)
    return attempt
  }

  /** @returns true when the task is over */
  async #attempt(task: ClaimedTask, handler: TaskHandler, signal: AbortSignal): Promise<boolean> {
    try {
      const result = await handler(task, signal)
      await this.#settle(task, result, signal)
      return result.kind === 'ended'
    } catch (error) {
      // The handler ends or retries by itself; what comes here is a store that failed.
      this.#options.onError(error)
      this.#strays.add(task)
      await this.#returnStrays()
      return false
    }
  }

  /** Gives back what could not be settled; tried again with the leases until the store takes it. */
  async #returnStrays(): Promise<void> {
    const { tasks, nowMs, onError } = this.#options
    for (const task of this.#strays) {
      try {
        await tasks.requeue(task, nowMs() + strayDelayMs, 'not settled')
        this.#strays.delete(task)
      } catch (error) {
        onError(error)
        return
      }
    }
  }

  async #settle(task: ClaimedTask, result: AttemptResult, signal: AbortSignal): Promise<void> {
    if (result.kind === 'ended') return
    const { tasks, nowMs } = this.#options
    const isDrained = signal.reason === ('draining' satisfies AbortReason)
    await tasks.requeue(task, nowMs() + (isDrained ? 0 : result.delayMs), result.error, isDrained)
  }

  async #keepLeases(): Promise<void> {
    try {
      await this.#returnStrays()
      await this.#extendLeases()
      await this.#releaseOrphans()
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #extendLeases(): Promise<void> {
    const { tasks, owner, nowMs, leaseMs } = this.#options
    const asked = [...this.#attempts.values()]
    if (asked.length === 0) return
    const untilMs = nowMs() + leaseMs
    const held = new Set(await tasks.extendLeases(owner, untilMs))
    // What is missing was taken by another process, or has just ended here.
    for (const attempt of asked) attempt.heldUntilMs = held.has(attempt.task.taskId) ? untilMs : 0
  }

  /**
   * A task whose lease could not be renewed may be another process's from the end of the lease on: it is let go of before, so
   * that a run is never at work twice. Also after this process itself stood still.
   */
  #letGoOfLapsed(): void {
    const { nowMs, leaseMs } = this.#options
    for (const { heldUntilMs, controller } of this.#attempts.values()) {
      if (nowMs() >= heldUntilMs - leaseMs / 5) controller.abort('draining' satisfies AbortReason)
    }
  }

  /** A stop that somebody asked another process for; its message may have been lost, or there are no messages. */
  async #stopWanted(): Promise<void> {
    if (this.#attempts.size === 0) return
    try {
      for (const runId of await this.#options.tasks.stopped([...this.#attempts.keys()])) this.cancel(runId)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #releaseOrphans(): Promise<void> {
    const { tasks, owner, nowMs, onOrphans } = this.#options
    const count = await tasks.releaseOrphans(owner, nowMs())
    if (count === 0) return
    onOrphans(count)
    this.announce()
  }
}
