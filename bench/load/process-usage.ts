import { readFileSync } from 'node:fs'

/** What a process has used so far, as Linux counts it. */
export interface Usage {
  /** User and system time. */
  readonly cpuMs: number
  /** The most memory it had at once. */
  readonly peakMiB: number
}

/** Ticks of a second in /proc, on every Linux that Node runs on. */
const ticksPerSecond = 100

/** @returns undefined where there is no /proc, or no such process */
export function usageOf(pid: number): Usage | undefined {
  try {
    // The name, in brackets, may hold blanks: counting begins behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
    const peakKiB = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond, peakMiB: Number(peakKiB) / 1_024 }
  } catch {
    return undefined
  }
}
