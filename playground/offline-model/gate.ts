type Body = Readonly<Record<string, unknown>>

/** Which replies are held, and where. */
export interface HoldOptions {
  /** Only calls whose body it returns true for; default all. */
  readonly match?: (body: Body) => boolean
  /** Lets so many chunks of a streamed reply out first; default: holds before the first byte. */
  readonly afterChunks?: number
}

interface Held {
  readonly go: () => void
}

/**
 * Holds replies until they are released, so that a test can kill a process at a known moment of a model call.
 * What is held is bounded by the number of open connections.
 */
export class Gate {
  #shut: HoldOptions | undefined
  #held = new Set<Held>()
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get held(): number {
    return this.#held.size
  }

  hold(options: HoldOptions = {}): void {
    this.#shut = options
  }

  /**
   * Without a count, opens the gate for all that wait and all that come; with one, lets the longest waiting through and
   * stays shut.
   */
  release(count?: number): void {
    if (count === undefined) this.#shut = undefined
    for (const one of [...this.#held].slice(0, count)) {
      this.#held.delete(one)
      one.go()
    }
    this.#onChange()
  }

  /** Where this call is to be held: 0 before the first byte, n after n chunks, undefined not at all. */
  placeFor(body: Body): number | undefined {
    if (this.#shut === undefined || !(this.#shut.match?.(body) ?? true)) return undefined
    return body['stream'] === true ? (this.#shut.afterChunks ?? 0) : 0
  }

  /** Resolves when released, or when the caller has gone. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const held = { go: resolve }
    this.#held.add(held)
    signal.addEventListener(
      'abort',
      () => {
        this.#held.delete(held)
        resolve()
      },
      { once: true },
    )
    this.#onChange()
    return promise
  }
}
