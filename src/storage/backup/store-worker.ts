import { parentPort, workerData } from 'node:worker_threads'
import { checkStore } from '../check-store.ts'
import { compactStore } from '../compact-store.ts'
import { openReader } from '../database.ts'
import { ChromaVectors } from '../vectors/chroma-vectors.ts'
import type { StoreJob } from './store-keeper.ts'
import { writeBackup } from './write-backup.ts'

// One job, and the end: a thread of its own costs nothing between two.
const job = workerData as StoreJob
parentPort?.postMessage(await carryOut())

async function carryOut(): Promise<unknown> {
  const { place, chromaUrl } = job
  if (job.work === 'compact') return compactStore(place)
  if (job.work === 'check') {
    const { db, traits, close } = await openReader(place)
    const problems = await checkStore({ db, traits })
    await close()
    return problems
  }
  const chroma = chromaUrl === undefined ? undefined : new ChromaVectors({ url: chromaUrl, nowMs: Date.now })
  return writeBackup({ place, chroma }, job.path, job.nowMs)
}
