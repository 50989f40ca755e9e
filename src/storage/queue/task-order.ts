import { priorities, type Priority } from '../records.ts'

/** A task that waits gains one priority in this time. */
export const agingMs = 30 * 60_000
/** Stands for no deadline: later than any. */
const never = Number.MAX_SAFE_INTEGER

/** What the queue goes by: lower levels first, within a level the earliest deadline, then the oldest. */
export interface TaskOrder {
  readonly level: number
  readonly dueMs: number
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

export const deadlineOf = (dueMs: number): number | undefined => (dueMs === never ? undefined : dueMs)
