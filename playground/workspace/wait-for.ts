import type { ChangeFeed } from './change-feed.ts'

/**
 * Waits until `probe` returns something other than undefined or false; probes again after changes of the workspace.
 * Probes at most once per turn of the event loop, so that a burst of hundreds of posts costs one probe.
 * @param what names the awaited thing in the error, for example "the answer to alice"
 * @throws {Error} after `timeoutMs`; also at once, whatever the probe itself throws
 */
export function waitFor<T>(
  changes: ChangeFeed,
  what: string,
  probe: () => T | undefined | false,
  timeoutMs: number,
  describe: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isPlanned = false
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      unsubscribe()
      settle()
    }
    const look = (): void => {
      isPlanned = false
      try {
        const found = probe()
        if (found !== undefined && found !== false) finish(() => resolve(found))
      } catch (error) {
        finish(() => reject(error))
      }
    }
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`Waited ${timeoutMs} ms for ${what}, in vain. ${describe()}`)))
    }, timeoutMs)
    const unsubscribe = changes.subscribe(() => {
      if (isPlanned) return
      isPlanned = true
      setImmediate(look)
    })
    look()
  })
}
