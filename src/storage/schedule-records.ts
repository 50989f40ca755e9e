import type { Priority, Request, ScheduleId } from './records.ts'

/**
 * When a schedule is due. `weekly`: on these days (1 Monday to 7 Sunday) at this time by the clock of its zone. `interval`:
 * counted from `anchorMs`, whatever clocks do.
 */
export type ScheduleRule =
  | { readonly kind: 'once'; readonly atMs: number }
  | { readonly kind: 'weekly'; readonly days: readonly number[]; readonly hour: number; readonly minute: number }
  | { readonly kind: 'interval'; readonly everyMs: number; readonly anchorMs: number }

/** A request that is made again at each occurrence. */
export interface ScheduleRecord {
  readonly scheduleId: ScheduleId
  readonly request: Request
  readonly priority: Priority
  readonly rule: ScheduleRule
  /** IANA name: where it is what time. */
  readonly timeZone: string
  readonly nextAtMs: number
}
