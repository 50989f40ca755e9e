import type { Request } from '../../storage/records.ts'
import type { FeatureMemory } from './feature-memory.ts'
import type { SlackCalls, TryResult } from './slack-calls.ts'
import { sanitizePlain } from './sanitize-text.ts'
import { isMissingFeature, retryAfterMsOf } from './slack-errors.ts'

export interface ThreadStatusOptions {
  readonly calls: SlackCalls
  readonly request: Request
  readonly threadId: string
  readonly features: FeatureMemory
  readonly delay: (ms: number) => Promise<void>
}

const longestTitle = 80
const longestStatus = 100
/** Tries in all to clear what would else look at work for ever, waits in all for them, and how long at most each. */
const endingTries = 3
const endingWaits = 6
const firstWaitMs = 300
const longestWaitMs = 2_000

/**
 * The "is thinking ..." line of a thread. Slack shows the session's state (with its Stop button) and the status text
 * in one place: the session says that we work, the text says what we do. Nothing here ever fails.
 */
export class ThreadStatus {
  readonly #options: ThreadStatusOptions
  #isProcessing = false
  #isSuspended = false

  constructor(options: ThreadStatusOptions) {
    this.#options = options
  }

  /** @returns true when the person sees a sign of life by now */
  async show(text: string): Promise<boolean> {
    const shown = await Promise.all([
      this.#isProcessing || this.#startSession(),
      this.#setText(text.slice(0, longestStatus)).then(isDone),
    ])
    return shown.includes(true)
  }

  /** From now on the session ends as one that waits for a person's decision. */
  suspend(): void {
    this.#isSuspended = true
  }

  /** The line goes and the session waits for the next request. */
  async end(): Promise<void> {
    this.#isProcessing = false
    const status = this.#isSuspended ? 'suspended' : 'active'
    await Promise.all([this.#insist(() => this.#setSession({ status })), this.#insist(() => this.#setText(''))])
  }

  /** Waited for, as tries and waits are few and short: a process that dies between two tries would leave a session that looks at work for ever. */
  async #insist(act: () => Promise<TryResult | undefined>): Promise<void> {
    let tries = 0
    for (let waits = 1; waits <= endingWaits + 1; waits++) {
      const answer = await act()
      if (!answer || answer.ok || answer.error.code !== 'MUR_SLACK_BUSY') return
      // What Slack was not asked is no try: another thread's refusal, or a timer that is early by a millisecond, would use them up.
      if (answer.error.details['isSkipped'] !== true) tries++
      if (tries === endingTries || waits > endingWaits) return
      await this.#options.delay(Math.min(retryAfterMsOf(answer.error) ?? firstWaitMs * tries, longestWaitMs))
    }
  }

  async #startSession(): Promise<boolean> {
    const { request } = this.#options
    const title = titleOf(request.text)
    const extras = { initiator_user_id: request.userId, ...(title === '' ? {} : { title }) }
    this.#isProcessing = isDone(await this.#setSession({ status: 'processing', ...extras }))
    return this.#isProcessing
  }

  #setSession(fields: object): Promise<TryResult | undefined> {
    return this.#try('session', 'agents.sessions.setStatus', fields)
  }

  #setText(status: string): Promise<TryResult | undefined> {
    return this.#try('status', 'assistant.threads.setStatus', { status })
  }

  /** Undefined where the workspace is known not to have this. */
  async #try(feature: string, method: string, fields: object): Promise<TryResult | undefined> {
    const { calls, features, request, threadId } = this.#options
    if (features.isMissing(request.workspaceId, feature)) return undefined
    const answer = await calls.tryCall(method, { channel_id: request.channelId, thread_ts: threadId, ...fields })
    if (!answer.ok && isMissingFeature(answer.error)) features.setMissing(request.workspaceId, feature)
    return answer
  }
}

const isDone = (answer: TryResult | undefined): boolean => answer?.ok === true

/** The first line of the request names its session; Slack shows it in lists. */
function titleOf(text: string): string {
  const line =
    sanitizePlain(text)
      .split('\n', 1)[0]
      ?.replace(/<[^>]*>|[<>&]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim() ?? ''
  return line.length > longestTitle ? `${line.slice(0, longestTitle - 1).toWellFormed()}…` : line
}
