import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { ProcessBus } from '../storage/redis/process-bus.ts'

export interface GiveWayOptions {
  readonly bus: ProcessBus
  readonly queue: Pick<TaskQueue, 'rest' | 'setConcurrency'>
  /** Runs at once with which it begins again. */
  readonly minConcurrency: number
  /** Milliseconds; only their differences count. */
  readonly nowMs: () => number
  /** Called when a rest begins, and not while one follows another. */
  readonly onBegin: () => void
}

/** Slack counts a delivery as failed after 3 s; one that took so long to be stored says that the next ones may. */
const lateMs = 700
/** One alone may have met a slow disk; so many, none of them a second after the last, are a burst. */
const fewLate = 4
const apartMs = 1_000
/** An edge says so no more often than this. */
const leastPauseMs = 250
/** For each time that it is said, nothing new is begun for so long. */
const restMs = 1_000
/** So much rest there is for one burst; of what was taken a tenth of the time comes back, so that an edge that is ill holds up no more than that. */
const mostRestMs = 60_000
const regainedShare = 0.1

/**
 * Deliveries come before runs: Slack waits for 3 s and a run can wait. Where edges, workers and the database are short of the same CPU, whoever takes
 * several requests in too slowly says so, and all processes begin no runs for a moment. What is at work goes on.
 */
export class GiveWay {
  readonly #options: GiveWayOptions
  #late = 0
  #lastLateMs = Number.NEGATIVE_INFINITY
  #saidMs = Number.NEGATIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY
  #leftMs = mostRestMs
  #countedMs: number

  constructor(options: GiveWayOptions) {
    this.#options = options
    this.#countedMs = options.nowMs()
    options.bus.hear('late', () => this.#rest())
  }

  /** A request was taken in, and it took so long. */
  noteIntake(tookMs: number): void {
    const atMs = this.#options.nowMs()
    if (tookMs < lateMs) return
    this.#late = atMs - this.#lastLateMs < apartMs ? this.#late + 1 : 1
    this.#lastLateMs = atMs
    if (this.#late < fewLate || atMs - this.#saidMs < leastPauseMs) return
    this.#saidMs = atMs
    this.#options.bus.tell('late', '')
    this.#rest()
  }

  #rest(): void {
    const { queue, minConcurrency, nowMs, onBegin } = this.#options
    const atMs = nowMs()
    this.#leftMs = Math.min(mostRestMs, this.#leftMs + (atMs - this.#countedMs) * regainedShare)
    this.#countedMs = atMs
    const moreMs = atMs + restMs - Math.max(atMs, this.#untilMs)
    if (moreMs > this.#leftMs) return
    if (this.#untilMs < atMs) onBegin()
    this.#leftMs -= moreMs
    this.#untilMs = atMs + restMs
    // It would else begin again with all at once that had been at work.
    queue.setConcurrency(minConcurrency)
    queue.rest(restMs)
  }
}
