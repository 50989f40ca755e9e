import type { IdSequence } from './id-sequence.ts'

/**
 * A response_url takes five messages within thirty minutes (docs.slack.dev/interactivity/handling-user-interaction).
 */
const MAX_USES = 5
const LIFE_MS = 30 * 60_000
const MAX_URLS = 5000

/** Where messages sent to a response_url go, and which message they may replace. */
export interface ResponseTarget {
  readonly channel: string
  readonly user: string
  readonly threadTs?: string
  readonly messageTs?: string
  readonly isEphemeral?: boolean
}

/** The response_urls handed out with commands, clicks and shortcuts. */
export class ResponseUrls {
  readonly #targets = new Map<string, { readonly target: ResponseTarget; readonly bornMs: number; uses: number }>()
  readonly #now: () => number
  readonly #ids: IdSequence

  constructor(now: () => number, ids: IdSequence) {
    this.#now = now
    this.#ids = ids
  }

  /** @returns the last part of the address */
  create(target: ResponseTarget): string {
    const id = this.#ids.next('R')
    this.#targets.set(id, { target, bornMs: this.#now(), uses: 0 })
    const oldest = this.#targets.keys().next().value
    if (this.#targets.size > MAX_URLS && oldest !== undefined) this.#targets.delete(oldest)
    return id
  }

  /** Counts one use. @returns Slack's word for why not, when it is used up, too old or unknown */
  use(id: string): ResponseTarget | 'used_url' | 'expired_url' | 'invalid_url' {
    const entry = this.#targets.get(id)
    if (entry === undefined) return 'invalid_url'
    if (this.#now() - entry.bornMs > LIFE_MS) return 'expired_url'
    if (entry.uses >= MAX_USES) return 'used_url'
    entry.uses += 1
    return entry.target
  }
}
