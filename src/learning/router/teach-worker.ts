import { serialize } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { teach, type Lessons } from './teach.ts'

/** Teaches one model after the other, beside the event loop. Its large arrays are handed over, not copied. */
parentPort?.on('message', ({ id, lessons }: { id: number; lessons: Lessons }) => {
  const model = teach(lessons)
  const bytes = new Uint8Array(serialize(model))
  const { space, linear, net, vectors } = model
  const arrays = [space.hashes, space.seenIn, linear.weights, linear.seen, net?.inner, net?.innerSeen, vectors?.vectors, bytes]
  const buffers = arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : []))
  parentPort?.postMessage({ id, taught: { model, bytes } }, [...new Set(buffers)])
})
