import { describe, expect, test } from '@jest/globals'
import { beginsWithDuration, readSchedule } from '../../src/commands/read-schedule.ts'
import { describeMoment, describeRule } from '../../src/orchestration/tasks/describe-time.ts'
import { nextOccurrence } from '../../src/orchestration/tasks/occurrences.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

/** A Saturday, 12:00 in Berlin. */
const nowMs = Date.parse('2026-11-28T11:00:00Z')
const berlin = { timeZone: 'Europe/Berlin', nowMs }

function read(typed: string, place = berlin) {
  const [word = '', ...rest] = typed.split(' ')
  const { rule, text } = readSchedule(word, rest.join(' '), place)
  const next = nextOccurrence(rule, place.timeZone, place.nowMs)
  return { rule: describeRule(rule), next: next === undefined ? '' : new Date(next).toISOString().slice(0, 16), text }
}

describe('a schedule is read as people type it', () => {
  test.each([
    ['at 9:00 weekdays Sum up the news', 'every weekday at 9:00', '2026-11-30T08:00', 'Sum up the news'],
    ['at 9:00 on weekdays: sum up', 'every weekday at 9:00', '2026-11-30T08:00', 'sum up'],
    ['at 14:30 Sum up the news', 'once', '2026-11-28T13:30', 'Sum up the news'],
    ['at 9 Sum up', 'once', '2026-11-29T08:00', 'Sum up'],
    ['at noon say hello', 'once', '2026-11-29T11:00', 'say hello'],
    ['at 8am daily plan', 'every day at 8:00', '2026-11-29T07:00', 'plan'],
    ['at 9:00 on 2026-12-24 wish us well', 'once', '2026-12-24T08:00', 'wish us well'],
    ['at 9:00 2026-12-24 wish us well', 'once', '2026-12-24T08:00', 'wish us well'],
    ['at 2:30pm tomorrow plan', 'once', '2026-11-29T13:30', 'plan'],
    ['at 9:00 mondays plan the week', 'every Monday at 9:00', '2026-11-30T08:00', 'plan the week'],
    ['at 9:00 every tue and thu plan', 'every Tuesday and Thursday at 9:00', '2026-12-01T08:00', 'plan'],
    ['at 9:00 on mon, wed and fri plan', 'every Monday, Wednesday and Friday at 9:00', '2026-11-30T08:00', 'plan'],
    ['at 9:00 monday plan', 'once', '2026-11-30T08:00', 'plan'],
    ['at 15:00 on saturday plan', 'once', '2026-11-28T14:00', 'plan'],
    ['at 15:00 sun cream report', 'once', '2026-11-28T14:00', 'sun cream report'],
    ['every monday at 9 plan', 'every Monday at 9:00', '2026-11-30T08:00', 'plan'],
    ['every weekday at 12:15am plan', 'every weekday at 0:15', '2026-11-29T23:15', 'plan'],
    ['every weekend at 10 rest', 'every Saturday and Sunday at 10:00', '2026-11-29T09:00', 'rest'],
    ['every day at 8 plan', 'every day at 8:00', '2026-11-29T07:00', 'plan'],
    ['every 2 hours check', 'every 2 hours', '2026-11-28T13:00', 'check'],
    ['every hour check', 'every hour', '2026-11-28T12:00', 'check'],
    ['every 30 minutes check', 'every 30 minutes', '2026-11-28T11:30', 'check'],
    ['daily at 8am look at "the news"', 'every day at 8:00', '2026-11-29T07:00', 'look at "the news"'],
    ['in 2 hours remind us', 'once', '2026-11-28T13:00', 'remind us'],
    ['in 90s remind us', 'once', '2026-11-28T11:01', 'remind us'],
  ])('%s', (typed, rule, next, text) => {
    expect(read(typed)).toEqual({ rule, next, text })
  })

  test('in the zone of the person', () => {
    expect(read('at 9:00 tomorrow x', { ...berlin, timeZone: 'America/New_York' }).next).toBe('2026-11-29T14:00')
  })
})

