import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import type { Taught, Teacher } from './learned-router.ts'
import type { Lessons } from './teach.ts'

interface Waiting {
  readonly resolve: (taught: Taught) => void
  readonly reject: (error: Error) => void
}

/** One worker for all workspaces, started with the first lesson and ended when there is none: what a lesson needs does not stay in memory. */
export class TeacherThread implements Teacher {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  teach(lessons: Lessons): Promise<Taught> {
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<Taught>()
    this.#waiting.set(id, { resolve, reject })
    worker.postMessage({ id, lessons })
    return promise
  }

  async close(): Promise<void> {
    await this.#end(this.#worker, 'the process ends')
  }

  #start(): Worker {
    const worker = new Worker(new URL('./teach-worker.ts', import.meta.url), { name: 'murmur-teacher' })
    // Learning never keeps a process alive; what was not taught is taught by the next one.
    worker.unref()
    worker.on('message', ({ id, taught }: { id: number; taught: Taught }) => {
      this.#waiting.get(id)?.resolve(taught)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) void this.#end(worker, '')
    })
    worker.on('error', ({ message }) => void this.#end(worker, message))
    return worker
  }

  async #end(worker: Worker | undefined, reason: string): Promise<void> {
    if (!worker || worker !== this.#worker) return
    this.#worker = undefined
    const left = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of left) reject(new MurmurError('MUR_STORE_DOWN', { reason: `teaching stopped: ${reason}`, check: 'memory of the machine' }))
    await worker.terminate()
  }
}
