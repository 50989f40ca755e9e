/** Tokens of one call, or of many, as reported to the caller. */
export interface CallUsage {
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
}

/** One call as the server saw it. Entries are live: what is pending now is finished later. */
export interface JournalEntry {
  readonly id: number
  /** From the server's clock, milliseconds since 1970. */
  readonly at: number
  readonly kind: 'chat' | 'embeddings'
  readonly model: string
  readonly body: Readonly<Record<string, unknown>>
  /** HTTP status that was sent; undefined while nothing was, also when the connection was cut before. */
  readonly status: number | undefined
  /** The whole answer left the server. Also true for an error answer; see `status`. */
  readonly finished: boolean
  /** The caller went away before the end. A cut made by a `disconnect` fault is not one. */
  readonly aborted: boolean
  /** Neither finished, nor aborted, nor cut: the caller still waits. */
  readonly pending: boolean
  /** Counted for what was answered with 200; undefined before that and for errors. */
  readonly usage: CallUsage | undefined
  /** The kind of the fault that was played, if any. */
  readonly fault: string | undefined
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
export type OpenEntry = Mutable<JournalEntry>

/**
 * Remembers the calls of a server, the newest `limit` of them, and the sums over all.
 * Benchmarks make hundreds of thousands of calls: hence the bound, and totals kept apart from entries.
 */
export class RequestJournal {
  readonly #limit: number
  readonly #onChange: () => void
  #entries: OpenEntry[] = []
  #lastId = 0
  #pending = 0
  #totals = { calls: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0 }

  constructor(limit: number, onChange: () => void) {
    this.#limit = limit
    this.#onChange = onChange
  }

  open(call: Pick<JournalEntry, 'at' | 'kind' | 'model' | 'body'>): OpenEntry {
    const entry: OpenEntry = {
      ...call,
      id: ++this.#lastId,
      status: undefined,
      finished: false,
      aborted: false,
      pending: true,
      usage: undefined,
      fault: undefined,
    }
    this.#entries.push(entry)
    // Dropping half at once keeps the cost of a call constant, where a shift per call would move the whole list.
    if (this.#entries.length > 2 * this.#limit) this.#entries = this.#entries.slice(-this.#limit)
    this.#pending += 1
    this.#totals.calls += 1
    this.#onChange()
    return entry
  }

  setUsage(entry: OpenEntry, usage: CallUsage): void {
    entry.usage = usage
    this.#totals.promptTokens += usage.promptTokens
    this.#totals.completionTokens += usage.completionTokens
    this.#totals.cachedTokens += usage.cachedTokens
  }

  /** Safe to repeat; only the first end counts. */
  end(entry: OpenEntry, how: 'finished' | 'aborted' | 'cut'): void {
    if (!entry.pending) return
    entry.pending = false
    entry.finished = how === 'finished'
    entry.aborted = how === 'aborted'
    this.#pending -= 1
    this.#onChange()
  }

  entries(): readonly JournalEntry[] {
    return this.#entries.slice(-this.#limit)
  }

  get pending(): number {
    return this.#pending
  }

  get totals(): CallUsage & { readonly calls: number } {
    return { ...this.#totals }
  }
}
