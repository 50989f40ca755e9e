import type { MessageWriter, PostedMessage } from './message-writer.ts'
import { renderAnswer } from './render-blocks.ts'
import type { Blocks } from './render-blocks.ts'
import { createTextSanitizer } from './sanitize-text.ts'
import type { TryResult } from './slack-calls.ts'
import { isRejectedFor, retryAfterMsOf } from './slack-errors.ts'
import { cutAt, takePart } from './split-message.ts'
import type { TextStage } from './text-stage.ts'

/** A message of the answer. What a page shows is known as long as everything sent to it was acknowledged. */
export interface AnswerPage {
  readonly key: string
  readonly ts: string
  /** True while Slack takes it for a stream: it can't be rewritten then. */
  isStreaming: boolean
}

export interface GrowingAnswerOptions {
  readonly writer: MessageWriter
  readonly mentionable: readonly string[]
  readonly now: () => number
}

/** A streamed message has a cumulative cap near 12,000 characters, reported from 10,600 bytes on. */
const streamLimitBytes = 9_000
export const postLimitBytes = 11_000
/** Slack ends a stream after about five minutes. */
const longestStreamMs = 4 * 60_000
const appendIntervalMs = 700
/** chat.update is a Tier 3 method: 50 a minute for the whole workspace, so long answers slow down. */
const updateIntervalMs = 1_200
const slowUpdateIntervalMs = 3_000
const quickUpdates = 20
const mostFailures = 5
/** As many as a split text has at most; what is longer is cut at the end. */
const mostPages = 20

export const pageKey = (index: number): string => (index === 0 ? 'answer:open' : `answer:part:${index}`)

/**
 * The part of an answer that is already there, and how it is shown while it grows: appended to a stream, or by
 * rewriting a post. A page that is full is ended, and the answer goes on in a new one. Calls of {@link show} must not
 * overlap.
 */
export class GrowingAnswer {
  readonly #options: GrowingAnswerOptions
  readonly #pages: AnswerPage[] = []
  #sanitizer: TextStage
  /** Raw text that has not gone through the sanitizer. */
  #news = ''
  #isRestarting = false
  /** All safe text of this attempt, and its three parts: on ended pages, on the current page, not shown yet. */
  #stable = ''
  #current = ''
  #pending = ''
  /** What a new page begins with, for example the opening of a cut code fence. */
  #carry = ''
  #pageIndex = 0
  #pageOpenedAtMs = 0
  /** True while the current page is a stream that shows just `#current`. */
  #isInStep = false
  /** True when pages show something of an earlier attempt. */
  #isStale = false
  #isMuted = false
  #mayHaveLost = false
  #failures = 0
  #updates = 0

  constructor(options: GrowingAnswerOptions) {
    this.#options = options
    this.#sanitizer = createTextSanitizer(options)
  }

