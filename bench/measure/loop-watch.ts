/** The longest that the event loop served nothing else, in milliseconds. */
export interface Stall {
  /** As others would have waited; on a busy machine other programs are a part of it. */
  readonly wallMs: number
  /** What the process's own main thread worked meanwhile. */
  readonly workMs: number
}

const everyMs = 1

/** Looks at the clock as often as the event loop lets it, until it is stopped. */
export function watchLoop(): { stop(): Stall } {
  let lastMs = performance.now()
  let lastCpu = process.threadCpuUsage()
  let worst: Stall = { wallMs: 0, workMs: 0 }
  const look = (): void => {
    const nowMs = performance.now()
    const cpu = process.threadCpuUsage(lastCpu)
    worst = { wallMs: Math.max(worst.wallMs, nowMs - lastMs - everyMs), workMs: Math.max(worst.workMs, (cpu.user + cpu.system) / 1_000) }
    lastMs = nowMs
    lastCpu = process.threadCpuUsage()
  }
  const timer = setInterval(look, everyMs)
  return {
    stop() {
      look()
      clearInterval(timer)
      return worst
    },
  }
}
