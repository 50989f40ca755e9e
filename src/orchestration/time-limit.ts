/** A signal that fires when an outer one does, or when the time is up; cleared when the work is done. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** True when the time ran out, and not because somebody stopped the work. */
  readonly isOver: boolean
  clear(): void
}

/**
 * In place of `AbortSignal.any` with `AbortSignal.timeout`, which can't be cleared: its timer stays for the whole time
 * and then makes an error with a stack, for every piece of work that was done long ago.
 * @param reasonAfter what the signal says when the time is up; made only then
 * @param translate what the signal says instead of the outer one's reason
 */
export function startTimeLimit(outer: AbortSignal, limitMs: number, reasonAfter: () => unknown, translate: (reason: unknown) => unknown = (reason) => reason): TimeLimit {
  const controller = new AbortController()
  let isOver = false
  const forward = (): void => controller.abort(translate(outer.reason))
  const timer = setTimeout(() => {
    isOver = !controller.signal.aborted
    controller.abort(reasonAfter())
  }, limitMs)
  outer.addEventListener('abort', forward, { once: true })
  if (outer.aborted) forward()
  return {
    signal: controller.signal,
    get isOver() {
      return isOver
    },
    clear() {
      clearTimeout(timer)
      outer.removeEventListener('abort', forward)
    },
  }
}
