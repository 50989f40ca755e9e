import { serialize } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { teach, type RatedText } from './teach.ts'
import type { LessonPart } from './teacher-thread.ts'

interface Gathered {
  readonly head: Extract<LessonPart, { kind: 'begin' }>['head']
  readonly rated: RatedText[]
  readonly unrated: string[]
}

const gathered = new Map<number, Gathered>()

/** Teaches one model after the other, beside the event loop. Its large arrays are handed over, not copied. */
parentPort?.on('message', (part: LessonPart) => {
  const { id } = part
  if (part.kind === 'begin') return void gathered.set(id, { head: part.head, rated: [], unrated: [] })
  const lessons = gathered.get(id)
  if (!lessons) return
  if (part.kind === 'texts') {
    lessons.rated.push(...part.rated)
    lessons.unrated.push(...part.unrated)
    return
  }
  gathered.delete(id)
  const model = teach({ ...lessons.head, rated: lessons.rated, unrated: lessons.unrated })
  const bytes = new Uint8Array(serialize(model))
  const { space, linear, net, vectors } = model
  const arrays = [space.hashes, space.seenIn, linear.weights, linear.seen, net?.inner, net?.innerSeen, vectors?.vectors, bytes]
  const buffers = arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : []))
  parentPort?.postMessage({ id, taught: { model, bytes } }, [...new Set(buffers)])
})
