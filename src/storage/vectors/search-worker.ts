import { parentPort } from 'node:worker_threads'
import { scoreRows, type Search } from './score-rows.ts'

/** Answers searches one after the other, beside the event loop. */
parentPort?.on('message', ({ id, search }: { id: number; search: Search }) => {
  parentPort?.postMessage({ id, scored: scoreRows(search) })
})
