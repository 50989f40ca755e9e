import { Temporal } from 'temporal-polyfill'
import type { ScheduleRule } from '../../storage/schedule-records.ts'

/** A week and a day: in it every weekly rule is due, also where clocks jump. */
const searchedDays = 8
const dayMs = 24 * 3_600_000

/**
 * The first occurrence after a moment, or undefined when there is none any more. A time that a day does not have, because
 * clocks jump over it, is taken as much later as they jump; of a time that a day has twice the first counts.
 */
export function nextOccurrence(rule: ScheduleRule, timeZone: string, afterMs: number): number | undefined {
  if (rule.kind === 'once') return rule.atMs > afterMs ? rule.atMs : undefined
  if (rule.kind === 'interval') {
    const passed = Math.floor((afterMs - rule.anchorMs) / rule.everyMs)
    return rule.anchorMs + Math.max(0, passed + 1) * rule.everyMs
  }
  const today = Temporal.Instant.fromEpochMilliseconds(afterMs).toZonedDateTimeISO(timeZone).toPlainDate()
  for (let offset = 0; offset <= searchedDays; offset++) {
    const date = today.add({ days: offset })
    if (!rule.days.includes(date.dayOfWeek)) continue
    const atMs = date.toZonedDateTime({ timeZone, plainTime: new Temporal.PlainTime(rule.hour, rule.minute) }).epochMilliseconds
    if (atMs > afterMs) return atMs
  }
  return undefined
}

/** The last occurrence up to a moment, not before `fromMs`, which is one. */
export function lastOccurrence(rule: ScheduleRule, timeZone: string, fromMs: number, untilMs: number): number {
  if (rule.kind === 'interval') return fromMs + Math.floor((untilMs - fromMs) / rule.everyMs) * rule.everyMs
  let last = fromMs
  // Of a weekly rule that was missed for months only the end matters.
  let next = nextOccurrence(rule, timeZone, Math.max(fromMs, untilMs - searchedDays * dayMs))
  while (next !== undefined && next <= untilMs) {
    last = next
    next = nextOccurrence(rule, timeZone, next)
  }
  return last
}
