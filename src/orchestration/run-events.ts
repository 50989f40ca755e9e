import { eventPageSize, type EventLog, type StoredEvent } from '../storage/event-log.ts'

/** Every event that is reported, with the moment it stands for. Its payload is in the line of the table. */
export interface RunEventMap {
  /** A run began to work; once, whatever number of attempts it takes. `waitedMs`. */
  readonly workflow_started: StoredEvent
  /** An answer was given and stored. `tier`, `durationMs`. */
  readonly workflow_completed: StoredEvent
  /** A run was given up; the person was told. `errorCode`, `failureClass`, `durationMs`. */
  readonly workflow_failed: StoredEvent
  /** A cap stopped a run, which now waits for somebody who may raise it: `scope`, `limitMicroUsd`, `neededMicroUsd`. With `kind` agents the run ended by it. */
  readonly budget_exceeded: StoredEvent
  /** Work is estimated above the limit that asks for a click; the run waits for it. `limitMicroUsd`, `neededMicroUsd`. */
  readonly cost_unconfirmed: StoredEvent
  /** The estimate of a run was agreed to. `neededMicroUsd`, `userId`. */
  readonly cost_confirmed: StoredEvent
  /** Somebody raised a cap for the day. `scope`, `byMicroUsd`, `userId`. */
  readonly budget_raised: StoredEvent
  /** A specialist was spawned: its configuration is stored. `agentId`, `specialtyId`, `name`, `goalId`, `parentAgentId`. */
  readonly agent_spawned: StoredEvent
  /** An agent gets no work any more. `agentId`, `goalId`, `userId`. */
  readonly agent_retired: StoredEvent
  /** An agent was deleted. `agentId`, `goalId`, `userId`. */
  readonly agent_removed: StoredEvent
  /** A run that failed or was stopped goes again, as the same run. `userId`, `count`: runs, of a batch its parts. */
  readonly workflow_retried: StoredEvent
  /** Somebody stopped a run. `durationMs`. */
  readonly workflow_cancelled: StoredEvent
  /** A class of requests was seen often enough. `patternId`, `title`, `runs`, `evidence`: ids of runs. */
  readonly pattern_recognized: StoredEvent
  /** A recipe was made of a pattern. `workflowId`, `version`, `patternId`. */
  readonly automation_created: StoredEvent
  /** A version of a recipe was made: by a person, or by the system, which tries it out first. `workflowId`, `version`, `source`, `userId`, `patternId`. */
  readonly improvement_available: StoredEvent
  /** A recipe or a version of it was taken back by the system. `workflowId`, `reason`. */
  readonly automation_rolled_back: StoredEvent
  /** Somebody put another version in force, or paused, renamed or deleted a recipe. `workflowId`, `userId`, `what`, `fromVersion`, `toVersion`, `state`. */
  readonly workflow_moved: StoredEvent
  /** A thumb or a text on a run. `kind`, `userId`, `hasText`, `state` (new, changed: it was the other thumb, reworded); of a correction the specialty it names, `shouldHaveBeen`. */
  readonly feedback_received: StoredEvent
  /** A reader of the events failed at one again and again and passes over it. `reader`, `eventType`, `eventSeq`, `errorCode`, `tries`. */
  readonly event_set_aside: StoredEvent
}

export type RunEventName = keyof RunEventMap
export type RunEventListener = (event: StoredEvent) => void

/** Other processes' events, and those whose writer died before it could say so, are found this late at most. */
const pollMs = 1_000

/**
 * Reports stored events to listeners of this process, in the order of the table, from the moment of subscription on.
 * Listeners only watch: deleting all of them changes no answer. One that throws is reported and passed over.
 */
export class RunEvents {
  readonly #log: EventLog
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Map<string, Set<RunEventListener>>()
  /** Undefined when nobody listens yet, and when the log could not say where it ends. */
  #cursor: Promise<number | undefined> | undefined
  #isReading = false
  #readAgain = false
  #timer: NodeJS.Timeout | undefined

  constructor(log: EventLog, onError: (error: unknown) => void) {
    this.#log = log
    this.#onError = onError
  }

  /** @returns a function that ends the subscription */
  on(name: RunEventName, listener: RunEventListener): () => void {
    this.#cursor ??= this.#askForEnd()
    if (!this.#timer) {
      this.#timer = setInterval(() => this.wake(), pollMs)
      this.#timer.unref()
    }
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Calls back at each event of these types; for who reads the events themselves. @returns a function that ends it */
  listen(types: readonly string[], listener: () => void): () => void {
    const stops = types.map((type) => this.on(type as RunEventName, listener))
    return () => stops.forEach((stop) => stop())
  }

  /** Says that events were committed. Free when nobody listens. */
  wake(): void {
    if (!this.#timer) return
    if (this.#isReading) this.#readAgain = true
    else void this.#read()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#listeners.clear()
    this.#cursor = undefined
  }

  async #read(): Promise<void> {
    this.#isReading = true
    try {
      do {
        this.#readAgain = false
        await this.#readOn()
      } while (this.#readAgain)
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#isReading = false
    }
  }

  async #readOn(): Promise<void> {
    for (let isWhole = true; isWhole; ) {
      const cursor = await (this.#cursor ??= this.#askForEnd())
      if (cursor === undefined) return
      const events = await this.#log.readAfter(cursor)
      const last = events.at(-1)
      if (!last) return
      this.#cursor = Promise.resolve(last.seq)
      for (const event of events) this.#report(event)
      isWhole = events.length >= eventPageSize
    }
  }

  /** Rejects never, for nobody may be waiting yet; a log that cannot say is asked again at the next look. */
  #askForEnd(): Promise<number | undefined> {
    return this.#log.lastSeq().catch((error: unknown) => {
      this.#cursor = undefined
      this.#onError(error)
      return undefined
    })
  }

  #report(event: StoredEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) {
      try {
        listener(event)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
