import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import type { Taught, Teacher } from './learned-router.ts'
import type { Lessons } from './teach.ts'

interface Waiting {
  readonly resolve: (taught: Taught) => void
  readonly reject: (error: Error) => void
}

/** What is sent of a lesson at a time: first the cards, then texts, and at the end that it is whole. Copying all of them in one piece would take 20 ms. */
export type LessonPart = { readonly id: number } & (
  | { readonly kind: 'begin'; readonly head: Pick<Lessons, 'cards' | 'fallback'> }
  | { readonly kind: 'texts'; readonly rated: Lessons['rated']; readonly unrated: Lessons['unrated'] }
  | { readonly kind: 'whole' }
)

const textsAtOnce = 1_000

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
    this.#send(worker, id, lessons).catch(reject)
    return promise
  }

  async close(): Promise<void> {
    await this.#end(this.#worker, 'the process ends')
  }

  async #send(worker: Worker, id: number, { rated, unrated, ...head }: Lessons): Promise<void> {
    const post = (part: LessonPart): void => worker.postMessage(part)
    post({ id, kind: 'begin', head })
    for (let at = 0; at < Math.max(rated.length, unrated.length); at += textsAtOnce) {
      post({ id, kind: 'texts', rated: rated.slice(at, at + textsAtOnce), unrated: unrated.slice(at, at + textsAtOnce) })
      await nextTurn()
    }
    post({ id, kind: 'whole' })
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
