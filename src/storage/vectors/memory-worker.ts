import { parentPort, workerData } from 'node:worker_threads'
import { MurmurError } from '../../errors.ts'
import { openReader, type DatabasePlace } from '../database.ts'
import type { Answer, Ask } from './memory-thread.ts'
import { MemoryReader } from './memory-reader.ts'

// Reads and searches beside the event loop of the process.
const { place, maxMirrorBytes } = workerData as { readonly place: DatabasePlace; readonly maxMirrorBytes: number }
const { db, close } = await openReader(place)
const reader = new MemoryReader(db, maxMirrorBytes)

parentPort?.on('message', (message: Ask | 'close') => {
  if (message === 'close') void close().finally(() => parentPort?.close())
  else void answer(message).then((reply) => parentPort?.postMessage(reply))
})

async function answer({ id, method, args }: Ask): Promise<Answer> {
  try {
    const work = reader[method].bind(reader) as (...given: readonly unknown[]) => Promise<unknown>
    return { id, value: await work(...args) }
  } catch (error) {
    if (error instanceof MurmurError) return { id, error: { code: error.code, details: error.details } }
    return { id, error: { code: 'MUR_STORE_DOWN', details: { reason: error instanceof Error ? error.message : 'unknown' } } }
  }
}
