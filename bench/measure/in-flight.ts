import { DiskWaitCounter } from './disk-waits.ts'

/** How fast work goes with several pieces under way. */
export interface Pace {
  readonly perSecond: number
  /** User and system time of this process, in milliseconds a piece. */
  readonly cpuMs: number
  readonly diskWaitsEach: number
  /** The longest the event loop was kept from its timers, in milliseconds. */
  readonly longestBlockMs: number
}

const beatMs = 5

/** Does `count` pieces of work with `inFlight` of them under way all the time. */
export async function measurePace(count: number, inFlight: number, disk: DiskWaitCounter, work: (index: number) => Promise<unknown>): Promise<Pace> {
  let next = 0
  let lastBeatMs = performance.now()
  let longestBlockMs = 0
  const heart = setInterval(() => {
    const nowMs = performance.now()
    longestBlockMs = Math.max(longestBlockMs, nowMs - lastBeatMs - beatMs)
    lastBeatMs = nowMs
  }, beatMs)
  const waitsBefore = disk.read().count
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const elapsedMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpuBefore)
  clearInterval(heart)
  return {
    perSecond: (count / elapsedMs) * 1_000,
    cpuMs: (user + system) / 1_000 / count,
    diskWaitsEach: (disk.read().count - waitsBefore) / count,
    longestBlockMs,
  }
}
