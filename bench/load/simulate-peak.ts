import { quantile } from '../measure/statistics.ts'
import type { Dice } from '../swarms/dice.ts'

/** One hour at the peak of the day. */
export interface Peak {
  /** Mentions that come in a second, on average. */
  readonly runsPerSecond: number
  readonly workers: number
  /** Runs that a worker has at work at once. */
  readonly slots: number
  /** CPU of a worker for one run; a worker has one core. */
  readonly cpuMs: number
  /** How long the model takes for a run: its median, and the factor from there to the 84th percentile (lognormal). */
  readonly modelMs: number
  readonly modelSpread: number
  readonly seconds: number
  readonly dice: Pick<Dice, 'share' | 'normal'>
}

export interface PeakResult {
  /** From acceptance until a worker begins. */
  readonly waitP50Ms: number
  readonly waitP99Ms: number
  /** What CPU and model do not take: waits for a place and for the core. */
  readonly lostP99Ms: number
  /** Share of the workers' CPU in use, 0 to 1. */
  readonly busy: number
}

/**
 * Mentions that come by chance (a Poisson process) to workers with places and one core each. A run takes the first free place,
 * half of its CPU before the model is asked and half after; a core serves what asks for it in turn. Stores have room enough.
 */
export function simulatePeak({ runsPerSecond, workers, slots, cpuMs, modelMs, modelSpread, seconds, dice }: Peak): PeakResult {
  // When each place, and each core, is free again. The place that is free first is taken, as from one queue.
  const places = new Heap(workers * slots, (place) => place % workers)
  const cores = new Float64Array(workers)
  const waits: number[] = []
  const lost: number[] = []
  const endMs = seconds * 1_000
  let used = 0
  const untilNextMs = (): number => -Math.log(1 - dice.share()) * (1_000 / runsPerSecond)
  for (let atMs = untilNextMs(); atMs < endMs; atMs += untilNextMs()) {
    const { freeAtMs, place, worker } = places.first()
    const startMs = Math.max(atMs, freeAtMs)
    const thinkMs = modelMs * modelSpread ** dice.normal()
    const askedMs = Math.max(startMs, cores[worker] ?? 0) + cpuMs / 2
    // The core is booked for both halves at once: the second comes seconds later, among others of the same kind, and waits about as long.
    cores[worker] = askedMs + cpuMs / 2
    const firstWaitMs = askedMs - cpuMs / 2 - startMs
    const doneMs = askedMs + thinkMs + firstWaitMs + cpuMs / 2
    places.release(place, doneMs)
    used += cpuMs
    waits.push(startMs - atMs)
    lost.push(startMs - atMs + 2 * firstWaitMs)
  }
  return { waitP50Ms: quantile(waits, 0.5), waitP99Ms: quantile(waits, 0.99), lostP99Ms: quantile(lost, 0.99), busy: used / (endMs * workers) }
}

/** Places by the moment at which they are free, the earliest on top. */
class Heap {
  readonly #freeAt: Float64Array
  readonly #order: number[]
  readonly #workerOf: (place: number) => number

  constructor(places: number, workerOf: (place: number) => number) {
    this.#freeAt = new Float64Array(places)
    this.#order = Array.from({ length: places }, (_, place) => place)
    this.#workerOf = workerOf
  }

  first(): { freeAtMs: number; place: number; worker: number } {
    const place = this.#order[0] ?? 0
    return { freeAtMs: this.#freeAt[place] ?? 0, place, worker: this.#workerOf(place) }
  }

  /** The place on top is free again at a later moment, and sinks. */
  release(place: number, atMs: number): void {
    this.#freeAt[place] = atMs
    const order = this.#order
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const least = [left, right].filter((child) => child < order.length).reduce((best, child) => (this.#at(child) < this.#at(best) ? child : best), at)
      if (least === at) return
      ;[order[at], order[least]] = [order[least] ?? 0, order[at] ?? 0]
      at = least
    }
  }

  #at(index: number): number {
    return this.#freeAt[this.#order[index] ?? 0] ?? 0
  }
}
