export const faultKinds = [
  'rate_limited',
  'http_500',
  'hang',
  'disconnect',
  'garbage_json',
  'garbage_sse',
  'slow',
  'wrong_shape',
  'context_too_long',
  'key_refused',
] as const
export type FaultKind = (typeof faultKinds)[number]

/**
 * Something that goes wrong on purpose.
 *
 * - `rate_limited` 429, with `Retry-After` when `retryAfterSeconds` is given; `http_500`; `context_too_long` 400;
 *   `key_refused` 401
 * - `hang` says nothing more (after `afterChunks` chunks when given) until the caller goes away
 * - `disconnect` cuts the connection, before any byte or after `afterChunks` chunks (half of the body when not
 *   streamed)
 * - `garbage_json`: where JSON was asked for, the content is broken JSON; else the body of the response is
 * - `garbage_sse` breaks the event stream after `afterChunks` chunks (default 1); waits for a streamed call
 * - `wrong_shape`: JSON that is valid but not what the schema wants; waits for a call with a schema
 * - `slow` waits `delayMs` (default 1,000) before it answers properly
 */
export interface Fault {
  readonly kind: FaultKind
  /** How many calls it spoils; default 1. Use Infinity for a model that is down. */
  readonly times?: number
  readonly retryAfterSeconds?: number
  readonly afterChunks?: number
  readonly delayMs?: number
  /** Only calls of this kind; default both. */
  readonly on?: 'chat' | 'embeddings'
  /** Only calls whose body it returns true for; default all. */
  readonly match?: (body: Readonly<Record<string, unknown>>) => boolean
}

/** The switches. Faults are played in the order in which they were added; each call meets one at most. */
export interface FaultSwitches {
  add(fault: Fault): void
  /** What is still to come, with the times left. */
  list(): readonly (Fault & { readonly times: number })[]
  clear(): void
}

const maxFaults = 1_000

export class FaultQueue implements FaultSwitches {
  #waiting: { fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    if (!faultKinds.includes(fault.kind)) {
      throw new TypeError(`Expected a fault of kind ${faultKinds.join(', ')}, got "${String(fault.kind)}".`)
    }
    if (this.#waiting.length >= maxFaults) throw new RangeError(`Expected at most ${maxFaults} waiting faults.`)
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  list(): readonly (Fault & { readonly times: number })[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }))
  }

  clear(): void {
    this.#waiting = []
  }

  /** Takes the first fault that fits this call, if any, and counts it. */
  take(kind: 'chat' | 'embeddings', body: Readonly<Record<string, unknown>>): Fault | undefined {
    if (this.#waiting.length === 0) return undefined
    const found = this.#waiting.find(({ fault }) => fits(fault, kind, body))
    if (found === undefined) return undefined
    found.left -= 1
    if (found.left <= 0) this.#waiting = this.#waiting.filter((waiting) => waiting !== found)
    return found.fault
  }
}

function fits(fault: Fault, kind: 'chat' | 'embeddings', body: Readonly<Record<string, unknown>>): boolean {
  if (fault.on !== undefined && fault.on !== kind) return false
  if (fault.kind === 'garbage_sse' && body['stream'] !== true) return false
  if (fault.kind === 'wrong_shape' && !('response_format' in body)) return false
  return fault.match?.(body) ?? true
}
