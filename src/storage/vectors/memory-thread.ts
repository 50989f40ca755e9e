import { Worker } from 'node:worker_threads'
import { MurmurError, type ErrorCode, type ErrorDetails } from '../../errors.ts'
import type { DatabasePlace } from '../database.ts'
import type { MemoryReader } from './memory-reader.ts'

type Method = keyof MemoryReader

export interface Ask {
  readonly id: number
  readonly method: Method
  readonly args: readonly unknown[]
}

export interface Answer {
  readonly id: number
  readonly value?: unknown
  readonly error?: { readonly code: ErrorCode; readonly details: ErrorDetails }
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: MurmurError) => void
}

/** More than this in line is refused: each is some tens of milliseconds of work at worst. */
const maxWaiting = 500

/** Asks the {@link MemoryReader} in its thread, which is started with the first question. */
export class MemoryThread {
  readonly #workerData: { readonly place: DatabasePlace; readonly maxMirrorBytes: number }
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  constructor(place: DatabasePlace, maxMirrorBytes: number) {
    this.#workerData = { place, maxMirrorBytes }
  }

  /** @throws {MurmurError} what the reader throws; MUR_STORE_DOWN when the thread ends or too many wait */
  async ask<M extends Method>(method: M, ...args: Parameters<MemoryReader[M]>): Promise<Awaited<ReturnType<MemoryReader[M]>>> {
    if (this.#waiting.size >= maxWaiting) throw new MurmurError('MUR_STORE_DOWN', { reason: `${maxWaiting} questions wait already`, check: 'how much is asked of the memory' })
    const worker = (this.#worker ??= this.#start())
    const ask: Ask = { id: ++this.#lastId, method, args }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(ask.id, { resolve, reject })
    worker.ref()
    worker.postMessage(ask)
    return promise as Promise<Awaited<ReturnType<MemoryReader[M]>>>
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    // Waiting for one that is not counted would let the process end here.
    worker.ref()
    worker.postMessage('close')
    this.#fail(worker, 'the store is closed')
    await ended
  }

  #start(): Worker {
    const worker = new Worker(new URL('./memory-worker.ts', import.meta.url), { name: 'murmur-memory', workerData: this.#workerData })
    worker.on('message', ({ id, value, error }: Answer) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      // A process with nothing else to do may end.
      if (this.#waiting.size === 0) worker.unref()
      if (error) waiting?.reject(new MurmurError(error.code, error.details))
      else waiting?.resolve(value)
    })
    worker.on('error', ({ message }) => this.#fail(worker, message))
    worker.on('exit', () => this.#fail(worker, 'its thread ended'))
    return worker
  }

  /** The next question starts another thread. */
  #fail(worker: Worker, reason: string): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new MurmurError('MUR_STORE_DOWN', { reason: `the memory stopped: ${reason}`, check: 'the memory of the machine' }))
    this.#waiting.clear()
  }
}
