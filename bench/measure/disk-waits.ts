import { open } from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskWaits {
  readonly count: number
  readonly totalMs: number
}

/** Counts what really waits for the disk in this process: each `fdatasync`, with how long it took. */
export class DiskWaitCounter {
  #count = 0
  #totalMs = 0

  /** Watches from now on, for the life of the process; the prototype of file handles is not exported, so one is opened. */
  static async install(): Promise<DiskWaitCounter> {
    const counter = new DiskWaitCounter()
    const handle = await open(import.meta.filename)
    const prototype = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> }
    await handle.close()
    const original = prototype.datasync
    prototype.datasync = function datasync(this: unknown): Promise<void> {
      const startedMs = performance.now()
      return original.call(this).finally(() => {
        counter.#count++
        counter.#totalMs += performance.now() - startedMs
      })
    }
    return counter
  }

  read(): DiskWaits {
    return { count: this.#count, totalMs: this.#totalMs }
  }
}

/** How long one `fdatasync` takes in a folder after a small write, in milliseconds each. */
export async function timeDiskWaits(folder: string, repetitions: number, pauseMs = 0): Promise<number[]> {
  const handle = await open(join(folder, 'fdatasync-probe'), 'w')
  const page = Buffer.alloc(4_096, 'x')
  const times: number[] = []
  try {
    for (let index = 0; index < repetitions; index++) {
      await handle.write(page)
      const startedMs = performance.now()
      await handle.datasync()
      times.push(performance.now() - startedMs)
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  } finally {
    await handle.close()
  }
  return times
}
