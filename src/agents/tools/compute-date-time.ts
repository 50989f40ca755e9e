import { Temporal } from 'temporal-polyfill'
import { businessDaysBetween, plusBusinessDays } from './business-days.ts'
import type { DateTimeInput } from './date-time-input.ts'

/** A date, a zone or an amount that cannot be used, in words for the model. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError'
}

export interface Clock {
  readonly nowMs: number
  /** IANA zone of the person; one the runtime does not know counts as UTC. */
  readonly timeZone: string
}

const units = ['years', 'months', 'weeks', 'days', 'hours', 'minutes'] as const
const dayOffsets: Readonly<Record<string, number>> = { now: 0, today: 0, tomorrow: 1, yesterday: -1 }

/**
 * Answers one date question as a line or two of text.
 * @throws {CalendarError} when a date or zone cannot be read or the result is out of range
 */
export function computeDateTime(input: DateTimeInput, clock: Clock): string {
  const moment = readMoment(input.date ?? 'now', readZone(input.timeZone, clock), clock)
  try {
    if (input.operation === 'difference') return describeDifference(input, moment, clock)
    if (input.operation === 'add') return describeSum(input, moment)
    if (input.operation === 'convert') return describeConversion(input, moment)
    return input.operation === 'now'
      ? `Now it is ${describe(readMoment('now', moment.timeZoneId, clock))}`
      : describe(moment, isDay(input.date))
  } catch (error) {
    if (error instanceof RangeError) {
      throw new CalendarError(
        'Expected a result between the years -271821 and 275760, found one outside. Use smaller amounts.',
        { cause: error },
      )
    }
    throw error
  }
}

function describeDifference(input: DateTimeInput, from: Temporal.ZonedDateTime, clock: Clock): string {
  if (input.until === undefined) {
    throw new CalendarError('Expected until, the second date, found none. Call again with date and until.')
  }
  const until = readMoment(input.until, from.timeZoneId, clock)
  const isDatesOnly = isDay(input.date) && isDay(input.until)
  const span = from.until(until, {
    largestUnit: 'years',
    smallestUnit: isDatesOnly ? 'days' : 'minutes',
    roundingMode: 'trunc',
  })
  const days = from.toPlainDate().until(until.toPlainDate(), { largestUnit: 'days' }).days
  const hours = isDatesOnly ? '' : `; ${round2(from.until(until, { largestUnit: 'hours' }).total('hours'))} hours`
  const direction = Temporal.ZonedDateTime.compare(from, until) > 0 ? ' (until lies before date)' : ''
  return (
    `From ${describe(from, isDatesOnly)}\nto ${describe(until, isDatesOnly)}:\n${describeSpan(span)}${direction}; ` +
    `${days} calendar days${hours}; ` +
    `${businessDaysBetween(from.toPlainDate(), until.toPlainDate())} business days (Monday to Friday, first day ` +
    'not counted, public holidays not known)'
  )
}

function describeSum(input: DateTimeInput, from: Temporal.ZonedDateTime): string {
  const amounts = Object.fromEntries(units.flatMap((unit) => (input[unit] === undefined ? [] : [[unit, input[unit]]])))
  const { businessDays } = input
  if (Object.keys(amounts).length === 0 && businessDays === undefined) {
    throw new CalendarError(`Expected an amount to add (${units.join(', ')} or businessDays), found none.`)
  }
  if (new Set(Object.values(amounts).map(Math.sign).filter(Boolean)).size > 1) {
    throw new CalendarError('Expected amounts that all go forward or all go back, found both. Add them in two calls.')
  }
  // Business days come last: "two weeks and three working days from now" is counted that way.
  const moved = Object.keys(amounts).length === 0 ? from : from.add(amounts)
  const sum =
    businessDays === undefined ? moved : moved.with(fieldsOf(plusBusinessDays(moved.toPlainDate(), businessDays)))
  const told = [...Object.entries(amounts), ...(businessDays === undefined ? [] : [['business days', businessDays]])]
  const note = businessDays === undefined ? '' : '\nPublic holidays are not known and were counted as working days.'
  const isDatesOnly = isDay(input.date) && input.hours === undefined && input.minutes === undefined
  const amountsTold = told.map(([unit, count]) => `${count} ${unit}`).join(', ')
  return `${describe(from, isDatesOnly)}\nplus ${amountsTold} is ${describe(sum, isDatesOnly)}${note}`
}

