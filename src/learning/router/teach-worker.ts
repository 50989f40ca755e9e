import { parentPort } from 'node:worker_threads'
import { teach, type Lessons } from './teach.ts'

/** Teaches one model after the other, beside the event loop. */
parentPort?.on('message', ({ id, lessons }: { id: number; lessons: Lessons }) => {
  parentPort?.postMessage({ id, model: teach(lessons) })
})