describe('what is no time is refused with examples', () => {
  test.each([
    ['at 25:00 x', 'a time of day such as `9:00` or `2:30pm`, got `25:00`'],
    ['at 9:60 x', 'got `9:60`'],
    ['at 9:5 x', 'got `9:5`'],
    ['at 13pm x', 'got `13pm`'],
    ['at 0am x', 'got `0am`'],
    ['at lunch x', 'got `lunch`'],
    ['at', 'a time of day'],
    ['at 9:00', 'Expected what to do after the time, got nothing'],
    ['at 9:00 on 2026-02-30 x', 'a date such as `2026-12-24`, got `2026-02-30`'],
    ['at 9:00 on 2020-02-01 x', '9:00 on 2020-02-01, which is over'],
    ['at 9:00 on 2126-02-01 x', 'a date within two years'],
    ['at 9:00 today x', 'which is over'],
    ['every fortnight at 9 x', 'got `fortnight`'],
    ['every monday x', 'Expected `at` and a time of day, got `x`'],
    ['every 5 minutes x', 'Expected 10 minutes to 30 days between two times, got `5 minutes`'],
    ['every 0 hours x', 'got `0 minutes`'],
    ['daily x', 'Expected `at`'],
    ['in 999999 days x', 'a time within two years'],
  ])('%s', (typed, message) => {
    expect(() => read(typed)).toThrow(message)
    expect(() => read(typed)).toThrow('/swarm at 9:00 weekdays')
  })

  test('a time that the day does not have, because clocks are put forward', () => {
    expect(() => read('at 2:30 on 2027-03-28 x')).toThrow('a time that 2027-03-28 has in Europe/Berlin, where clocks are put forward, got `2:30`')
  })

  test('an objective that begins with "in" is no time', () => {
    expect(['one word, what is it', '2 sentences: what', '2 hours what'].map(beginsWithDuration)).toEqual([false, false, true])
  })

  test('any text is read or refused, and nothing else', () => {
    const random = seededRandom(11)
    const words = ['at', 'every', 'on', 'monday', 'mon', 'and', ',', '9', '9:00', '2am', '25:00', 'day', 'weekdays', '2 hours', '2026-12-24', 'x', 'tomorrow', '`', '']
    const outcomes = Array.from({ length: 3_000 }, () => {
      const typed = Array.from({ length: pickNumber(random, 7) }, () => words[pickNumber(random, words.length)]).join(' ')
      try {
        return readSchedule(['at', 'every', 'daily', 'in'][pickNumber(random, 4)] ?? '', typed, berlin).text === '' ? 'no text' : 'read'
      } catch (error) {
        return (error as { code?: string }).code ?? String(error)
      }
    })
    expect(new Set(outcomes)).toEqual(new Set(['read', 'MUR_USAGE']))
  })
})

describe('occurrences follow the clock of the zone', () => {
  const daily = (hour: number, minute: number) => ({ kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], hour, minute }) as const
  const list = (rule: Parameters<typeof nextOccurrence>[0], from: string, count: number) => {
    const found: string[] = []
    for (let at: number | undefined = Date.parse(from); found.length < count; ) {
      at = nextOccurrence(rule, 'Europe/Berlin', at)
      if (at === undefined) break
      found.push(new Date(at).toISOString().slice(0, 16))
    }
    return found
  }

  test('9:00 stays 9:00 when clocks change', () => {
    expect(list(daily(9, 0), '2027-03-27T00:00Z', 3)).toEqual(['2027-03-27T08:00', '2027-03-28T07:00', '2027-03-29T07:00'])
  })

  test('a time that is jumped over is done as much later, once', () => {
    expect(list(daily(2, 30), '2027-03-27T12:00Z', 2)).toEqual(['2027-03-28T01:30', '2027-03-29T00:30'])
  })

  test('a time that is there twice is done the first time only', () => {
    expect(list(daily(2, 30), '2026-10-24T12:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
  })

  test('hours are counted whatever clocks do', () => {
    const every = { kind: 'interval', everyMs: 2 * 3_600_000, anchorMs: Date.parse('2027-03-28T00:00Z') } as const
    expect(list(every, '2027-03-28T00:30Z', 2)).toEqual(['2027-03-28T02:00', '2027-03-28T04:00'])
  })

  test('each is after the one before, and at most a week and a day later', () => {
    const random = seededRandom(5)
    for (let round = 0; round < 300; round++) {
      const days = [1, 2, 3, 4, 5, 6, 7].filter(() => random() < 0.4)
      const rule = { kind: 'weekly', days: days.length > 0 ? days : [7], hour: pickNumber(random, 24), minute: pickNumber(random, 60) } as const
      const zone = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe'][pickNumber(random, 5)] ?? 'UTC'
      const afterMs = Date.parse('2026-01-01T00:00Z') + pickNumber(random, 365 * 24 * 60) * 60_000
      const next = nextOccurrence(rule, zone, afterMs) ?? 0
      expect(next).toBeGreaterThan(afterMs)
      expect(next - afterMs).toBeLessThanOrEqual(8 * 24 * 3_600_000)
    }
  })
})

test('moments are said as people of the zone say them', () => {
  const say = (at: string) => describeMoment(Date.parse(at), 'Europe/Berlin', nowMs)
  expect([say('2026-11-28T16:00Z'), say('2026-11-28T23:30Z'), say('2026-11-27T16:05Z'), say('2026-12-24T08:00Z')]).toEqual([
    'today at 17:00', 'tomorrow at 0:30', 'yesterday at 17:05', 'Thursday, 24 December 2026, at 9:00',
  ])
})
