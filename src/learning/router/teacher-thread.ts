import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import type { RunUnit } from '../regrouping/group-runs.ts'
import type { Taught, Teacher } from './learned-router.ts'
import type { Lessons } from './teach.ts'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** What is sent of a lesson at a time: first the cards, then texts, and at the end that it is whole. Copying all of them in one piece would take 20 ms. */
export type LessonPart =
  | { readonly kind: 'begin'; readonly head: Pick<Lessons, 'cards' | 'fallback'> }
  | { readonly kind: 'texts'; readonly rated: Lessons['rated']; readonly unrated: Lessons['unrated'] }
  | { readonly kind: 'whole' }

/** Runs to be grouped, some at a time, and at the end that they are all and how long it may take. */
export type GroupingPart = { readonly kind: 'units'; readonly units: readonly RunUnit[] } | { readonly kind: 'group'; readonly limitMs: number }

const textsAtOnce = 1_000
const unitsAtOnce = 500
/** Of the clock; on a quiet machine 3,000 runs take two seconds. */
const groupingLimitMs = 60_000

/** One worker for all heavy learning of all workspaces, started with the first work and ended when there is none: what it needs does not stay in memory. */
export class TeacherThread implements Teacher {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  teach(lessons: Lessons): Promise<Taught> {
    return this.#ask((post) => sendLessons(post, lessons)) as Promise<Taught>
  }

  /** @returns for each unit the number of its group; undefined when that took too long */
  group(units: readonly RunUnit[]): Promise<Int32Array | undefined> {
    return this.#ask((post) => sendUnits(post, units)) as Promise<Int32Array | undefined>
  }

  async close(): Promise<void> {
    await this.#end(this.#worker, 'the process ends')
  }

  #ask(send: (post: (part: LessonPart | GroupingPart) => void) => Promise<void>): Promise<unknown> {
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject })
    send((part) => worker.postMessage({ id, ...part })).catch(reject)
    return promise
  }

  #start(): Worker {
    const worker = new Worker(new URL('./teach-worker.ts', import.meta.url), { name: 'murmur-teacher' })
    // Learning never keeps a process alive; what was not taught is taught by the next one.
    worker.unref()
    worker.on('message', ({ id, result }: { id: number; result: unknown }) => {
      this.#waiting.get(id)?.resolve(result)
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

async function sendLessons(post: (part: LessonPart) => void, { rated, unrated, ...head }: Lessons): Promise<void> {
  post({ kind: 'begin', head })
  for (let at = 0; at < Math.max(rated.length, unrated.length); at += textsAtOnce) {
    post({ kind: 'texts', rated: rated.slice(at, at + textsAtOnce), unrated: unrated.slice(at, at + textsAtOnce) })
    await nextTurn()
  }
  post({ kind: 'whole' })
}

async function sendUnits(post: (part: GroupingPart) => void, units: readonly RunUnit[]): Promise<void> {
  for (let at = 0; at < units.length; at += unitsAtOnce) {
    post({ kind: 'units', units: units.slice(at, at + unitsAtOnce) })
    await nextTurn()
  }
  post({ kind: 'group', limitMs: groupingLimitMs })
}
