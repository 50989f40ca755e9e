import type { ChangeFeed } from './change-feed.ts'
import type { JsonObject } from './json-object.ts'

/** One Web API call of the app. Tokens are left out of `args`. */
export interface ApiCall {
  readonly method: string
  readonly args: JsonObject
  readonly at: number
  /** 0 when the connection was cut or never answered */
  readonly httpStatus: number
  readonly ok: boolean
  readonly error?: string
  readonly answer?: JsonObject
}

/** The last calls of the app, at most `limit` and a quarter more. */
export class CallJournal {
  readonly #calls: ApiCall[] = []
  readonly #limit: number
  readonly #changes: ChangeFeed

  constructor(changes: ChangeFeed, limit: number) {
    this.#changes = changes
    this.#limit = limit
  }

  add(call: ApiCall): void {
    this.#calls.push(call)
    if (this.#calls.length > this.#limit * 1.25) this.#calls.splice(0, this.#calls.length - this.#limit)
    this.#changes.publish({ type: 'call', call })
  }

  list(method?: string): ApiCall[] {
    return method === undefined ? [...this.#calls] : this.#calls.filter((call) => call.method === method)
  }
}
