import type { Board, BoardState } from '../../orchestration/thread-port.ts'
import type { MessageWriter } from './message-writer.ts'
import { renderBoard } from './render-board.ts'
import { retryAfterMsOf, toSlackError } from './slack-errors.ts'
import type { SlackLogger } from './web-clients.ts'

export interface SlackBoardOptions {
  readonly writer: Pick<MessageWriter, 'post' | 'update'>
  readonly runId: string
  readonly now: () => number
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly logger: SlackLogger
}

const stepKey = 'board'
/** `chat.update` is Tier 3, about 50 a minute and workspace; several boards may live in it. */
const intervalMs = 2_000
const longestWaitMs = 30_000
/** A board that Slack refuses so often in a row is left as it is. */
const mostFailures = 5

/** One message that always comes to show the newest state. A state that is replaced before its turn is never sent. */
export class SlackBoard implements Board {
  readonly #options: SlackBoardOptions
  readonly #ending = new AbortController()
  #newest: BoardState | undefined
  #isOver = false
  #pump: Promise<void> | undefined
  #ts: string | undefined
  #nextAtMs = 0
  #failures = 0

  constructor(options: SlackBoardOptions) {
    this.#options = options
  }

  show(state: BoardState): void {
    if (this.#isOver) return
    this.#newest = state
    this.#pump ??= this.#run().finally(() => (this.#pump = undefined))
  }

  async close(state: BoardState): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    // Whoever waits for the next turn need not wait any more: this is the last one.
    this.#ending.abort('the board is over')
    await this.#pump
    this.#newest = state
    await this.#send()
  }

  async leave(): Promise<void> {
    this.#isOver = true
    this.#ending.abort('another attempt goes on')
    await this.#pump
  }

  async #run(): Promise<void> {
    while (this.#newest && !this.#isOver && this.#failures < mostFailures) {
      const waitMs = this.#nextAtMs - this.#options.now()
      if (waitMs > 0) await this.#options.delay(waitMs, this.#ending.signal).catch(() => {})
      if (!this.#isOver) await this.#send()
    }
  }

  async #send(): Promise<void> {
    const { writer, runId, now, logger } = this.#options
    const state = this.#newest
    if (!state) return
    this.#newest = undefined
    const content = renderBoard(state, this.#isOver ? undefined : runId)
    try {
      const isMade = this.#ts !== undefined
      const posted = isMade ? undefined : await writer.post(stepKey, content)
      this.#ts ??= posted?.ts
      // One that an earlier process posted shows that process's state.
      if (this.#ts !== undefined && !posted?.isFresh) await writer.update(this.#ts, stepKey, content)
      this.#failures = 0
      this.#nextAtMs = now() + intervalMs
    } catch (cause) {
      this.#failures++
      const error = toSlackError('chat.update', cause)
      logger.debug({ runId, reason: error.details['reason'] }, 'the board could not be shown')
      this.#nextAtMs = now() + Math.min(longestWaitMs, retryAfterMsOf(error) ?? intervalMs * 2 ** this.#failures)
      this.#newest ??= state
    }
  }
}
