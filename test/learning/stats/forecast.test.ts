import { expect, test } from '@jest/globals'
import { forecastDay, hourlyHistory, seasonalMean, shareOfDay } from '../../../src/learning/stats/forecast.ts'

const weekHours = 168
const hourMs = 3_600_000
/** Ten an hour from 9 to 17 on weekdays. */
const office = (at: number): number => (Math.floor(at / 24) % 7 < 5 && at % 24 >= 9 && at % 24 < 17 ? 10 : 0)
const history = (weeks: number, valueOf = office): number[] => Array.from({ length: weeks * weekHours }, (_, at) => valueOf(at))

test('a week that repeats is forecast exactly, weekdays and weekends apart, and its error is none', () => {
  const next = forecastDay(history(6))
  expect(next).toMatchObject({ testedDays: 14 })
  expect(next?.value).toBeCloseTo(80, 6)
  expect(next?.error).toBeCloseTo(0, 6)
  const atFridayNight = history(6).slice(0, -48)
  expect(forecastDay(atFridayNight)).toMatchObject({ value: 0 })
})

test('two weeks are needed, and the first forecast is tested on the one day there is', () => {
  expect(forecastDay(history(2).slice(1))).toBeUndefined()
  expect(forecastDay([])).toBeUndefined()
  expect(forecastDay(history(2))?.testedDays).toBe(1)
})

test('a workspace that brought nothing has no error to speak of', () => {
  expect(forecastDay(history(4, () => 0))).toEqual({ value: 0, error: undefined, testedDays: 14 })
})

test('growth of a week is followed half, and one mad day does not double the next', () => {
  const grown = [...history(4), ...history(1, (at) => office(at) * 2)]
  const next = seasonalMean(grown, 24).reduce((sum, value) => sum + value, 0)
  expect(next).toBeGreaterThan(100)
  expect(next).toBeLessThanOrEqual(165)
})

test('hours without a count are nothing, and the hour under way is not looked at', () => {
  const hours = [{ hourMs: 2 * hourMs, runs: 3, costMicroUsd: 7 }, { hourMs: 5 * hourMs, runs: 1, costMicroUsd: 0 }, { hourMs: 6 * hourMs, runs: 9, costMicroUsd: 9 }]
  expect(hourlyHistory(hours, 6 * hourMs + 5, ({ runs }) => runs)).toEqual([3, 0, 0, 1])
  expect(hourlyHistory([], hourMs, ({ runs }) => runs)).toEqual([])
  expect(hourlyHistory(hours.slice(2), 6 * hourMs + 5, ({ runs }) => runs)).toEqual([])
})

test('of an office day nothing has passed at 9, half at 13, all at 17', () => {
  const midnight = 4 * weekHours
  const until = (hour: number): number[] => history(5).slice(0, midnight + Math.floor(hour))
  const share = (hour: number) => shareOfDay(until(hour), hour * hourMs, 0)
  expect([0, 9, 13, 15.5, 17, 23].map((hour) => Math.round((share(hour) ?? -1) * 1e6) / 1e6)).toEqual([0, 0, 0.5, 0.8125, 1, 1])
  expect(shareOfDay(history(1), 0, 0)).toBeUndefined()
  expect(shareOfDay(history(4, () => 0), 0, 0)).toBeUndefined()
})
