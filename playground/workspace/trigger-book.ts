import { ApiError } from './api-error.ts'

/**
 * A trigger opens one modal, within 3 seconds of the click (docs.slack.dev/interactivity/handling-user-interaction).
 */
const TRIGGER_LIFE_MS = 3000
const MAX_TRIGGERS = 5000

interface Trigger {
  readonly user: string
  readonly bornMs: number
  /** The view the click happened in; what `views.push` puts its view on. */
  readonly viewId: string | undefined
  isUsed: boolean
}

/** Trigger ids handed out with commands, clicks and shortcuts. */
export class TriggerBook {
  readonly #triggers = new Map<string, Trigger>()
  readonly #now: () => number
  readonly #lifeMs: number
  #count = 0

  constructor(now: () => number, lifeMs = TRIGGER_LIFE_MS) {
    this.#now = now
    this.#lifeMs = lifeMs
  }

  create(user: string, viewId?: string): string {
    this.#count += 1
    const id = `${this.#count}.1000000000001.playground`
    this.#triggers.set(id, { user, viewId, bornMs: this.#now(), isUsed: false })
    const oldest = this.#triggers.keys().next().value
    if (this.#triggers.size > MAX_TRIGGERS && oldest !== undefined) this.#triggers.delete(oldest)
    return id
  }

  /** @throws {ApiError} invalid_trigger_id, exchanged_trigger_id (used before) or expired_trigger_id */
  exchange(id: string): { readonly user: string; readonly viewId: string | undefined } {
    const trigger = this.#triggers.get(id)
    if (trigger === undefined) throw new ApiError('invalid_trigger_id')
    if (trigger.isUsed) throw new ApiError('exchanged_trigger_id')
    if (this.#now() - trigger.bornMs > this.#lifeMs) throw new ApiError('expired_trigger_id')
    trigger.isUsed = true
    return trigger
  }
}
