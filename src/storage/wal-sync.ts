import { open, type FileHandle } from 'node:fs/promises'

/** Makes committed writes survive a power cut, one disk wait for all who ask meanwhile. */
export interface WalSync {
  /** Resolves when every commit made before the call is on disk. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Group commit for SQLite in WAL mode: `fdatasync` of the log file in libuv's thread pool.
 *
 * Syncing the log through another descriptor is enough because a sync concerns the file, not the descriptor, and
 * recovery reads the log up to its last whole commit; see https://www.sqlite.org/wal.html and
 * https://www.sqlite.org/pragma.html#pragma_synchronous (FULL is NORMAL plus exactly this sync after each commit).
 */
export function createWalSync(databasePath: string): WalSync {
  let handle: Promise<FileHandle> | undefined
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined

  const sync = async (): Promise<void> => {
    handle ??= open(`${databasePath}-wal`, 'r+').catch((error: unknown) => {
      handle = undefined
      throw error
    })
    await (await handle).datasync()
  }
  const start = (): Promise<void> => {
    const running = sync().finally(() => {
      if (current === running) current = undefined
    })
    current = running
    return running
  }
  return {
    flush() {
      if (!current) return start()
      // A sync that has begun may miss what was committed since: all who come meanwhile share the one after it.
      next ??= current.catch(() => {}).then(() => {
        next = undefined
        return start()
      })
      return next
    },
    async close() {
      await current?.catch(() => {})
      await handle?.then((file) => file.close()).catch(() => {})
    },
  }
}
