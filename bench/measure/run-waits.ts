import type { DiskWaitCounter } from './disk-waits.ts'
import type { Arm } from './paired.ts'
import { quantile } from './statistics.ts'

/** Leaves the time of disk waits out of repetitions, and keeps it. */
export class RunWaits {
  readonly #disk: DiskWaitCounter
  readonly #counts: number[] = []
  readonly #times: number[] = []

  constructor(disk: DiskWaitCounter) {
    this.#disk = disk
  }

  around(work: (repetition: number) => Promise<unknown>): Arm {
    return async (repetition) => {
      const before = this.#disk.read()
      await work(repetition)
      const after = this.#disk.read()
      this.#counts.push(after.count - before.count)
      this.#times.push(after.totalMs - before.totalMs)
      return { diskMs: after.totalMs - before.totalMs }
    }
  }

  perRun(skipped: number): { diskWaitsPerRun: number; diskWaitP50: number } {
    const counts = this.#counts.slice(skipped)
    const waits = counts.reduce((sum, count) => sum + count, 0)
    return { diskWaitsPerRun: waits / counts.length, diskWaitP50: quantile(this.#times.slice(skipped), 0.5) / Math.max(1, waits / counts.length) }
  }
}
