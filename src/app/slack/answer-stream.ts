import type { AnswerFooter, AnswerStream, PostReceipt, RunSteps } from '../../orchestration/thread-port.ts'
import { GrowingAnswer, pageKey, postLimitBytes } from './growing-answer.ts'
import type { MessageWriter } from './message-writer.ts'
import { renderAnswer, renderFooter } from './render-blocks.ts'
import { sanitizeText } from './sanitize-text.ts'
import { settleAnswer } from './settle-answer.ts'
import { splitMessage } from './split-message.ts'
import { toSlackError } from './slack-errors.ts'
import type { SlackLogger } from './web-clients.ts'

export interface AnswerStreamOptions {
  readonly writer: MessageWriter
  readonly steps: RunSteps
  /** Ids of the people and channels that the request named. */
  readonly mentionable: readonly string[]
  readonly now: () => number
  readonly delay: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly logger: SlackLogger
}

const closeStep = 'answer:close'
const failStep = 'answer:fail'
const retryAfterFailureMs = 2_000
/** A reason of our own, because the one that `abort` makes by itself is an error with a stack, which takes its time. */
const ended = 'the answer has ended'

/**
 * The answer of one run in its thread: shows what comes in the background, then makes the final text the whole
 * answer.
 */
export class SlackAnswer implements AnswerStream {
  readonly #options: AnswerStreamOptions
  readonly #growing: GrowingAnswer
  readonly #ending = new AbortController()
  /** One writer at a time: the background, the placeholder, or the end. */
  #turn: Promise<void> = Promise.resolve()
  #isPumping = false
  #nextAtMs = 0

  constructor(options: AnswerStreamOptions) {
    this.#options = options
    this.#growing = new GrowingAnswer(options)
  }

  append(delta: string): void {
    if (this.#ending.signal.aborted || !this.#options.writer.canGrow) return
    this.#growing.append(delta)
    this.#pump()
  }

  restart(): void {
    if (!this.#ending.signal.aborted) this.#growing.restart()
  }

  /** A sign of life where no status can be shown: the answer's message, to be rewritten later. */
  showPlaceholder(text: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#options.writer.canUpdate || this.#growing.pages.length > 0 || this.#ending.signal.aborted || this.#options.steps.has(closeStep)) return
      this.#growing.addPage(await this.#options.writer.post(pageKey(0), renderAnswer(text)), true)
    })
  }

  /** Lets go of the answer as it is, because another attempt may take it over. Waits for a call under way. */
  leave(): Promise<void> {
    this.#ending.abort(ended)
    return this.#turn
  }

  finish(text: string, footer: AnswerFooter): Promise<PostReceipt> {
    return this.#end(async () => {
      const { steps, mentionable } = this.#options
      const isNew = this.#growing.pages.length === 0 && !steps.has(pageKey(0))
      const close = (): Promise<PostReceipt> => this.#close(sanitizeText(text, { mentionable }), footer)
      // A new post is a step itself and says everything at once, so there is nothing else to remember.
      return isNew && !steps.has(closeStep) ? close() : steps.once(closeStep, close)
    })
  }

  fail(notice: string, mentionable: readonly string[]): Promise<PostReceipt> {
    return this.#end(() =>
      this.#options.steps.once(failStep, () => this.#addNotice(sanitizeText(notice, { mentionable }))),
    )
  }

  async #close(text: string, footer: AnswerFooter): Promise<PostReceipt> {
    const blocks = renderFooter(footer)
    this.#growing.takeNews()
    const rest = await this.#growing.endStream(text, blocks)
    const [first] = this.#growing.pages
    if (rest === undefined)
      return { messageId: await this.#settle(splitMessage(text, { limitBytes: postLimitBytes }), blocks) }
    if (rest === '') return { messageId: first?.ts ?? '' }
    const parts = splitMessage(rest, { limitBytes: postLimitBytes })
    const next = await this.#settle(parts, blocks, this.#growing.pages.length)
    return { messageId: first?.ts ?? next }
  }

  /** After what this attempt has shown, else in place of whatever the answer's message shows. */
  async #addNotice(notice: string): Promise<PostReceipt> {
    const { steps, writer } = this.#options
    if (steps.has(closeStep)) return { messageId: (await writer.post('answer:notice', renderAnswer(notice))).ts }
    const growing = this.#growing
    growing.takeNews()
    const page = growing.currentPage
    const index = page ? growing.pages.indexOf(page) : growing.hasEndedPages ? growing.pages.length : 0
    if (!page || growing.shownOnPage === '') return { messageId: await this.#settle([notice], [], index) }
    const shown = growing.closedPageText()
    const added = `${shown.slice(growing.shownOnPage.length)}\n\n${notice}`
    const ended = page.isStreaming && (await writer.stop(page.ts, { stepKey: page.key, text: added, isLast: true }))
    if (ended && ended.ok) page.isStreaming = false
    else return { messageId: await this.#settle([`${shown}\n\n${notice}`], [], index) }
    return { messageId: page.ts }
  }

  #settle(parts: readonly string[], blocks: ReturnType<typeof renderFooter>, firstPage = 0): Promise<string> {
    const { writer, steps } = this.#options
    const { pages, mayHaveLost } = this.#growing
    return settleAnswer({ writer, steps, pages, mayHaveLost }, parts, blocks, firstPage)
  }

  #end(act: () => Promise<PostReceipt>): Promise<PostReceipt> {
    this.#ending.abort(ended)
    return this.#inTurn(act)
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act)
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    void this.#runPump()
  }

  /** Never rejects: what goes wrong while the answer grows is mended, or reported, by its end. */
  async #runPump(): Promise<void> {
    const { now, delay } = this.#options
    const { signal } = this.#ending
    while (this.#growing.hasNews && !signal.aborted) {
      try {
        const waitMs = this.#nextAtMs - now()
        if (waitMs > 0) await delay(waitMs, signal)
        await this.#inTurn(() => this.#showNews())
      } catch (cause) {
        if (!signal.aborted) this.#countFailure(cause)
      }
    }
    // In the same turn as the last look at the news, so that no piece falls between.
    this.#isPumping = false
  }

  async #showNews(): Promise<void> {
    if (this.#ending.signal.aborted) return
    const waitMs = await this.#growing.show()
    this.#nextAtMs = this.#options.now() + waitMs
  }

  #countFailure(cause: unknown): void {
    this.#growing.countFailure()
    this.#nextAtMs = this.#options.now() + retryAfterFailureMs
    this.#options.logger.debug(
      { code: toSlackError('answer', cause).code },
      'a piece of the answer could not be shown yet',
    )
  }
}
