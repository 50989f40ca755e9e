import type { ChangeFeed } from './change-feed.ts'

/** Makes Web API calls go wrong. With `afterEffect` the call does its work first and only its answer is lost. */
export interface ApiFault {
  readonly method: string
  readonly kind: 'rate_limited' | 'http_500' | 'error' | 'hang' | 'disconnect'
  /** Slack's error code, for `kind: 'error'`; default `internal_error` */
  readonly error?: string
  /** default 1 */
  readonly retryAfterSeconds?: number
  /** how many calls it hits, default 1 */
  readonly times?: number
  readonly afterEffect?: boolean
}

/** `duplicate_delivery` sends the next event twice; `stream_expired` ends the next stream that is touched. */
export interface WorkspaceFault {
  readonly kind: 'duplicate_delivery' | 'stream_expired'
  readonly times?: number
}

export type Fault = ApiFault | WorkspaceFault

const MAX_FAULTS = 100

/** Faults that are switched on. Each is used up after `times` hits; the first that fits is taken. */
export class FaultSwitches {
  #armed: { readonly fault: Fault; left: number }[] = []
  readonly #changes: ChangeFeed

  constructor(changes: ChangeFeed) {
    this.#changes = changes
  }

  add(fault: Fault): void {
    if (this.#armed.length >= MAX_FAULTS) throw new Error(`Expected at most ${MAX_FAULTS} faults at a time.`)
    this.#armed.push({ fault, left: fault.times ?? 1 })
    this.#tell()
  }

  /** What is still armed, with the hits that are left. */
  list(): Fault[] {
    return this.#armed.map(({ fault, left }) => ({ ...fault, times: left }))
  }

  clear(): void {
    this.#armed = []
    this.#tell()
  }

  takeApiFault(method: string): ApiFault | undefined {
    if (this.#armed.length === 0) return undefined
    const fault = this.#take((item) => 'method' in item && (item.method === '*' || item.method === method))
    return fault !== undefined && 'method' in fault ? fault : undefined
  }

  takeWorkspaceFault(kind: WorkspaceFault['kind']): boolean {
    return this.#armed.length > 0 && this.#take((item) => item.kind === kind) !== undefined
  }

  #take(fits: (fault: Fault) => boolean): Fault | undefined {
    const armed = this.#armed.find((item) => fits(item.fault))
    if (armed === undefined) return undefined
    armed.left -= 1
    if (armed.left <= 0) this.#armed = this.#armed.filter((item) => item !== armed)
    this.#tell()
    return armed.fault
  }

  #tell(): void {
    this.#changes.publish({ type: 'fault', faults: this.list() })
  }
}
