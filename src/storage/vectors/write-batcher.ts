interface Entry<Item> {
  readonly items: readonly Item[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes what comes while a write is under way together with the next one: a server takes about as long for hundreds of
 * items as for one. Its bound is the callers': each waits for its own.
 */
export class WriteBatcher<Item extends { readonly id: string }> {
  readonly #maxItems: number
  readonly #write: (name: string, items: readonly Item[]) => Promise<void>
  /** Only collections with something to write. */
  readonly #waiting = new Map<string, Entry<Item>[]>()

  constructor(maxItems: number, write: (name: string, items: readonly Item[]) => Promise<void>) {
    this.#maxItems = maxItems
    this.#write = write
  }

  /** Resolves when all items are written; of several with one id the last counts. */
  async add(name: string, items: readonly Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += this.#maxItems) await this.#addPiece(name, items.slice(at, at + this.#maxItems))
  }

  #addPiece(name: string, items: readonly Item[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(name)
    const entry = { items, resolve, reject }
    if (waiting) waiting.push(entry)
    else {
      this.#waiting.set(name, [entry])
      void this.#run(name)
    }
    return promise
  }

  async #run(name: string): Promise<void> {
    const entries = this.#waiting.get(name) ?? []
    while (entries.length > 0) {
      const batch = this.#take(entries)
      const byId = new Map(batch.flatMap(({ items }) => items.map((item) => [item.id, item])))
      try {
        await this.#write(name, [...byId.values()])
        batch.forEach(({ resolve }) => resolve())
      } catch (error) {
        batch.forEach(({ reject }) => reject(error))
      }
    }
    this.#waiting.delete(name)
  }

  #take(entries: Entry<Item>[]): Entry<Item>[] {
    let count = 0
    const end = entries.findIndex(({ items }, at) => (count += items.length) > this.#maxItems && at > 0)
    return entries.splice(0, end === -1 ? entries.length : end)
  }
}
