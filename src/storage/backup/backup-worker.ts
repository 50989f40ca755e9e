import { parentPort, workerData } from 'node:worker_threads'
import { checkStore } from '../check-store.ts'
import { openReader } from '../database.ts'
import { ChromaVectors } from '../vectors/chroma-vectors.ts'
import type { BackupJob } from './backup-keeper.ts'
import { writeBackup } from './write-backup.ts'

// One job, and the end: a thread of its own costs nothing between two.
const job = workerData as BackupJob
if ('check' in job) {
  const { db, traits, close } = await openReader(job.place)
  const problems = await checkStore({ db, traits }).finally(close)
  parentPort?.postMessage(problems)
} else {
  const chroma = job.chromaUrl === undefined ? undefined : new ChromaVectors({ url: job.chromaUrl, nowMs: Date.now })
  parentPort?.postMessage(await writeBackup({ place: job.place, chroma }, job.path, job.nowMs))
}