  /** What comes when nothing is shown any more need not be kept: the final text has it. */
  append(delta: string): void {
    if (!this.#isMuted) this.#news += delta
  }

  restart(): void {
    this.#news = ''
    this.#isRestarting = true
  }

  get hasNews(): boolean {
    return !this.#isMuted && (this.#news !== '' || this.#isRestarting || this.#pending.trim() !== '')
  }

  get pages(): readonly AnswerPage[] {
    return this.#pages
  }

  /** What the current page shows of this attempt. */
  get shownOnPage(): string {
    return this.#current
  }

  get currentPage(): AnswerPage | undefined {
    return this.#pages[this.#pageIndex]
  }

  /** True when this attempt has ended pages that stay as they are. */
  get hasEndedPages(): boolean {
    return this.#pageIndex > 0
  }

  /**
   * True when the thread may hold a page of this run that nobody remembers: after a crash, or a call whose outcome is
   * unknown.
   */
  get mayHaveLost(): boolean {
    return this.#mayHaveLost
  }

  addPage(message: PostedMessage, isStale: boolean): AnswerPage {
    const page = { key: pageKey(this.#pages.length), ts: message.ts, isStreaming: message.mode === 'stream' }
    this.#pages.push(page)
    this.#pageOpenedAtMs = this.#options.now()
    if (isStale) this.#isStale = true
    if (!message.isFresh) this.#mayHaveLost = true
    return page
  }

  /** Reads what came in since the last time. */
  takeNews(): void {
    if (this.#isRestarting) this.#beginAgain()
    const safe = this.#sanitizer.push(this.#news)
    this.#news = ''
    this.#stable += safe
    this.#pending += safe
  }

  /**
   * Shows what is new, with one or two calls.
   * @returns milliseconds to wait before the next time
   * @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED when no message could be opened
   */
  async show(): Promise<number> {
    this.takeNews()
    if (this.#pending.trim() === '') return appendIntervalMs
    const page = this.currentPage
    if (!page) return this.#openPage()
    return page.isStreaming && this.#isInStep ? this.#appendTo(page) : this.#rewrite(page)
  }

  /** Counts a time when nothing could be shown; after a few the rest waits for the end of the answer. */
  countFailure(): void {
    if (++this.#failures >= mostFailures) this.#isMuted = true
  }

  /**
   * Ends the stream with the rest of the answer, if what it shows is how `text` begins.
   * @returns what did not fit on the page; undefined when the answer must be written anew
   */
  async endStream(text: string, footer: Blocks): Promise<string | undefined> {
    const page = this.currentPage
    if (!page?.isStreaming || !this.#isInStep || this.#isStale || !text.startsWith(this.#stable)) return undefined
    const whole = this.#current + this.#carry + this.#pending + text.slice(this.#stable.length)
    const { part, carry, rest } = takePart(whole, streamLimitBytes, this.#current.length)
    const isLast = rest === ''
    const added = part.slice(this.#current.length)
    const ended = await this.#options.writer.stop(page.ts, {
      stepKey: page.key,
      text: added,
      isLast,
      ...(isLast ? { blocks: footer } : {}),
    })
    if (!ended.ok) return undefined
    page.isStreaming = false
    return isLast ? '' : carry + rest
  }

  /** What the current page shows, complete in itself: an open code fence is closed. */
  closedPageText(): string {
    return cutAt(this.#current, this.#current.length).part
  }

  #beginAgain(): void {
    this.#isRestarting = false
    if (this.#pages.length > 0) this.#isStale = true
    this.#sanitizer = createTextSanitizer(this.#options)
    this.#stable = this.#current = this.#pending = this.#carry = ''
    this.#pageIndex = 0
    this.#isInStep = false
  }

  async #openPage(): Promise<number> {
    const text = this.#carry + this.#pending
    const hadLost = this.#mayHaveLost
    const { part, carry, rest } = takePart(text, streamLimitBytes)
    this.#mayHaveLost = true
    const message = await this.#options.writer.open(pageKey(this.#pageIndex), part)
    this.#mayHaveLost = hadLost
    const page = this.addPage(message, !message.isFresh)
    this.#isInStep = message.isFresh && page.isStreaming
    // A page of an earlier attempt is rewritten the next time; so is one that was opened full and can't be ended at
    // once.
    if (!message.isFresh) return updateIntervalMs
    if (rest === '') this.#keepOnPage(part)
    else if (!page.isStreaming || (await this.#endPage(page, ''))) this.#turnPage(carry, rest)
    else this.#isInStep = false
    return page.isStreaming ? appendIntervalMs : updateIntervalMs
  }

  async #appendTo(page: AnswerPage): Promise<number> {
    const whole = this.#current + this.#pending
    const isOld = this.#options.now() - this.#pageOpenedAtMs > longestStreamMs
    const fitting = takePart(whole, streamLimitBytes, this.#current.length)
    const { part, carry, rest } =
      isOld && fitting.rest === '' ? cutAt(whole, whole.length, this.#current.length) : fitting
    const added = part.slice(this.#current.length)
    if (isOld || rest !== '') {
      if (await this.#endPage(page, added)) this.#turnPage(carry, rest)
      else this.#isInStep = false
      return appendIntervalMs
    }
    const result = await this.#options.writer.append(page.ts, added)
    if (result.ok) {
      this.#keepOnPage(part)
      return appendIntervalMs
    }
    return this.#afterFailedAppend(page, result)
  }

  async #afterFailedAppend(page: AnswerPage, { error }: TryResult & { ok: false }): Promise<number> {
    const waitMs = retryAfterMsOf(error)
    // Slack did nothing and says when to come back: the text is kept and goes with the next piece.
    if (waitMs !== undefined) return this.#later(waitMs)
    if (isRejectedFor(error, 'stopped_by_user')) {
      this.#isMuted = true
      return appendIntervalMs
    }
    if (isRejectedFor(error, 'msg_too_long') && this.#current !== '' && (await this.#endPage(page, ''))) {
      const { carry } = cutAt(this.#current, this.#current.length)
      this.#turnPage(carry, this.#pending)
      return appendIntervalMs
    }
    // Over, refused, or nobody knows whether it was added: from now on the message is rewritten as a whole.
    this.#isInStep = false
    return appendIntervalMs
  }

  async #rewrite(page: AnswerPage): Promise<number> {
    if (page.isStreaming) {
      await this.#options.writer.abandonStream(page.ts)
      page.isStreaming = false
    }
    const { part, carry, rest } = takePart(this.#current + this.#carry + this.#pending, postLimitBytes)
    const result = await this.#options.writer.tryUpdate(page.ts, renderAnswer(part))
    if (!result.ok) {
      if (isRejectedFor(result.error, 'streaming_state_conflict')) page.isStreaming = true
      return this.#later(retryAfterMsOf(result.error) ?? updateIntervalMs)
    }
    if (rest === '') this.#keepOnPage(part)
    else this.#turnPage(carry, rest)
    return ++this.#updates > quickUpdates ? slowUpdateIntervalMs : updateIntervalMs
  }

  async #endPage(page: AnswerPage, text: string): Promise<boolean> {
    const { ok } = await this.#options.writer.stop(page.ts, { stepKey: page.key, text, isLast: false })
    if (ok) page.isStreaming = false
    return ok
  }

  #keepOnPage(text: string): void {
    this.#current = text
    this.#pending = this.#carry = ''
    this.#failures = 0
  }

  #turnPage(carry: string, rest: string): void {
    this.#pageIndex++
    this.#current = ''
    this.#carry = carry
    this.#pending = rest
    this.#isInStep = false
    this.#failures = 0
    if (this.#pageIndex >= mostPages) this.#isMuted = this.#isStale = true
  }

  #later(waitMs: number): number {
    this.countFailure()
    return waitMs
  }
}
