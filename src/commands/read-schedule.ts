import { Temporal } from 'temporal-polyfill'
import { MurmurError } from '../errors.ts'
import type { ScheduleRule } from '../storage/schedule-records.ts'

export interface ReadSchedule {
  readonly rule: ScheduleRule
  /** What is left: what to do then. */
  readonly text: string
}

export interface SchedulePlace {
  /** IANA name of the person's zone. */
  readonly timeZone: string
  readonly nowMs: number
}

interface Clock {
  readonly hour: number
  readonly minute: number
}

const unitMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
/** What comes more often floods a channel, and costs accordingly. */
const leastIntervalMs = 10 * unitMs.minute
const mostIntervalMs = 30 * unitMs.day
/** A date further off is a slip. */
const mostAheadMs = 2 * 366 * unitMs.day
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const dayWords = ['mon(?:days?)?', 'tue(?:s(?:days?)?)?', 'wed(?:nesdays?)?', 'thu(?:rs(?:days?)?)?', 'fri(?:days?)?', 'sat(?:urdays?)?', 'sun(?:days?)?'] as const
const anyDay = `(?:${dayWords.join('|')})`
const fullDay = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const and = '\\s*(?:,\\s*and\\s|,|and\\s|&)\\s*'
const dayList = new RegExp(`^(?:weekdays?|weekends?|${anyDay}(?:${and}${anyDay})*)(?![a-z])`, 'i')
const repeatedDays = new RegExp(`^(?:on\\s+)?(weekdays?|weekends?|${fullDay}s?(?:${and}${fullDay}s?)+|${fullDay}s|(?<=on\\s+)${anyDay}(?:${and}${anyDay})+)(?![a-z])`, 'i')
const examples = '`/swarm at 9:00 weekdays <objective>`, `/swarm at 14:30 <objective>`, `/swarm at 9:00 on 2026-12-24 <objective>`, `/swarm every monday at 9 <objective>`, `/swarm every 2 hours <objective>`, `/swarm daily at 8am <objective>`'

/**
 * Reads a schedule as a person types it, from the word it begins with: `at`, `every`, `daily` or `in`.
 * @throws {MurmurError} MUR_USAGE saying what was not understood, with examples
 */
export function readSchedule(word: string, typed: string, place: SchedulePlace): ReadSchedule {
  const words = new Words(typed)
  const rule = readers[word as keyof typeof readers]?.(words, place)
  if (!rule) throw refuse('a time', typed.split(/\s+/).slice(0, 3).join(' '))
  const text = words.rest.replace(/^\s*[,:]?\s*/, '').trim()
  if (text === '') throw refuse('what to do after the time', '')
  return { rule, text }
}

/** Text that is read from its start. */
class Words {
  rest: string

  constructor(text: string) {
    this.rest = text.trim()
  }

  /** Takes what the expression finds at the start. */
  take(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.rest)
    if (!found) return undefined
    this.rest = this.rest.slice(found[0].length).trimStart()
    return found
  }
}

const readers = {
  at(words: Words, place: SchedulePlace): ScheduleRule {
    const clock = takeClock(words)
    const days = takeRepeatedDays(words)
    return days ? { kind: 'weekly', days, ...clock } : readOnce(words, clock, place)
  },
  every(words: Words, { nowMs }: SchedulePlace): ScheduleRule {
    const interval = takeInterval(words)
    if (interval !== undefined) return { kind: 'interval', everyMs: checkInterval(interval), anchorMs: nowMs }
    const days = words.take(/^day(?![a-z])/i) ? everyDay : takeDays(words)
    if (!days) throw refuse('a day or a number of hours after `every`', words.rest.split(/\s+/, 1)[0] ?? '')
    return { kind: 'weekly', days, ...takeClockAfterAt(words) }
  },
  daily: (words: Words): ScheduleRule => ({ kind: 'weekly', days: everyDay, ...takeClockAfterAt(words) }),
  in(words: Words, { nowMs }: SchedulePlace): ScheduleRule {
    const found = words.take(inDuration)
    const ms = Number(found?.[1]) * unitMs[unitOf(found?.[2])]
    if (!(ms >= unitMs.second && ms <= mostAheadMs)) throw refuse('a time within two years', found?.[0] ?? '')
    return { kind: 'once', atMs: nowMs + ms }
  },
} as const

const inDuration = /^(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![a-z])/i

/** True for what follows `in` when it is a time and not an objective such as "in one word, what is it". */
export const beginsWithDuration = (typed: string): boolean => inDuration.test(typed.trim())

const unitOf = (typed = 's'): keyof typeof unitMs => (({ s: 'second', m: 'minute', h: 'hour', d: 'day' }) as const)[typed[0]?.toLowerCase() as 's'] ?? 'second'

function takeClock(words: Words): Clock {
  const named = words.take(/^(noon|midnight)(?![a-z])/i)?.[1]?.toLowerCase()
  if (named) return { hour: named === 'noon' ? 12 : 0, minute: 0 }
  const found = words.take(/^(\d{1,2})(?:[:.](\d{1,2}))?\s*([ap]\.?m\.?(?![a-z]))?(?=[\s,]|$)/i)
  const typed = found?.[0].trim() ?? words.rest.split(/\s+/, 1)[0] ?? ''
  const half = found?.[3]?.[0]?.toLowerCase()
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2] ?? 0)]
  const isRight = found && (found[2] === undefined || found[2].length === 2) && minute <= 59 && (half ? hour >= 1 && hour <= 12 : hour <= 23)
  if (!isRight) throw refuse('a time of day such as `9:00` or `2:30pm`', typed)
  return { hour: half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour, minute }
}

