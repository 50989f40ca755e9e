import { MurmurError } from '../../errors.ts'
import type { SharedLimits } from '../../storage/redis/shared-limits.ts'

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
  /** How long a channel is paced after a refusal. */
  readonly strainMs?: number
  /** The pace of all processes together; where it does not answer, this one keeps its own. */
  readonly shared?: Pick<SharedLimits, 'strain' | 'takeTurn'> | undefined
}

/**
 * Keeps new posts within what Slack allows a channel, in the order they were asked for. Slack says how much that is only by
 * refusing (429), and lets most bursts pass: so posts go out unpaced until a channel is refused, and paced for a while after.
 */
export interface ChannelPacer {
  /** Slack has just refused a post to this channel. */
  slowDown(channelId: string): void
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
  const { now, delay, intervalMs = 1_000, burst = 5, maxWaiting = 100, maxChannels = 5_000, strainMs = 60_000, shared } = options
  const fullAgainAtMs = new Map<string, number>()
  const strainedUntilMs = new Map<string, number>()

  function dropIdle(nowMs: number): void {
    for (const [channelId, atMs] of fullAgainAtMs) if (atMs <= nowMs) fullAgainAtMs.delete(channelId)
    // Only when thousands of channels are busy at once; the oldest loses its debt, which Slack's own 429 then collects.
    for (const channelId of fullAgainAtMs.keys()) {
      if (fullAgainAtMs.size < maxChannels) return
      fullAgainAtMs.delete(channelId)
    }
  }

  const refusal = (waitMs: number): MurmurError =>
    new MurmurError('MUR_SLACK_BUSY', { method: 'a new post', reason: `${maxWaiting} posts wait for this channel`, retryAfterMs: waitMs, isAmbiguous: false })

  async function take(channelId: string, signal?: AbortSignal): Promise<void> {
    const turn = shared && (await shared.takeTurn(`slack:${channelId}`, { intervalMs, burst, maxWaiting }))
    if (!turn) return takeAlone(channelId, signal)
    if (turn.isRefused) throw refusal(turn.waitMs)
    if (turn.waitMs > 0) await delay(turn.waitMs, signal)
  }

  async function takeAlone(channelId: string, signal?: AbortSignal): Promise<void> {
    const nowMs = now()
    if ((strainedUntilMs.get(channelId) ?? 0) <= nowMs) return
    const nextFullMs = Math.max(nowMs, fullAgainAtMs.get(channelId) ?? 0) + intervalMs
    const waitMs = Math.max(0, nextFullMs - burst * intervalMs - nowMs)
    if (waitMs > maxWaiting * intervalMs) throw refusal(waitMs)
    if (fullAgainAtMs.size >= maxChannels) dropIdle(nowMs)
    fullAgainAtMs.set(channelId, nextFullMs)
    if (waitMs > 0) await delay(waitMs, signal)
  }

  function slowDown(channelId: string): void {
    // Deleting first keeps the map in order of age, so the first key is the one to drop.
    strainedUntilMs.delete(channelId)
    const oldest = strainedUntilMs.keys().next()
    if (strainedUntilMs.size >= maxChannels && !oldest.done) strainedUntilMs.delete(oldest.value)
    strainedUntilMs.set(channelId, now() + strainMs)
    shared?.strain(`slack:${channelId}`, strainMs)
  }

  return {
    take,
    slowDown,
    get busyChannels() {
      dropIdle(now())
      return fullAgainAtMs.size
    },
  }
}
