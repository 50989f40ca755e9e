import type { Logger } from 'pino'

export interface ClockCheckOptions {
  /** How far the machine's clock is ahead of the database's, below 0 when it is behind; undefined while that is not known. */
  readonly aheadMs: () => number | undefined
  readonly logger: Pick<Logger, 'warn'>
}

/** A clock that is kept right by the network is off by far less. */
const toldFromMs = 60_000
/** Bolt takes what Slack sends for a replay when its time lies so far back by the clock of the machine. */
const staleMs = 5 * 60_000

/**
 * Looks whether the clock of this machine can be right. What Murmur itself does goes by the database's clock, but signed requests
 * are held against the machine's. It is no reason not to be ready: nobody can say from here which of the two clocks is wrong, and all edges would
 * go out of service together were it the database's.
 * @returns what is wrong, for the readiness; logged when it begins
 */
export function createClockCheck({ aheadMs, logger }: ClockCheckOptions): () => Promise<string | undefined> {
  let told: string | undefined
  return async () => {
    const note = noteOf(aheadMs() ?? 0)
    if (note !== undefined && told === undefined) logger.warn(note)
    told = note
    return note
  }
}

function noteOf(aheadMs: number): string | undefined {
  if (Math.abs(aheadMs) < toldFromMs) return undefined
  const where = `the clock of this machine is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's`
  const refuses = aheadMs >= staleMs ? "and this process refuses what Slack sends as too old" : `and what Slack sends is refused when it is ${staleMs / 1_000} s ahead`
  return `${where}, ${refuses}; set the clocks by NTP`
}
