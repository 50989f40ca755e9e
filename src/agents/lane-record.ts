import type { ObservedModel } from './find-best-model.ts'

interface Outcome {
  readonly atMs: number
  /** Undefined: it failed. */
  readonly latencyMs: number | undefined
}

const remembered = 32
/** Older outcomes say nothing any more: a model that failed an hour ago deserves another try. */
const countedMs = 15 * 60_000

/** What was seen of one model: totals, and the last 32 outcomes of the last 15 minutes for choosing by. */
export class LaneRecord {
  readonly #now: () => number
  readonly #recent: Outcome[] = []
  #calls = 0
  #failures = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get calls(): number {
    return this.#calls
  }

  get failures(): number {
    return this.#failures
  }

  begin(): void {
    this.#calls++
  }

  succeed(latencyMs: number): void {
    this.#remember(latencyMs)
  }

  fail(): void {
    this.#failures++
    this.#remember(undefined)
  }

  /** Calls and failures are the recent ones; the latency is the middle of the remembered answers, however old. */
  observed(): ObservedModel {
    const sinceMs = this.#now() - countedMs
    const counted = this.#recent.filter(({ atMs }) => atMs >= sinceMs)
    const latencies = this.#recent.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]))
    const sorted = latencies.toSorted((a, b) => a - b)
    return {
      latencyMs: sorted[Math.floor(sorted.length / 2)],
      calls: counted.length,
      failures: counted.filter(({ latencyMs }) => latencyMs === undefined).length,
    }
  }

  #remember(latencyMs: number | undefined): void {
    this.#recent.push({ atMs: this.#now(), latencyMs })
    if (this.#recent.length > remembered) this.#recent.shift()
  }
}
