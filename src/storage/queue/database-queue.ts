import type { ClaimedTask, TaskStore } from '../task-store.ts'
import type { AbortReason, AttemptResult, TaskHandler, TaskQueue } from './task-queue.ts'

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
  /** How often the table is asked without being told, for retries that came due and for other processes' tasks. */
  readonly pollMs?: number
  /** How long a dead process keeps its tasks; renewed three times within it. */
  readonly leaseMs?: number
}

interface Attempt {
  readonly task: ClaimedTask
  readonly controller: AbortController
  readonly done: Promise<void>
}

const strayDelayMs = 1_000

/** Dispatches in process from the tasks table. */
export class DatabaseQueue implements TaskQueue {
  readonly #options: Required<DatabaseQueueOptions>
  #concurrency: number
  readonly #attempts = new Map<string, Attempt>()
  /** Ended here and not in the table; at most as many as were at work when the store failed. */
  readonly #strays = new Set<ClaimedTask>()
  #handler: TaskHandler | undefined
  #isPumping = false
  #pumpAgain = false
  #timers: NodeJS.Timeout[] = []

  constructor(options: DatabaseQueueOptions) {
    this.#options = { pollMs: 500, leaseMs: 15_000, onFull: () => {}, ...options }
    this.#concurrency = options.concurrency
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
    if (isMore) this.announce()
  }

  async start(handler: TaskHandler): Promise<void> {
    this.#handler = handler
    const { pollMs, leaseMs } = this.#options
    await this.#releaseOrphans()
    this.#every(pollMs, () => this.announce())
    this.#every(leaseMs / 3, () => void this.#keepLeases())
    this.announce()
  }

  announce(): void {
    void this.#pump()
  }

  cancel(runId: string): boolean {
    const attempt = this.#attempts.get(runId)
    attempt?.controller.abort('cancelled' satisfies AbortReason)
    return attempt !== undefined
  }

  async drain(timeoutMs: number): Promise<void> {
    this.#handler = undefined
    for (const timer of this.#timers) clearInterval(timer)
    const all = Promise.all([...this.#attempts.values()].map((attempt) => attempt.done))
    const timer = setTimeout(() => {
      for (const { controller } of this.#attempts.values()) controller.abort('draining' satisfies AbortReason)
    }, timeoutMs)
    await all
    clearTimeout(timer)
  }

  #every(ms: number, work: () => void): void {
    const timer = setInterval(work, ms)
    timer.unref()
    this.#timers.push(timer)
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
    const handler = this.#handler
    const limit = this.#concurrency - this.#attempts.size
    if (!handler) return false
    if (limit <= 0) {
      onFull()
      return false
    }
    const claimed = await tasks.claim({ owner, limit, nowMs: nowMs(), leaseMs })
    for (const task of claimed) this.#begin(task, handler)
    return claimed.length === limit
  }

  #begin(task: ClaimedTask, handler: TaskHandler): void {
    const controller = new AbortController()
    const done = this.#attempt(task, handler, controller.signal).finally(() => {
      this.#attempts.delete(task.runId)
      this.announce()
    })
    this.#attempts.set(task.runId, { task, controller, done })
  }

  async #attempt(task: ClaimedTask, handler: TaskHandler, signal: AbortSignal): Promise<void> {
    try {
      const result = await handler(task, signal)
      await this.#settle(task, result, signal)
    } catch (error) {
      // The handler ends or retries by itself; what comes here is a store that failed.
      this.#options.onError(error)
      this.#strays.add(task)
      await this.#returnStrays()
    }
  }

  /** Gives back what could not be settled; tried again with the leases until the store takes it. */
  async #returnStrays(): Promise<void> {
    const { tasks, nowMs, onError } = this.#options
    for (const task of this.#strays) {
      try {
        await tasks.requeue(task.taskId, nowMs() + strayDelayMs, 'not settled')
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
    await tasks.requeue(task.taskId, nowMs() + (isDrained ? 0 : result.delayMs), result.error, isDrained)
  }

  async #keepLeases(): Promise<void> {
    const { tasks, owner, nowMs, leaseMs, onError } = this.#options
    try {
      await this.#returnStrays()
      if (this.#attempts.size > 0) await tasks.extendLeases(owner, nowMs() + leaseMs)
      await this.#releaseOrphans()
    } catch (error) {
      onError(error)
    }
  }

  async #releaseOrphans(): Promise<void> {
    const { tasks, owner, nowMs } = this.#options
    if ((await tasks.releaseOrphans(owner, nowMs())) > 0) this.announce()
  }
}
