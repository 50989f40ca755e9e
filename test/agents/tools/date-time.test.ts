import { expect, test } from '@jest/globals'
import { dateTime } from '../../../src/agents/tools/date-time.ts'
import type { DateTimeInput } from '../../../src/agents/tools/date-time-input.ts'
import { aContext } from './a-context.ts'

const ask = (input: DateTimeInput, overrides = {}): Promise<string> => dateTime.run(input, aContext(overrides))

test("tells the time in the person's zone, or in another one", async () => {
  expect(await ask({ operation: 'now' })).toBe(
    'Now it is Saturday 2026-11-21 04:45 in Europe/Berlin (UTC+01:00), week 47',
  )
  expect(await ask({ operation: 'now', timeZone: 'America/Los_Angeles' })).toContain(
    'Friday 2026-11-20 19:45 in America/Los_Angeles (UTC-08:00)',
  )
})

test('counts in UTC when the zone Slack sent is unknown here', async () => {
  expect(await ask({ operation: 'now' }, { timeZone: 'Moon/Tycho' })).toContain('03:45 in UTC')
})

test.each([
  ['2024-02-29', 'Thursday 2024-02-29, week 9'],
  ['2026-12-31', 'Thursday 2026-12-31, week 53'],
  ['today', 'Saturday 2026-11-21, week 47'],
  ['Tomorrow', 'Sunday 2026-11-22, week 47'],
  ['yesterday', 'Friday 2026-11-20, week 47'],
  ['2026-11-21 15:00', 'Saturday 2026-11-21 15:00 in Europe/Berlin (UTC+01:00), week 47'],
])('names the weekday of %s', async (date, told) => {
  expect(await ask({ operation: 'weekday', date })).toBe(told)
})

test('counts between two dates in units, days and business days', async () => {
  const text = await ask({ operation: 'difference', date: '2026-11-23', until: '2026-12-24' })
  expect(text).toContain('1 month, 1 day; 31 calendar days; 23 business days')
})

test('counts backwards with a sign', async () => {
  const text = await ask({ operation: 'difference', date: '2026-12-24', until: '2026-11-23' })
  expect(text).toContain('(until lies before date); -31 calendar days; -23 business days')
})

test('counts hours across a change of the clocks', async () => {
  const text = await ask({ operation: 'difference', date: '2026-03-28T12:00', until: '2026-03-29T12:00' })
  expect(text).toContain('1 day; 1 calendar days; 23 hours')
})

test.each<[string, DateTimeInput, string]>([
  [
    'a month to the end of a shorter one',
    { operation: 'add', date: '2026-01-31', months: 1 },
    'is Saturday 2026-02-28',
  ],
  ['a year to a leap day', { operation: 'add', date: '2024-02-29', years: 1 }, 'is Friday 2025-02-28'],
  ['days back', { operation: 'add', date: '2026-03-01', days: -1 }, 'is Saturday 2026-02-28'],
  ['hours over midnight', { operation: 'add', date: '2026-11-21T22:30', hours: 3 }, 'is Sunday 2026-11-22 01:30'],
  ['weeks to today', { operation: 'add', weeks: 2, date: 'today' }, 'is Saturday 2026-12-05'],
  ['a business day to a Friday', { operation: 'add', date: '2026-11-20', businessDays: 1 }, 'is Monday 2026-11-23'],
  ['a business day to a Saturday', { operation: 'add', date: '2026-11-21', businessDays: 1 }, 'is Monday 2026-11-23'],
  [
    'a business day back from a Sunday',
    { operation: 'add', date: '2026-11-22', businessDays: -1 },
    'is Friday 2026-11-20',
  ],
  ['ten business days', { operation: 'add', date: '2026-11-18', businessDays: 10 }, 'is Wednesday 2026-12-02'],
  ['no business day', { operation: 'add', date: '2026-11-21', businessDays: 0 }, 'is Saturday 2026-11-21'],
])('adds %s', async (_, input, told) => {
  expect(await ask(input)).toContain(told)
})

test('agrees with counting business days one by one', async () => {
  for (let start = 1; start <= 7; start += 1) {
    for (const businessDays of [-11, -6, -5, -1, 1, 4, 5, 6, 12]) {
      const date = `2026-11-0${start}`
      const moved = /is \w+ (\d{4}-\d{2}-\d{2})/.exec(await ask({ operation: 'add', date, businessDays }))?.[1] ?? ''
      expect([date, businessDays, moved]).toEqual([date, businessDays, stepBusinessDays(date, businessDays)])
    }
  }
})

function stepBusinessDays(date: string, count: number): string {
  const day = new Date(`${date}T00:00Z`)
  for (let left = Math.abs(count); left > 0;) {
    day.setUTCDate(day.getUTCDate() + Math.sign(count))
    if (day.getUTCDay() % 6 !== 0) left -= 1
  }
  return day.toISOString().slice(0, 10)
}

test('says that it knows no public holidays', async () => {
  expect(await ask({ operation: 'add', date: '2026-12-24', businessDays: 1 })).toContain(
    'Public holidays are not known',
  )
})

test('converts a time to another zone, summer time included', async () => {
  const text = await ask({ operation: 'convert', date: '2026-06-01T15:00', toTimeZone: 'America/New_York' })
  expect(text).toContain('is Monday 2026-06-01 09:00 in America/New_York (UTC-04:00)')
  expect(await ask({ operation: 'convert', date: '2026-06-01T15:00Z', toTimeZone: 'Asia/Kolkata' })).toContain(
    '20:30 in Asia/Kolkata',
  )
})

test.each<[DateTimeInput, string]>([
  [{ operation: 'weekday', date: '2023-02-29' }, 'Expected a date like'],
  [{ operation: 'weekday', date: 'next friday' }, 'found "next friday"'],
  [{ operation: 'weekday', date: 'constructor' }, 'Expected a date like'],
  [{ operation: 'weekday', date: '2026-11-21T15:00[Asia/Tokyo]' }, 'Expected a date like'],
  [{ operation: 'weekday', date: '2026-11-21', timeZone: 'Berlin' }, 'Expected an IANA time zone'],
  [{ operation: 'difference', date: '2026-11-21' }, 'Expected until'],
  [{ operation: 'convert', date: '2026-11-21' }, 'Expected toTimeZone'],
  [{ operation: 'add', date: '2026-11-21' }, 'Expected an amount'],
  [{ operation: 'add', months: 1, days: -1 }, 'Add them in two calls'],
  [{ operation: 'add', date: '2026-11-21', years: 100_000, months: 100_000, weeks: 100_000, days: 100_000 }, '2026'],
  [{ operation: 'add', date: '+275000-01-01', years: 100_000 }, 'Use smaller amounts'],
])('answers %j in words', async (input, told) => {
  expect(await ask(input)).toContain(told)
})
