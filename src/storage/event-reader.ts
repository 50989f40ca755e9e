import { asMurmurError, MurmurError } from '../errors.ts'
import type { EventCursors } from './event-cursors.ts'
import { eventPageSize, type EventLog, type StoredEvent } from './event-log.ts'
import type { FailedEvent, SetAsideStore } from './set-aside-store.ts'

/** What all readers of a process share. */
export interface EventReading {
  readonly events: Pick<EventLog, 'readAfter' | 'isHeldUp'>
  readonly cursors: EventCursors
  readonly setAsides: Pick<SetAsideStore, 'noteTry' | 'setAside' | 'isSetAside' | 'listSetAside' | 'forget' | 'forgetTries'>
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
   * a crash the page comes once more. When it throws, its events come again one by one, and one at which it goes on throwing is set
   * aside. An error that is to be tried again with backoff (errors.ts) is an outage: it counts against no event.
   */
  readonly handle: (events: readonly StoredEvent[], signal: AbortSignal) => Promise<void>
  /** From an event to its being handled: what comes together is handled together. */
  readonly restMs: number
  readonly retry?: RetryRule
}

export interface RetryRule {
  /** After so many an event is set aside. */
  readonly maxTries: number
  /** From the first try to the second; twice as long each time after that. */
  readonly firstWaitMs: number
  /** While something is away that is not the event's fault. */
  readonly outageWaitMs: number
}

interface Turn {
  /** The last event that was handled. */
  readonly seq: number
  readonly untilMs: number
}

const turnMs = 60_000
/** An event holds its reader up for 75 s at most: those behind it wait as long. */
const defaultRetry: RetryRule = { maxTries: 5, firstWaitMs: 5_000, outageWaitMs: 30_000 }
/** How often is looked whether the turn of another process has run out: so much later at most its events are read. */
const lookAgainMs = 15_000
/** Another process's transaction is about to end. */
const heldUpMs = 100
/** So long after a page the next one is looked for, so that it holds more where events keep coming. */
const gatherMs = 200

/**
 * Follows the events by a stored cursor: each at least once, in order, in one process at a time; what a crash cut off is done by
 * the next process. It only follows: nobody waits for it or fails by it. An event that it can't handle is tried a bounded number of times, then
 * set aside and passed over; each start of a process tries those once more, because a start is what brings a repair. They then come after
 * events that are newer.
 */
export class EventReader {
  readonly #deps: EventReaderDeps
  readonly #retry: RetryRule
  readonly #closing = new AbortController()
  #stopListening: () => void = () => {}
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> | undefined
  /** Woken while a pass was under way, which may have looked before. */
  #wokenAgain = false
  /** Where this process stands while it has the turn. */
  #turn: Turn | undefined
  #hasLookedBack = false
  /** Up to here events are handled one by one, because a page failed. */
  #carefulUpTo = 0
  #mayHaveTries = true

