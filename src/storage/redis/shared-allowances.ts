import type { RedisLink } from './redis-link.ts'

/** How much of one allowance a server says is left. */
export interface SharedAllowance {
  readonly remaining: number
  /** Undefined when the server does not say. */
  readonly limit: number | undefined
  /** From now on, until the whole allowance is there again. */
  readonly resetsInMs: number
}

export interface SharedAllowances {
  /** What a server said with an answer takes the place of what was known; what waits already is still to be served from it. */
  observe(name: string, seen: { readonly requests: SharedAllowance | undefined; readonly tokens: SharedAllowance | undefined }): void
  /**
   * Takes one request and so many tokens, now or after a wait; of a longer wait than `maxWaitMs` nothing is taken. What is taken and
   * then not used is lost until the server's next word.
   * @returns how long to wait; undefined when Redis does not answer
   */
  take(name: string, tokens: number, maxWaitMs: number): Promise<number | undefined>
}

/** The same arithmetic as a process's own pacer, by the clock of Redis. `limit` below 0: not known. */
const library = `local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(key)
  local h = redis.call('hmget', key, 'left', 'limit', 'perMs', 'atMs', 'fullAtMs')
  if not h[1] then return nil end
  local b = { left = tonumber(h[1]), limit = tonumber(h[2]), per = tonumber(h[3]), full = tonumber(h[5]) }
  if b.per > 0 then b.left = b.left + b.per * (now - tonumber(h[4])) end
  if b.per == 0 and now >= b.full then
    if b.limit < 0 then return nil end
    b.left = b.limit
  end
  if b.limit >= 0 then b.left = math.min(b.limit, b.left) end
  return b
end
local function write(key, b)
  redis.call('hset', key, 'left', string.format('%.6f', b.left), 'limit', b.limit, 'perMs', string.format('%.12f', b.per), 'atMs', string.format('%.0f', now), 'fullAtMs', string.format('%.0f', b.full))
  redis.call('pexpire', key, math.max(0, math.ceil(b.full - now)) + 60000)
end`

const observeScript = `${library}
for i = 1, 2 do
  local remaining, limit, resets = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  if remaining >= 0 then
    local known = read(KEYS[i])
    local owed = known and math.min(0, known.left) or 0
    local per = 0
    if limit >= 0 and resets > 0 then per = math.max(0, limit - remaining) / resets end
    write(KEYS[i], { left = remaining + owed, limit = limit, per = per, full = now + resets })
  end
end`

const takeScript = `${library}
local wait, found = 0, {}
for i = 1, 2 do
  local b = read(KEYS[i])
  if b then
    b.need = tonumber(ARGV[i])
    if b.limit >= 0 then b.need = math.min(b.need, b.limit) end
    local missing = b.need - b.left
    if missing > 0 then
      if b.per > 0 then wait = math.max(wait, math.ceil(missing / b.per)) else wait = math.max(wait, b.full - now) end
    end
    found[i] = b
  end
end
if wait <= tonumber(ARGV[3]) then
  for i, b in pairs(found) do
    b.left = b.left - b.need
    write(KEYS[i], b)
  end
end
return wait`

/** Allowances of model servers, known to all processes at once. */
export function createSharedAllowances(link: RedisLink, onError: (error: unknown) => void): SharedAllowances {
  const keysOf = (name: string): [string, string] => [`${link.prefix}:allowance:${name}:requests`, `${link.prefix}:allowance:${name}:tokens`]
  const argumentsOf = (seen: SharedAllowance | undefined): number[] => (seen ? [seen.remaining, seen.limit ?? -1, seen.resetsInMs] : [-1, -1, 0])
  return {
    observe(name, { requests, tokens }) {
      if (link.isUp) link.commands.eval(observeScript, 2, ...keysOf(name), ...argumentsOf(requests), ...argumentsOf(tokens)).catch(onError)
    },

    async take(name, tokens, maxWaitMs) {
      if (!link.isUp) return undefined
      try {
        return Number(await link.commands.eval(takeScript, 2, ...keysOf(name), 1, tokens, maxWaitMs))
      } catch (error) {
        onError(error)
        return undefined
      }
    },
  }
}
