import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'

/** The log is moved into the database file when it has grown to this size. */
const checkpointAtBytes = 4 * 1024 * 1024
const checkEveryMs = 1_000

/** Runs in a worker thread: a checkpoint waits for the disk and would block the event loop for tens of milliseconds. */
const workerSource = `
const { DatabaseSync } = require('node:sqlite')
const { parentPort, workerData } = require('node:worker_threads')
const database = new DatabaseSync(workerData, { timeout: 5000 })
database.exec('PRAGMA synchronous = NORMAL')
parentPort.on('message', (message) => {
  if (message === 'close') { database.close(); parentPort.close(); return }
  try { database.exec('PRAGMA wal_checkpoint(PASSIVE)') } catch {}
  parentPort.postMessage('done')
})`

/**
 * Keeps the write-ahead log short. The worker, started when first needed, moves the bulk of it; `finish` then moves the few
 * pages written meanwhile from the writer's own connection, without which a log that is always written to never begins anew.
 */
export function startWalCheckpoints(databasePath: string, finish: () => Promise<unknown>): { close(): Promise<void> } {
  let worker: Worker | undefined
  let busy = false
  const onDone = () => {
    finish()
      .catch(() => {}) // The store is closing; the next process begins with a checkpoint.
      .finally(() => (busy = false))
  }
  const check = async (): Promise<void> => {
    if (busy) return
    const { size } = await stat(`${databasePath}-wal`).catch(() => ({ size: 0 }))
    if (size < checkpointAtBytes || busy) return
    busy = true
    worker ??= startWorker(databasePath, onDone)
    worker.postMessage('checkpoint')
  }
  const timer = setInterval(() => void check(), checkEveryMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      if (!worker) return
      const closed = new Promise((resolve) => worker?.once('exit', resolve))
      // A worker that does not hold the process open could not be waited for.
      worker.ref()
      worker.postMessage('close')
      await closed
    },
  }
}

function startWorker(databasePath: string, onDone: () => void): Worker {
  const worker = new Worker(workerSource, { eval: true, workerData: databasePath })
  worker.on('message', onDone)
  worker.on('error', onDone)
  worker.unref()
  return worker
}
