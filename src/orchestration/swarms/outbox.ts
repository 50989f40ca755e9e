import { MurmurError } from '../../errors.ts'

/** Something to show; safe to repeat, because it is a step of the run. */
export type Showing = () => Promise<unknown>

/** More than these do not wait: whoever wants to show more then waits. */
const mostWaiting = 20
/** Times in all that the end tries what the channel did not take. */
const lastTries = 3

/**
 * What a swarm shows, one after the other in the order it was given, beside the swarm's own work. A channel that is busy
 * holds up what comes after, and is asked again with the next thing to show or at the end; what it refuses for good is left
 * out, as the result and the transcript say it again.
 */
export class Outbox {
  readonly #waiting: Showing[] = []
  #running: Promise<void> | undefined
  #trouble: MurmurError | undefined
  #isClosed = false

  /** Resolves at once, or when there is room again. @throws what is the whole run's matter, such as a store that is down */
  async put(showing: Showing): Promise<void> {
    if (this.#isClosed) return
    this.#throwFatal()
    this.#waiting.push(showing)
    this.#run()
    if (this.#waiting.length > mostWaiting) await this.#running
  }

  /** Shows all that waits. @throws {MurmurError} MUR_SLACK_BUSY when the channel does not take it: nothing is lost, the next attempt shows it */
  async flush(): Promise<void> {
    for (let tries = 0; this.#waiting.length > 0 || this.#running; tries++) {
      if (tries >= lastTries && !this.#running && this.#trouble) throw this.#trouble
      this.#run()
      await this.#running
      this.#throwFatal()
    }
  }

  /** Waits for what is being shown and drops the rest; the next attempt shows it. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.length = 0
    await this.#running
  }

  #run(): void {
    this.#running ??= this.#showAll().finally(() => (this.#running = undefined))
  }

  /** Never rejects. */
  async #showAll(): Promise<void> {
    for (let showing = this.#waiting[0]; showing; showing = this.#waiting[0]) {
      try {
        await showing()
        this.#trouble = undefined
      } catch (error) {
        const trouble = error instanceof MurmurError ? error : new MurmurError('MUR_BUG', { rule: 'what is shown fails by our own errors' }, { cause: error })
        if (trouble.code !== 'MUR_SLACK_REJECTED') {
          this.#trouble = trouble
          return
        }
      }
      if (this.#waiting[0] === showing) this.#waiting.shift()
    }
  }

  #throwFatal(): void {
    if (this.#trouble && this.#trouble.code !== 'MUR_SLACK_BUSY') throw this.#trouble
  }
}
