import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { databaseFile, type DatabasePlace } from './database.ts'

/** Given back in about a millisecond, during which nobody else can write. */
const pagesAtOnce = 64
/** Left for what is written next: taking free pages is faster than making the file longer. */
const keptPages = 2_000
/** Other writers have their turn. */
const restMs = 20
/** About 130 MB each time. */
const maxSlices = 500
const busyTimeoutMs = 5_000

/**
 * Gives free pages back to the disk and lets SQLite look after its statistics. For a thread of its own. PostgreSQL does both by itself
 * (autovacuum), and a store that was made before pages could be given back uses them again.
 */
export async function compactStore({ url, dataDir }: DatabasePlace): Promise<void> {
  if (url) return
  const database = new DatabaseSync(join(dataDir, databaseFile), { timeout: busyTimeoutMs })
  try {
    const free = database.prepare('PRAGMA freelist_count')
    const mode = database.prepare('PRAGMA auto_vacuum').get() as { readonly auto_vacuum: number }
    for (let slices = 0; mode.auto_vacuum === 2 && slices < maxSlices && Number(free.get()?.['freelist_count']) > keptPages; slices++) {
      database.exec(`PRAGMA incremental_vacuum(${pagesAtOnce})`)
      await sleep(restMs)
    }
    database.exec('PRAGMA optimize')
  } finally {
    database.close()
  }
}
