import { expect, test } from '@jest/globals'
import { defaultLimits } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { parseBudgets } from '../../../src/orchestration/paid-calls/budget-settings.ts'

const parse = (budgets: object) => parseBudgets(JSON.stringify(budgets), 'budgets.json')

test('what is not said stays as it is by default', () => {
  expect(parse({}).limits).toEqual(defaultLimits)
  expect(parse({}).projectOf('C123')).toBeUndefined()
})

test('dollars become whole millionths, and channels find their project', () => {
  const { limits, projectOf } = parse({ goalDailyUsd: 0.1, perRunUsd: 2.345678, agentsPerDay: 7, timeZone: 'Europe/Berlin', projects: { site: ['C123', 'G456'] } })
  expect(limits).toEqual({ ...defaultLimits, goalPerDayMicroUsd: 100_000, runMicroUsd: 2_345_678, agentsPerDay: 7, timeZone: 'Europe/Berlin' })
  expect(['C123', 'G456', 'C999'].map(projectOf)).toEqual(['site', 'site', undefined])
})

test.each([
  [{ goalDailyUsd: -1 }, 'goalDailyUsd: wanted at least 0, found -1'],
  [{ warnAtShare: 80 }, 'warnAtShare: wanted at most 1, found 80'],
  [{ timeZone: 'Mars/Olympus' }, 'timeZone: wanted an IANA time zone such as Europe/Berlin, found "Mars/Olympus"'],
  [{ projects: { site: ['#general'] } }, 'projects.site[0]: wanted the id of a channel, found "#general"'],
  [{ projects: { a: ['C123'], b: ['C123'] } }, 'projects.b[0]: wanted a channel of one project only, found C123 in "a" too'],
])('refuses %j', (budgets, told) => {
  expect(() => parse(budgets)).toThrow(`budgets.json: ${told}`)
})
