import type { HourCount } from '../../storage/stat-store.ts'

/** What the next 24 hours will bring, and how far such forecasts were off of late. */
export interface DayForecast {
  readonly value: number
  /** Mean absolute error of the days it was tested on, as a share of what they brought; undefined when they brought nothing. */
  readonly error: number | undefined
  readonly testedDays: number
}

/** @param history one value an hour, newest last. @returns so many values more */
export type Forecaster = (history: readonly number[], hours: number) => number[]

const hourMs = 3_600_000
const dayHours = 24
const weekHours = 7 * dayHours
/** With less nothing is forecast: each hour of the week was there twice. */
const leastHours = 2 * weekHours
const testedDays = 14
/** Weeks that are looked back, and what each counts against the one after it. */
const weeksBack = 4
const weekDecay = 0.7

/** So far back a forecast looks: four weeks before each of the days it is tested on. */
export const historyMs = (weeksBack * weekHours + testedDays * dayHours) * hourMs

/**
 * Each hour as the same hours of the week before, newer weeks counting more, raised or lowered by how the last seven days went against
 * the weeks before. `npm run bench:forecast` holds it against the seasonal naive forecast and Holt-Winters.
 */
export const seasonalMean: Forecaster = (history, hours) => {
  const level = levelOf(history)
  return Array.from({ length: hours }, (_, ahead) => level * hourMean(history, ahead))
}

/** The mean of the same hour of former weeks, `ahead` hours after the end of the history. */
function hourMean(history: readonly number[], ahead: number): number {
  let [sum, weight] = [0, 0]
  for (let week = 1; week <= weeksBack + 1; week++) {
    const at = history.length + ahead - week * weekHours
    const value = at < history.length ? history[at] : undefined
    if (value === undefined) continue
    sum += value * weekDecay ** week
    weight += weekDecay ** week
  }
  return weight > 0 ? sum / weight : 0
}

/** How the last seven days went against what the weeks before them had said; at most double or half. */
function levelOf(history: readonly number[]): number {
  if (history.length < leastHours) return 1
  const before = history.slice(0, -weekHours)
  const expected = Array.from({ length: weekHours }, (_, ahead) => hourMean(before, ahead)).reduce((sum, value) => sum + value, 0)
  const was = history.slice(-weekHours).reduce((sum, value) => sum + value, 0)
  // Half of a change stays: the mean has half of it in itself.
  return expected > 0 ? Math.min(2, Math.max(0.5, was / expected)) ** 0.5 : 1
}

/** The next 24 hours, with the error of the same forecast made on each of the last days; undefined while there are less than two weeks. */
export function forecastDay(history: readonly number[], forecaster: Forecaster = seasonalMean): DayForecast | undefined {
  if (history.length < leastHours) return undefined
  const days = Math.min(testedDays, Math.floor((history.length - leastHours) / dayHours) + 1)
  let [off, brought] = [0, 0]
  for (let day = 1; day <= days; day++) {
    const cut = history.length - day * dayHours
    const actual = sumOf(history.slice(cut, cut + dayHours))
    off += Math.abs(sumOf(forecaster(history.slice(0, cut), dayHours)) - actual)
    brought += actual
  }
  return { value: sumOf(forecaster(history, dayHours)), error: brought > 0 ? off / brought : undefined, testedDays: days }
}

/** One value for each hour from the first count to the last whole hour before now; hours without a count are 0. */
export function hourlyHistory(hours: readonly HourCount[], nowMs: number, valueOf: (hour: HourCount) => number): number[] {
  const [first] = hours
  const endMs = Math.floor(nowMs / hourMs) * hourMs
  if (!first || first.hourMs >= endMs) return []
  const values = Array.from({ length: (endMs - first.hourMs) / hourMs }, () => 0)
  for (const hour of hours) {
    const at = (hour.hourMs - first.hourMs) / hourMs
    if (at < values.length) values[at] = valueOf(hour)
  }
  return values
}

/**
 * Which share of a day usually has passed by now, by what it brings and not by the clock; undefined while there are less than two weeks.
 * @param dayStartMs when the day began; it ends 24 hours later
 */
export function shareOfDay(history: readonly number[], nowMs: number, dayStartMs: number): number | undefined {
  if (history.length < leastHours) return undefined
  const passedHours = Math.min(dayHours, Math.max(0, (nowMs - dayStartMs) / hourMs))
  // As it would have been said when the day began.
  const before = history.slice(0, history.length - Math.floor(passedHours))
  const day = seasonalMean(before, dayHours)
  const whole = sumOf(day)
  if (whole <= 0) return undefined
  return (sumOf(day.slice(0, Math.floor(passedHours))) + (day[Math.floor(passedHours)] ?? 0) * (passedHours % 1)) / whole
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
