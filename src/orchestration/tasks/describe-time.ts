import { Temporal } from 'temporal-polyfill'
import type { ScheduleRule } from '../../storage/schedule-records.ts'

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const units = [[3_600_000, 'hour'], [60_000, 'minute'], [1_000, 'second']] as const

/** A moment as people of a zone say it, for example `tomorrow at 9:00` or `Thursday, 24 December 2026, at 9:00`. */
export function describeMoment(atMs: number, timeZone: string, nowMs: number): string {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const days = today.until(at.toPlainDate(), { largestUnit: 'day' }).days
  const near = { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days]
  const date = near ?? `${dayNames[at.dayOfWeek - 1]}, ${at.day} ${monthNames[at.month - 1]} ${at.year},`
  return `${date} at ${clock(at.hour, at.minute)}`
}

/** A rule in words, for example `every weekday at 9:00`. */
export function describeRule(rule: ScheduleRule): string {
  if (rule.kind === 'once') return 'once'
  if (rule.kind === 'interval') return `every ${describeDuration(rule.everyMs)}`
  return `${describeDays(rule.days)} at ${clock(rule.hour, rule.minute)}`
}

/** A duration in its largest whole unit, for example `2 hours`; without the number for one of an hour or more. */
export function describeDuration(ms: number): string {
  const [size, name] = units.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1_000, 'second']
  const count = Math.round(ms / size)
  return count === 1 ? name : `${count} ${name}s`
}

function describeDays(days: readonly number[]): string {
  const key = days.toSorted((a, b) => a - b).join('')
  if (key === '1234567') return 'every day'
  if (key === '12345') return 'every weekday'
  if (key === '67') return 'every Saturday and Sunday'
  const names = days.map((day) => dayNames[day - 1] ?? '')
  return `every ${names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]}`
}

const clock = (hour: number, minute: number): string => `${hour}:${String(minute).padStart(2, '0')}`
