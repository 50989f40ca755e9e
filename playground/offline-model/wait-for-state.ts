interface Waiting<T> {
  readonly what: string
  readonly probe: () => T | undefined | false | null
  readonly timeoutMs: number
  readonly subscribe: (listener: () => void) => () => void
  /** The state in words, for the error. */
  readonly describe: () => string
}

/**
 * Asks a probe now and after every change until it gives something.
 * @throws {Error} naming what was waited for and how things stood, after `timeoutMs`; or what the probe threw
 */
export function waitForState<T>(waiting: Waiting<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let unsubscribe = (): void => {}
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      unsubscribe()
      settle()
    }
    const timer = setTimeout(() => {
      finish(() => {
        reject(new Error(`Waited ${waiting.timeoutMs} ms for ${waiting.what}, in vain: ${waiting.describe()}.`))
      })
    }, waiting.timeoutMs)
    const look = (): boolean => {
      try {
        const found = waiting.probe()
        if (found === undefined || found === false || found === null) return false
        finish(() => {
          resolve(found)
        })
      } catch (error) {
        finish(() => {
          reject(error instanceof Error ? error : new Error(String(error)))
        })
      }
      return true
    }
    if (!look()) unsubscribe = waiting.subscribe(look)
  })
}