function takeClockAfterAt(words: Words): Clock {
  if (!words.take(/^at(?![a-z])/i)) throw refuse('`at` and a time of day', words.rest.split(/\s+/, 1)[0] ?? '')
  return takeClock(words)
}

/** Days of every week after a time: `weekdays`, `daily`, `every monday`, `mondays`, `on mon and thu`. One day by its bare name is that day only. */
function takeRepeatedDays(words: Words): readonly number[] | undefined {
  if (words.take(/^daily(?![a-z])/i)) return everyDay
  if (!words.take(/^(?:every|each)(?![a-z])/i)) {
    const named = words.take(repeatedDays)?.[1]
    return named === undefined ? undefined : daysIn(named)
  }
  const days = words.take(/^day(?![a-z])/i) ? everyDay : takeDays(words)
  if (!days) throw refuse('a day after `every`', words.rest.split(/\s+/, 1)[0] ?? '')
  return days
}

const takeDays = (words: Words): readonly number[] | undefined => {
  const named = words.take(dayList)?.[0]
  return named === undefined ? undefined : daysIn(named)
}

function daysIn(named: string): readonly number[] {
  if (/^weekd/i.test(named)) return [1, 2, 3, 4, 5]
  if (/^weeke/i.test(named)) return [6, 7]
  return dayWords.flatMap((word, index) => (new RegExp(`(?<![a-z])${word}(?![a-z])`, 'i').test(named) ? [index + 1] : []))
}

function takeInterval(words: Words): number | undefined {
  const found = words.take(/^(\d{1,4})\s*(minutes?|mins?|m|hours?|h|days?|d)(?![a-z])/i) ?? words.take(/^()(minute|hour)(?![a-z])/i)
  return found ? Number(found[1] || 1) * unitMs[unitOf(found[2])] : undefined
}

function checkInterval(ms: number): number {
  if (ms < leastIntervalMs || ms > mostIntervalMs) throw refuse('10 minutes to 30 days between two times', `${ms / unitMs.minute} minutes`)
  return ms
}

/** Once: on the date or day that is named, else today, or tomorrow when that time of today is over. */
function readOnce(words: Words, clock: Clock, { timeZone, nowMs }: SchedulePlace): ScheduleRule {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const named = takeDate(words, today)
  const atMs = momentOf(named ?? today, clock, timeZone)
  if (atMs > nowMs + mostAheadMs) throw refuse('a date within two years', String(named))
  if (atMs > nowMs) return { kind: 'once', atMs }
  if (named) throw refuse('a time to come', `${describe(clock)} on ${named.toString()}, which is over`)
  return { kind: 'once', atMs: momentOf(today.add({ days: 1 }), clock, timeZone) }
}

function takeDate(words: Words, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  if (words.take(/^today(?![a-z])/i)) return today
  if (words.take(/^tomorrow(?![a-z])/i)) return today.add({ days: 1 })
  const found = words.take(/^(?:on\s+)?(\d{4}-\d{2}-\d{2})(?!\d)/i)?.[1]
  if (found === undefined) return takeNextDay(words, today)
  try {
    return Temporal.PlainDate.from(found, { overflow: 'reject' })
  } catch {
    throw refuse('a date such as `2026-12-24`', found)
  }
}

/** `on friday`, or `friday` by its full name, is the next one, which may be today. */
function takeNextDay(words: Words, today: Temporal.PlainDate): Temporal.PlainDate | undefined {
  const named = words.take(new RegExp(`^(?:on\\s+)(${anyDay})(?![a-z])`, 'i')) ?? words.take(/^((?:mon|tues|wednes|thurs|fri|satur|sun)day)(?![a-z])/i)
  if (!named) return undefined
  const wanted = dayWords.findIndex((word) => new RegExp(`^${word}$`, 'i').test(named[1] ?? '')) + 1
  return today.add({ days: (wanted - today.dayOfWeek + 7) % 7 })
}

/** @throws {MurmurError} MUR_USAGE when clocks jump over this time on that day; of one that is there twice the first is meant */
function momentOf(date: Temporal.PlainDate, clock: Clock, timeZone: string): number {
  const moment = date.toZonedDateTime({ timeZone, plainTime: new Temporal.PlainTime(clock.hour, clock.minute) })
  if (moment.hour !== clock.hour || moment.minute !== clock.minute) throw refuse(`a time that ${date.toString()} has in ${timeZone}, where clocks are put forward`, describe(clock))
  return moment.epochMilliseconds
}

const describe = ({ hour, minute }: Clock): string => `${hour}:${String(minute).padStart(2, '0')}`

const refuse = (wanted: string, found: string): MurmurError =>
  new MurmurError('MUR_USAGE', { wanted, found: found === '' ? '' : `\`${found.replaceAll('`', '').slice(0, 40)}\``, hint: `For example ${examples}.` })
