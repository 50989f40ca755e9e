import { ApiError } from './api-error.ts'
import type { IdSequence } from './id-sequence.ts'

/**
 * A code from the authorize page lives ten minutes and works once
 * (docs.slack.dev/authentication/installing-with-oauth).
 */
const LIFE_MS = 600_000
const MAX_CODES = 1000

interface OauthCode {
  readonly user: string
  readonly redirectUri: string
  readonly bornMs: number
}

/** Codes that the authorize page handed out and nobody exchanged yet. */
export class OauthCodes {
  readonly #codes = new Map<string, OauthCode>()
  readonly #now: () => number
  readonly #ids: IdSequence

  constructor(now: () => number, ids: IdSequence) {
    this.#now = now
    this.#ids = ids
  }

  create(user: string, redirectUri: string): string {
    const code = this.#ids.next('code-')
    this.#codes.set(code, { user, redirectUri, bornMs: this.#now() })
    const oldest = this.#codes.keys().next().value
    if (this.#codes.size > MAX_CODES && oldest !== undefined) this.#codes.delete(oldest)
    return code
  }

  /** @throws {ApiError} invalid_code, code_expired or bad_redirect_uri */
  exchange(code: string, redirectUri: string | undefined): OauthCode {
    const known = this.#codes.get(code)
    if (known === undefined) throw new ApiError('invalid_code')
    this.#codes.delete(code)
    if (this.#now() - known.bornMs > LIFE_MS) throw new ApiError('code_expired')
    if (redirectUri !== undefined && redirectUri !== known.redirectUri) throw new ApiError('bad_redirect_uri')
    return known
  }
}