  constructor(deps: EventReaderDeps) {
    this.#deps = deps
    this.#retry = deps.retry ?? defaultRetry
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
      if (this.#pass) this.#wokenAgain = true
      else this.#begin()
    }, afterMs)
    this.#timer.unref()
  }

  #begin(): void {
    this.#wokenAgain = false
    this.#pass = this.#readOn()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#pass = undefined
        if (this.#wokenAgain) this.#wake(gatherMs)
      })
  }

  #failed(error: unknown): void {
    this.#turn = undefined
    if (this.#closing.signal.aborted) return
    this.#deps.onError(error)
    this.#wake(this.#retry.outageWaitMs)
  }

  async #readOn(): Promise<void> {
    const { reader, events } = this.#deps
    const turn = await this.#claim()
    // Another process has the turn; should it die, this one goes on.
    if (!turn) return this.#wake(lookAgainMs)
    await this.#lookBack()
    let { seq } = turn
    while (!this.#closing.signal.aborted) {
      const page = await events.readAfter(seq)
      const last = page.at(-1)
      if (!last) return (await events.isHeldUp(seq)) ? this.#wake(heldUpMs) : undefined
      if (!(await this.#handlePage(seq, page))) return
      seq = last.seq
      if (!(await this.#advance(seq))) return
      if (this.#mayHaveTries) await this.#deps.setAsides.forgetTries(reader, seq)
      this.#mayHaveTries = false
      if (page.length < eventPageSize) return this.#wake(gatherMs)
    }
  }

  /** A turn that was taken is not asked for again before half of its time is over. */
  async #claim(): Promise<Turn | undefined> {
    const { reader, cursors, owner, nowMs } = this.#deps
    const atMs = nowMs()
    if (this.#turn && this.#turn.untilMs - atMs > turnMs / 2) return this.#turn
    const untilMs = atMs + turnMs
    const seq = await cursors.claim(reader, owner, atMs, untilMs)
    this.#turn = seq === undefined ? undefined : { seq, untilMs }
    return this.#turn
  }

  async #advance(seq: number): Promise<boolean> {
    const { reader, cursors, owner, nowMs } = this.#deps
    const untilMs = nowMs() + turnMs
    const isOurs = await cursors.advance(reader, owner, seq, untilMs)
    this.#turn = isOurs ? { seq, untilMs } : undefined
    return isOurs
  }

  /** @returns false when it is not done: it comes again later, or another process has the turn */
  async #handlePage(seq: number, page: readonly StoredEvent[]): Promise<boolean> {
    const { types, handle } = this.#deps
    const mine = page.filter(({ type }) => types.includes(type))
    if (seq >= this.#carefulUpTo) {
      try {
        await handle(mine, this.#closing.signal)
        return true
      } catch (error) {
        if (mine.length === 0 || this.#isOutage(error)) throw error
        this.#carefulUpTo = page.at(-1)?.seq ?? seq
      }
    }
    for (const event of mine) if (!(await this.#handleAlone(event))) return false
    return true
  }

  async #handleAlone(event: StoredEvent): Promise<boolean> {
    const { reader, setAsides, handle } = this.#deps
    try {
      // A process that died after setting it aside has not stepped over it.
      if (!(await setAsides.isSetAside(reader, event.seq))) await handle([event], this.#closing.signal)
    } catch (error) {
      if (this.#isOutage(error)) throw error
      if (!(await this.#givesUp(event, error))) return false
    }
    return this.#advance(event.seq)
  }

  /** Counts a try. @returns true when it was the last: the event is set aside */
  async #givesUp(event: StoredEvent, cause: unknown): Promise<boolean> {
    const { reader, setAsides, nowMs, onError } = this.#deps
    const failed: FailedEvent = { event, errorCode: asMurmurError(cause).code }
    this.#mayHaveTries = true
    const tries = await setAsides.noteTry(reader, failed, nowMs())
    const isLast = tries >= this.#retry.maxTries
    onError(new MurmurError('MUR_BUG', { rule: `${reader} handles event ${event.seq} (${event.type}); it failed ${tries} times${isLast ? ' and is set aside' : ''}` }, { cause }))
    if (isLast) await setAsides.setAside(reader, failed, nowMs())
    else this.#wake(this.#retry.firstWaitMs * 2 ** (tries - 1))
    return isLast
  }

  /** Once in the life of a process: what was set aside before. */
  async #lookBack(): Promise<void> {
    const { reader, types, setAsides, events, handle, nowMs, onError } = this.#deps
    for (const seq of this.#hasLookedBack ? [] : await setAsides.listSetAside(reader)) {
      if (this.#closing.signal.aborted) return
      const event = (await events.readAfter(seq - 1)).find((one) => one.seq === seq)
      try {
        if (event && types.includes(event.type)) await handle([event], this.#closing.signal)
        await setAsides.forget(reader, seq)
      } catch (error) {
        if (!event || this.#isOutage(error)) throw error
        await setAsides.noteTry(reader, { event, errorCode: asMurmurError(error).code }, nowMs())
        onError(error)
      }
    }
    this.#hasLookedBack = true
  }

  /** Nothing of it is the event's fault: the store or a server is away, or this process ends. */
  #isOutage(error: unknown): boolean {
    return this.#closing.signal.aborted || (error instanceof MurmurError && error.retry === 'backoff')
  }
}