function describeConversion(input: DateTimeInput, from: Temporal.ZonedDateTime): string {
  if (input.toTimeZone === undefined) throw new CalendarError('Expected toTimeZone, the zone wanted, found none.')
  const there = from.withTimeZone(checkZone(input.toTimeZone))
  return `${describe(from)}\nis ${describe(there)}`
}

/** `Saturday 2026-11-21 15:00 in Europe/Berlin (UTC+01:00), week 47`, or without its time of day. */
function describe(moment: Temporal.ZonedDateTime, isDateOnly = false): string {
  const weekday = moment.toPlainDate().toLocaleString('en-GB', { weekday: 'long' })
  const week = moment.weekOfYear === undefined ? '' : `, week ${moment.weekOfYear}`
  if (isDateOnly) return `${weekday} ${moment.toPlainDate().toString()}${week}`
  return (
    `${weekday} ${moment.toPlainDate().toString()} ${moment.toPlainTime().toString({ smallestUnit: 'minute' })} ` +
    `in ${moment.timeZoneId} (UTC${moment.offset})${week}`
  )
}

function describeSpan(span: Temporal.Duration): string {
  const parts = units.flatMap((unit) => {
    const count = Math.abs(span[unit])
    return count === 0 ? [] : [`${count} ${count === 1 ? unit.slice(0, -1) : unit}`]
  })
  return parts.join(', ') || 'no difference'
}

/** Words, a date (midnight), a date-time (in `timeZone`), or one with an offset or Z (moved to `timeZone`). */
function readMoment(text: string, timeZone: string, clock: Clock): Temporal.ZonedDateTime {
  const now = Temporal.Instant.fromEpochMilliseconds(Math.trunc(clock.nowMs)).toZonedDateTimeISO(timeZone)
  const word = text.trim().toLowerCase()
  const offset = Object.hasOwn(dayOffsets, word) ? dayOffsets[word] : undefined
  if (offset !== undefined) return word === 'now' ? now : now.startOfDay().add({ days: offset })
  const iso = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) (?=\d{2}:)/, '$1T')
  try {
    // A zone in brackets would be dropped silently by the plain forms.
    if (iso.includes('[')) throw new RangeError('a zone in brackets')
    const hasOffset = iso.includes('T') && /(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso)
    if (hasOffset) return Temporal.Instant.from(iso).toZonedDateTimeISO(timeZone)
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(timeZone)
  } catch (error) {
    throw new CalendarError(
      `Expected a date like 2026-11-21 or 2026-11-21T15:00, found "${text.slice(0, 40)}". Write it that way, or ` +
      'today, tomorrow, yesterday, now.',
      { cause: error },
    )
  }
}

const isDay = (text: string | undefined): boolean =>
  text !== undefined && !text.includes(':') && text.trim().toLowerCase() !== 'now'

function readZone(asked: string | undefined, clock: Clock): string {
  if (asked !== undefined) return checkZone(asked)
  return isZone(clock.timeZone) ? clock.timeZone : 'UTC'
}

function checkZone(timeZone: string): string {
  if (isZone(timeZone)) return timeZone
  throw new CalendarError(
    `Expected an IANA time zone such as Europe/Berlin or America/New_York, found "${timeZone.slice(0, 40)}".`,
  )
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const fieldsOf = ({ year, month, day }: Temporal.PlainDate): { year: number; month: number; day: number } => ({
  year,
  month,
  day,
})
const round2 = (value: number): number => Math.round(value * 100) / 100
