/** The time that all processes of an installation agree on, and that never jumps because one machine's clock does. */
export interface SteadyClock {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** Keeps to another clock from now on, asked at once and each minute. Rejects never: while it does not answer, what it said last counts on. */
  follow(readMs: () => Promise<number>): Promise<void>
  /** How far the machine's clock is ahead of the followed one, below 0 when it is behind; undefined while none is followed. */
  aheadMs(): number | undefined
}

export interface SteadyClockOptions {
  /** The machine's clock, which people and NTP set. */
  readonly wallMs: () => number
  /** Counts up evenly, from anywhere. */
  readonly steadyMs: () => number
}

const followEveryMs = 60_000
/** An answer that took longer says too little of when it was true. */
const longestAskMs = 1_000
/** By less the machine's clock is not followed: it is only a little slower or faster. */
const toleratedMs = 1_000

/**
 * Time goes on evenly from the start of the process. Alone, it follows the machine's clock forward (it may have slept) and never
 * back, for what is due by one time would else stand still until it is reached again. With several processes it keeps to the clock of
 * the database, so that leases mean the same to all of them whatever their own clocks say.
 */
export function createSteadyClock({ wallMs, steadyMs }: SteadyClockOptions): SteadyClock {
  let offsetMs = wallMs() - steadyMs()
  let isFollowing = false
  const ask = async (readMs: () => Promise<number>): Promise<void> => {
    const askedMs = steadyMs()
    const saidMs = await readMs().catch(() => undefined)
    const heardMs = steadyMs()
    if (saidMs === undefined || heardMs - askedMs > longestAskMs) return
    isFollowing = true
    offsetMs = saidMs - (askedMs + heardMs) / 2
  }
  return {
    aheadMs: () => (isFollowing ? Math.round(wallMs() - steadyMs() - offsetMs) : undefined),
    nowMs() {
      const nowMs = steadyMs() + offsetMs
      if (isFollowing || wallMs() < nowMs + toleratedMs) return Math.round(nowMs)
      offsetMs = wallMs() - steadyMs()
      return Math.round(wallMs())
    },
    async follow(readMs) {
      await ask(readMs)
      setInterval(() => void ask(readMs), followEveryMs).unref()
    },
  }
}
