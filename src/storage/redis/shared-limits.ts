import { randomUUID } from 'node:crypto'
import type { RedisLink } from './redis-link.ts'

/** A pace in turns: so many at once, then one each interval. */
export interface Pace {
  readonly intervalMs: number
  readonly burst: number
  /** Turns that may wait at the same time. */
  readonly maxWaiting: number
}

/** A turn in a pace that all processes share: how long to wait for it, or that too many wait already. */
export interface Turn {
  readonly waitMs: number
  readonly isRefused: boolean
}

/** Frees a place; more than once is once. */
export type Leave = () => void

/** Limits that hold for all processes together. Each of them has one of its own beside it, for when Redis does not answer. */
export interface SharedLimits {
  /** Paces what has this name for so long. */
  strain(name: string, forMs: number): void
  /** Takes the next turn; without a wait where nothing is under strain. @returns undefined when Redis does not answer */
  takeTurn(name: string, pace: Pace): Promise<Turn | undefined>
  /**
   * Waits for one of so many places, and has it until it leaves or its process dies.
   * @throws the signal's reason
   */
  enter(name: string, places: number, signal: AbortSignal): Promise<Leave>
}

/** A place whose process died is free again after this. */
const placeMs = 30_000
const leastPauseMs = 20
const longestPauseMs = 250

/** By the clock of Redis, so that it is one. */
const nowLines = `local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** As the pacer of one process, kept as one number: when the burst is whole again. */
const turnScript = `${nowLines}
if redis.call('exists', KEYS[1]) == 0 then return 0 end
local interval, burst, waiting = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(now, tonumber(redis.call('get', KEYS[2]) or '0')) + interval
local wait = math.max(0, full - burst * interval - now)
if wait > waiting * interval then return -wait end
redis.call('set', KEYS[2], string.format('%.0f', full), 'PX', math.ceil(full - now) + 1000)
return wait`

const enterScript = `${nowLines}
redis.call('zremrangebyscore', KEYS[1], '-inf', now)
if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('zadd', KEYS[1], now + tonumber(ARGV[3]), ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`

const keepScript = `${nowLines}
for i = 2, #ARGV do redis.call('zadd', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
redis.call('pexpire', KEYS[1], ARGV[1])`

export function createSharedLimits(link: RedisLink, onError: (error: unknown) => void): SharedLimits & { close(): void } {
  /** Places held here, by name. */
  const held = new Map<string, Set<string>>()
  const keyOf = (kind: string, name: string): string => `${link.prefix}:${kind}:${name}`

  const keepPlaces = (): void => {
    if (!link.isUp) return
    for (const [name, members] of held) if (members.size > 0) link.commands.eval(keepScript, 1, keyOf('places', name), placeMs, ...members).catch(onError)
  }
  const timer = setInterval(keepPlaces, placeMs / 3)
  timer.unref()

  const leaver = (name: string, member: string): Leave => {
    const members = held.get(name) ?? new Set()
    held.set(name, members.add(member))
    return () => {
      if (members.delete(member) && link.isUp) link.commands.zrem(keyOf('places', name), member).catch(onError)
    }
  }

  return {
    strain(name, forMs) {
      if (link.isUp) link.commands.set(keyOf('strain', name), '1', 'PX', forMs).catch(onError)
    },

    async takeTurn(name, { intervalMs, burst, maxWaiting }) {
      if (!link.isUp) return undefined
      try {
        const answer = Number(await link.commands.eval(turnScript, 2, keyOf('strain', name), keyOf('turns', name), intervalMs, burst, maxWaiting))
        return { waitMs: Math.abs(answer), isRefused: answer < 0 }
      } catch (error) {
        onError(error)
        return undefined
      }
    },

    async enter(name, places, signal) {
      const member = randomUUID()
      for (let pauseMs = leastPauseMs; link.isUp; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
        signal.throwIfAborted()
        const isIn = await link.commands.eval(enterScript, 1, keyOf('places', name), places, member, placeMs).catch((error: unknown) => onError(error))
        if (isIn === 1) return leaver(name, member)
        // Redis failed: the process's own limit is all there is.
        if (isIn === undefined) break
        await pause(pauseMs * (0.5 + Math.random()), signal)
      }
      return () => {}
    },

    close: () => clearInterval(timer),
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
