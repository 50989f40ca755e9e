import type { EventCursors } from './event-cursors.ts'
import type { EventLog, StoredEvent } from './event-log.ts'

/** What all readers of a process share. */
export interface EventReading {
  readonly events: Pick<EventLog, 'readAfter' | 'isHeldUp'>
  readonly cursors: EventCursors
  /** Names this process among those that share the store. */
  readonly owner: string
  /** Calls back when events of such types were stored. @returns a function that ends it */
  readonly listen: (types: readonly string[], wake: () => void) => () => void
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

export interface EventReaderDeps extends EventReading {
  /** Names the reader's place in the log, over restarts and processes. */
  readonly reader: string
  /** Only events of these are handed on. */
  readonly types: readonly string[]
  /**
   * Gets the events of one page that are of its types, in order; there may be none. What it does must bear being done again: after
   * a crash the page comes once more. When it throws, the page comes again later.
   */
  readonly handle: (events: readonly StoredEvent[], signal: AbortSignal) => Promise<void>
  /** From an event to its being handled: what comes together is handled together. */
  readonly restMs: number
}

const turnMs = 60_000
const retryMs = 30_000
/** How often is looked whether the turn of another process has run out: so much later at most its events are read. */
const lookAgainMs = 15_000
/** Another process's transaction is about to end. */
const heldUpMs = 100

/**
 * Follows the events by a stored cursor: each at least once, in order, in one process at a time; what a crash cut off is done by
 * the next process. It only follows: nobody waits for it or fails by it.
 */
export class EventReader {
  readonly #deps: EventReaderDeps
  readonly #closing = new AbortController()
  #stopListening: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> = Promise.resolve()

  constructor(deps: EventReaderDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#stopListening = this.#deps.listen(this.#deps.types, () => this.#wake(this.#deps.restMs))
    // What a former process left.
    this.#wake(0)
  }

  async close(): Promise<void> {
    this.#stopListening()
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#pass
    await this.#deps.cursors.release(this.#deps.reader, this.#deps.owner).catch(() => {})
  }

  #wake(afterMs: number): void {
    if (this.#timer || this.#closing.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#pass = this.#pass.then(() => this.#readOn()).catch((error: unknown) => this.#failed(error))
    }, afterMs)
    this.#timer.unref()
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return
    this.#deps.onError(error)
    this.#wake(retryMs)
  }

  async #readOn(): Promise<void> {
    const { reader, types, cursors, events, owner, nowMs, handle } = this.#deps
    let seq = await cursors.claim(reader, owner, nowMs(), nowMs() + turnMs)
    // Another process has the turn; should it die, this one goes on.
    if (seq === undefined) return this.#wake(lookAgainMs)
    while (!this.#closing.signal.aborted) {
      const page = await events.readAfter(seq)
      const last = page.at(-1)
      if (!last) return (await events.isHeldUp(seq)) ? this.#wake(heldUpMs) : undefined
      await handle(page.filter(({ type }) => types.includes(type)), this.#closing.signal)
      seq = last.seq
      if (!(await cursors.advance(reader, owner, seq, nowMs() + turnMs))) return
    }
  }
}
