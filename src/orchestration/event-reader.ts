import type { EventCursors } from '../storage/event-cursors.ts'
import type { EventLog, StoredEvent } from '../storage/event-log.ts'
import type { RunEventName, RunEvents } from './run-events.ts'

export interface EventReaderDeps {
  readonly runEvents: Pick<RunEvents, 'on'>
  readonly events: Pick<EventLog, 'readAfter'>
  readonly cursors: EventCursors
  /** Names this process among those that share the store. */
  readonly owner: string
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

export interface EventReaderTask {
  /** Under this name its place in the log is stored. */
  readonly reader: string
  readonly types: readonly RunEventName[]
  /** Called at least once for every event of these types, in order; what it throws makes all of the page come again. */
  readonly handle: (events: readonly StoredEvent[]) => Promise<void>
  /** From an event to its reading, in ms; default 50: what comes together is read together. */
  readonly restMs?: number
}

const turnMs = 60_000
const retryMs = 30_000

/** Follows the events by a stored cursor: what a crash cut off is done by the next process, and one process at a time reads. No run waits for it. */
export class EventReader {
  readonly #deps: EventReaderDeps
  readonly #task: EventReaderTask
  readonly #closing = new AbortController()
  #stopListening: readonly (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #pass: Promise<void> = Promise.resolve()

  constructor(deps: EventReaderDeps, task: EventReaderTask) {
    this.#deps = deps
    this.#task = task
  }

  start(): void {
    this.#stopListening = this.#task.types.map((type) => this.#deps.runEvents.on(type, () => this.#wake(this.#task.restMs ?? 50)))
    // What a former process left.
    this.#wake(0)
  }

  async close(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#pass
    await this.#deps.cursors.release(this.#task.reader, this.#deps.owner).catch(() => {})
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
    const { cursors, events, owner, nowMs } = this.#deps
    const { reader, types, handle } = this.#task
    let seq = await cursors.claim(reader, owner, nowMs(), nowMs() + turnMs)
    // Another process has the turn; should it die, this one goes on.
    if (seq === undefined) return this.#wake(turnMs)
    while (!this.#closing.signal.aborted) {
      const page = await events.readAfter(seq)
      const last = page.at(-1)
      if (!last) return
      await handle(page.filter(({ type }) => types.includes(type as RunEventName)))
      seq = last.seq
      if (!(await cursors.advance(reader, owner, seq, nowMs() + turnMs))) return
    }
  }
}
