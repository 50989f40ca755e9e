import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import { scoreRows, type Scored, type Search } from './score-rows.ts'

/** Up to so many numbers a search is done at once, in about 4 ms; a larger one goes to the worker. */
const maxNumbersInline = 4_000_000
/** More than this in line for the worker is refused: each is some hundred milliseconds of work at worst. */
const maxWaiting = 500

interface Waiting {
  readonly resolve: (scored: Scored) => void
  readonly reject: (error: Error) => void
}

/** Searches without ever blocking the event loop; the worker is started with the first large one. */
export class VectorSearch {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  async search(search: Search): Promise<Scored> {
    if (search.rows.length * search.dimension <= maxNumbersInline) return scoreRows(search)
    if (this.#waiting.size >= maxWaiting) throw new MurmurError('MUR_STORE_DOWN', { reason: `${maxWaiting} searches wait already`, check: 'how much is asked of the memory' })
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<Scored>()
    this.#waiting.set(id, { resolve, reject })
    worker.ref()
    worker.postMessage({ id, search }, [search.rows.buffer as ArrayBuffer])
    return promise
  }

  async close(): Promise<void> {
    // Waiting for one that is not counted would let the process end here.
    this.#worker?.ref()
    await this.#worker?.terminate()
    this.#fail(this.#worker, 'the store is closed')
  }

  #start(): Worker {
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { name: 'murmur-vector-search' })
    worker.on('message', ({ id, scored }: { id: number; scored: Scored }) => {
      this.#waiting.get(id)?.resolve(scored)
      this.#waiting.delete(id)
      // A process with nothing else to do may end.
      if (this.#waiting.size === 0) worker.unref()
    })
    worker.on('error', ({ message }) => this.#fail(worker, message))
    return worker
  }

  /** The next large search starts another worker. */
  #fail(worker: Worker | undefined, reason: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new MurmurError('MUR_STORE_DOWN', { reason: `the search stopped: ${reason}`, check: 'memory of the machine' }))
    this.#waiting.clear()
  }
}
