import type { ClaimedTask } from '../task-store.ts'
import type { QueuedTask } from './task-order.ts'

/** What became of an attempt. `ended`: the handler has stored the end itself. */
export type AttemptResult =
  | { readonly kind: 'ended' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly error: string }

export type TaskHandler = (task: ClaimedTask, signal: AbortSignal) => Promise<AttemptResult>

/** Why a task's signal fired: somebody stopped its run, or this process gives it up and another takes over. */
export type AbortReason = 'cancelled' | 'draining'

/**
 * Brings stored tasks to their handler, most urgent first, oldest first within a lane, each at least once.
 * The tasks table is the truth; a queue only dispatches what stands there.
 */
export interface TaskQueue {
  /**
   * Says that tasks were committed, so that they start at once instead of at the next poll.
   * @param tasks which ones, where that is known
   */
  announce(tasks?: readonly QueuedTask[]): void
  start(handler: TaskHandler): Promise<void>
  /** Fires the signal of a running attempt, in whichever process it is. @returns false when none runs here */
  cancel(runId: string): boolean
  /** Takes no more, waits for what runs, and after `timeoutMs` gives the rest back to the table uncounted. */
  drain(timeoutMs: number): Promise<void>
  /** @returns what is not as it should be, though tasks go on; rejects when they do not */
  health(): Promise<string | undefined>
  readonly activeCount: number
  /** Tasks that may be at work at once in this process. */
  readonly concurrency: number
  /** From now on; what is at work goes on, also when it is more. */
  setConcurrency(concurrency: number): void
  /** Begins nothing in this process for so long from now; what is at work goes on. */
  rest(ms: number): void
}
