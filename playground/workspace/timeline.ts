import type { StoredMessage } from './stored-message.ts'

/** A part of a timeline, by timestamp; both ends are open unless `isInclusive`. */
export interface TimeRange {
  readonly oldest?: string
  readonly latest?: string
  readonly isInclusive?: boolean
}

/**
 * Messages of one channel or thread in the order of their timestamps. Reading one, adding one and finding a border
 * cost no scan.
 * Holds at most `limit` messages, and up to a quarter more between two clean-ups; the oldest go first.
 */
export class Timeline {
  readonly #limit: number
  readonly #order: string[] = []
  readonly #byTs = new Map<string, StoredMessage>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#order.length
  }

  get(ts: string): StoredMessage | undefined {
    return this.#byTs.get(ts)
  }

  get last(): StoredMessage | undefined {
    const ts = this.#order.at(-1)
    return ts === undefined ? undefined : this.#byTs.get(ts)
  }

  /** Adds a message, or replaces the one with the same `ts`. @returns what the bound pushed out */
  put(message: StoredMessage): readonly StoredMessage[] {
    if (!this.#byTs.has(message.ts)) this.#insert(message.ts)
    this.#byTs.set(message.ts, message)
    if (this.#order.length <= this.#limit * 1.25) return []
    return this.#order.splice(0, this.#order.length - this.#limit).map((ts) => this.#take(ts))
  }

  remove(ts: string): void {
    if (!this.#byTs.delete(ts)) return
    this.#order.splice(this.#firstAtOrAfter(ts), 1)
  }

  all(): StoredMessage[] {
    return this.#order.map((ts) => this.#get(ts))
  }

  /** The messages inside a range, oldest first, cut to `limit` at the given end. */
  slice(range: TimeRange, limit: number, end: 'oldest' | 'newest'): { messages: StoredMessage[]; hasMore: boolean } {
    const inclusive = range.isInclusive === true
    const from = range.oldest === undefined ? 0 : this.#border(range.oldest, !inclusive)
    const to = range.latest === undefined ? this.#order.length : this.#border(range.latest, inclusive)
    const count = Math.max(0, Math.min(limit, to - from))
    const start = end === 'newest' ? to - count : from
    return { messages: this.#order.slice(start, start + count).map((ts) => this.#get(ts)), hasMore: to - from > count }
  }

  /** How many messages are newer than `ts`. */
  countAfter(ts: string): number {
    return this.#order.length - this.#border(ts, true)
  }

  #insert(ts: string): void {
    const last = this.#order.at(-1)
    if (last === undefined || ts > last) this.#order.push(ts)
    else this.#order.splice(this.#firstAtOrAfter(ts), 0, ts)
  }

  #border(ts: string, isAfter: boolean): number {
    const index = this.#firstAtOrAfter(ts)
    return isAfter && this.#order[index] === ts ? index + 1 : index
  }

  #firstAtOrAfter(ts: string): number {
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#order[middle] ?? '') < ts) low = middle + 1
      else high = middle
    }
    return low
  }

  #get(ts: string): StoredMessage {
    const message = this.#byTs.get(ts)
    if (message === undefined) throw new Error(`Timeline lost message ${ts}.`)
    return message
  }

  #take(ts: string): StoredMessage {
    const message = this.#get(ts)
    this.#byTs.delete(ts)
    return message
  }
}
