import type { Temporal } from 'temporal-polyfill'

const workdaysAWeek = 5
const saturday = 6

/**
 * Moves by Mondays to Fridays; from a weekend, one day on is the Monday and one day back the Friday.
 * Whole weeks are jumped, so the loop takes at most 4 working days, whatever `days` is.
 */
export function plusBusinessDays(date: Temporal.PlainDate, days: number): Temporal.PlainDate {
  const step = days < 0 ? -1 : 1
  const weeks = Math.trunc(days / workdaysAWeek)
  let left = Math.abs(days % workdaysAWeek)
  let moved = days === 0 ? date : onWorkday(date, -step).add({ weeks })
  while (left > 0) {
    moved = moved.add({ days: step })
    if (moved.dayOfWeek < saturday) left -= 1
  }
  return moved
}

/** Working days after `from` up to and including `until`; negative when `until` lies before. */
export function businessDaysBetween(from: Temporal.PlainDate, until: Temporal.PlainDate): number {
  const days = from.until(until, { largestUnit: 'days' }).days
  if (days < 0) return -businessDaysBetween(until, from)
  const weeks = Math.floor(days / 7)
  let counted = weeks * workdaysAWeek
  for (let rest = 1; rest <= days % 7; rest += 1) {
    if (((from.dayOfWeek + rest - 1) % 7) + 1 < saturday) counted += 1
  }
  return counted
}

/** The date itself, or from a weekend the nearest working day in the direction of `step`. */
function onWorkday(date: Temporal.PlainDate, step: number): Temporal.PlainDate {
  if (date.dayOfWeek < saturday) return date
  return date.add({ days: step > 0 ? 8 - date.dayOfWeek : 5 - date.dayOfWeek })
}
