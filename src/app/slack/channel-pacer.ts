import { MurmurError } from '../../errors.ts'

export interface ChannelPacerOptions {
  readonly now: () => number
  /** Waits; rejects when the signal is aborted. */
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Milliseconds between posts once a burst is used up. Slack allows about one post a second and channel. */
  readonly intervalMs?: number
  /** Posts that may follow each other at once. */
  readonly burst?: number
  /** Posts of one channel that may wait at the same time. */
  readonly maxWaiting?: number
  /** Channels that are kept in mind. */
  readonly maxChannels?: number
}

/** Keeps new posts within what Slack allows a channel, in the order they were asked for. */
export interface ChannelPacer {
  /**
   * Resolves when the next new post may go out.
   * @throws {MurmurError} MUR_SLACK_BUSY when too many posts of this channel wait already; nothing is taken then
   */
  take(channelId: string, signal?: AbortSignal): Promise<void>
  /** Channels with a burst that is not yet whole again. */
  readonly busyChannels: number
}

/**
 * A token bucket a channel, kept as one number: the time at which its bucket is full again. Later posts push that time
 * on, so those who wait queue up by arithmetic, and a channel whose time has passed needs no memory.
 */
export function createChannelPacer(options: ChannelPacerOptions): ChannelPacer {
  const { now, delay, intervalMs = 1_000, burst = 5, maxWaiting = 100, maxChannels = 5_000 } = options
  const fullAgainAtMs = new Map<string, number>()

  function dropIdle(nowMs: number): void {
    for (const [channelId, atMs] of fullAgainAtMs) if (atMs <= nowMs) fullAgainAtMs.delete(channelId)
    // Only when thousands of channels are busy at once; the oldest loses its debt, which Slack's own 429 then collects.
    for (const channelId of fullAgainAtMs.keys()) {
      if (fullAgainAtMs.size < maxChannels) return
      fullAgainAtMs.delete(channelId)
    }
  }

  async function take(channelId: string, signal?: AbortSignal): Promise<void> {
    const nowMs = now()
    const nextFullMs = Math.max(nowMs, fullAgainAtMs.get(channelId) ?? 0) + intervalMs
    const waitMs = Math.max(0, nextFullMs - burst * intervalMs - nowMs)
    if (waitMs > maxWaiting * intervalMs) {
      const details = { method: 'a new post', reason: `${maxWaiting} posts wait for this channel`, retryAfterMs: waitMs, isAmbiguous: false }
      throw new MurmurError('MUR_SLACK_BUSY', details)
    }
    if (fullAgainAtMs.size >= maxChannels) dropIdle(nowMs)
    fullAgainAtMs.set(channelId, nextFullMs)
    if (waitMs > 0) await delay(waitMs, signal)
  }

  return {
    take,
    get busyChannels() {
      dropIdle(now())
      return fullAgainAtMs.size
    },
  }
}
