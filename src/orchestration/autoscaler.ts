import type { TaskQueue } from '../storage/queue/task-queue.ts'

/** Between which numbers of runs at once a process moves. */
export interface ScalingBounds {
  /** 1 or more. */
  readonly min: number
  readonly max: number
}

export interface ScalingState {
  /** Runs that may be at work at once. */
  readonly concurrency: number
  /** Since when half of that would have done; undefined while it would not. */
  readonly calmSinceMs: number | undefined
}

export interface QueueLoad {
  /** Tasks that wait, of any process. */
  readonly queued: number
  /** Tasks at work in this process. */
  readonly running: number
}

/** Each step up at most doubles, and adds this much at least. */
const leastStep = 4
/** A load at or below this share of the concurrency is calm. */
const calmShare = 0.5
/** It has to be calm so long before a step down, so that a short lull costs nothing. */
const calmMs = 30_000

/**
 * How many runs may be at work at once from now on. Up at once when all are busy and more wait; down by half after half a
 * minute in which half would have done. Between the two thresholds nothing changes, so that it does not swing.
 */
export function nextConcurrency({ concurrency, calmSinceMs }: ScalingState, { queued, running }: QueueLoad, { min, max }: ScalingBounds, nowMs: number): ScalingState {
  const demand = queued + running
  const clamp = (value: number): number => Math.min(max, Math.max(min, value))
  if (queued > 0 && running >= concurrency) return { concurrency: clamp(Math.min(demand, Math.max(concurrency * 2, concurrency + leastStep))), calmSinceMs: undefined }
  if (demand > concurrency * calmShare) return { concurrency, calmSinceMs: undefined }
  const since = calmSinceMs ?? nowMs
  if (nowMs - since < calmMs) return { concurrency, calmSinceMs: since }
  return { concurrency: clamp(Math.max(Math.ceil(concurrency / 2), demand)), calmSinceMs: nowMs }
}

export interface AutoscalerDeps {
  readonly queue: Pick<TaskQueue, 'activeCount' | 'concurrency' | 'setConcurrency'>
  readonly countQueued: () => Promise<number>
  readonly bounds: ScalingBounds
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** How often it looks by itself, for the way down. */
const lookEveryMs = 5_000
/** Told that the queue is full it looks at once, but not more often than this. */
const leastPauseMs = 50

/** Moves the worker concurrency of one process with the depth of its queue. */
export class Autoscaler {
  readonly #deps: AutoscalerDeps
  #calmSinceMs: number | undefined
  #looking: Promise<void> | undefined
  #lastLookMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #late: NodeJS.Timeout | undefined

  constructor(deps: AutoscalerDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookEveryMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#late)
  }

  /** Says that the queue has no room left; free where there is no more to be had. */
  noteFull(): void {
    const { queue, bounds, nowMs } = this.#deps
    if (queue.concurrency >= bounds.max) return
    if (nowMs() - this.#lastLookMs >= leastPauseMs) return void this.look()
    // What came since the last look must not wait for the next tick.
    this.#late ??= setTimeout(() => void this.look(), leastPauseMs)
  }

  /** Looks at the queue once and sets what follows; one look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#adjust()
      .catch(this.#deps.onError)
      .finally(() => (this.#looking = undefined))
    return this.#looking
  }

  async #adjust(): Promise<void> {
    const { queue, countQueued, bounds, nowMs } = this.#deps
    this.#lastLookMs = nowMs()
    clearTimeout(this.#late)
    this.#late = undefined
    const queued = await countQueued()
    const state = { concurrency: queue.concurrency, calmSinceMs: this.#calmSinceMs }
    const next = nextConcurrency(state, { queued, running: queue.activeCount }, bounds, nowMs())
    this.#calmSinceMs = next.calmSinceMs
    if (next.concurrency !== queue.concurrency) queue.setConcurrency(next.concurrency)
  }
}
