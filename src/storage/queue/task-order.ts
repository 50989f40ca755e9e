import { priorities, type Priority, type TaskId } from '../records.ts'

/** A task that waits gains one priority in this time. */
export const agingMs = 30 * 60_000
/** Stands for no deadline: later than any. */
const never = Number.MAX_SAFE_INTEGER

/** What the queue goes by: lower levels first, within a level the earliest deadline, then the oldest. */
export interface TaskOrder {
  readonly level: number
  readonly dueMs: number
}

/** A task that may begin, now or at `runAtMs`. */
export interface QueuedTask extends TaskOrder {
  readonly taskId: TaskId
  readonly runAtMs: number
}

/**
 * Where a task stands in the queue, from the moment it came on and for good, so that an index holds the order: its priority
 * plus the half hour it came in. Each half hour all newcomers stand one level lower, which is the same as if everybody who
 * waits rose by one. So nobody is overtaken by a task that came more than three half hours (critical over low) and the rest
 * of the one it came in later.
 * @param deadlineMs counts among tasks of one priority that came in the same half hour, before those without
 */
export const orderOf = (priority: Priority, createdAtMs: number, deadlineMs: number | undefined): TaskOrder => ({
  level: Math.floor(createdAtMs / agingMs) + priorities.indexOf(priority),
  dueMs: deadlineMs ?? never,
})

/** A task as it is queued first, for who announces it. */
export const queuedTaskOf = ({ taskId, priority, nowMs, deadlineMs }: { readonly taskId: TaskId; readonly priority: Priority; readonly nowMs: number; readonly deadlineMs?: number | undefined }): QueuedTask => ({
  taskId,
  ...orderOf(priority, nowMs, deadlineMs),
  runAtMs: nowMs,
})

export const deadlineOf = (dueMs: number): number | undefined => (dueMs === never ? undefined : dueMs)

/** BullMQ's priorities end at 2 ** 21; from here on they last until 2040, and are the last one from then on. */
const firstLevel = Date.UTC(2026, 0, 1) / agingMs
const mostPriority = 2 ** 21
/** Up to these many half hours after it came in a deadline counts as near, less near, and so on. */
const nearness = [1, 2, 4, 8, 16, 48, Number.POSITIVE_INFINITY] as const

/**
 * The same order as one number of 1 to 2 ** 21, lower first, for a broker that knows no other: levels exactly, deadlines of
 * one level as far as seven steps tell them apart, and the oldest first within those.
 */
export function brokerPriority({ level, dueMs }: TaskOrder): number {
  const halfHours = (dueMs - (level - priorities.length + 1) * agingMs) / agingMs
  const step = dueMs === never ? nearness.length : nearness.findIndex((bound) => halfHours <= bound)
  return Math.min(mostPriority, Math.max(1, (level - firstLevel) * (nearness.length + 1) + step))
}
