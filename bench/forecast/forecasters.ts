import type { Forecaster } from '../../src/learning/stats/forecast.ts'

const weekHours = 168

/** What was a week ago. */
export const seasonalNaive: Forecaster = (history, hours) => Array.from({ length: hours }, (_, ahead) => history[history.length + ahead - weekHours] ?? 0)

/** What was a day ago: a forecast that knows no weekdays. */
export const lastDay: Forecaster = (history, hours) => Array.from({ length: hours }, (_, ahead) => history[history.length + ahead - 24] ?? 0)

const grid = [0.02, 0.1, 0.3]
const phi = 0.98

/**
 * Additive Holt-Winters with a damped trend and the week as its season (Hyndman and Athanasopoulos, Forecasting: Principles and Practice,
 * chapter 8.3), its weights chosen by the squared error of one step within the history.
 */
export const holtWinters: Forecaster = (history, hours) => {
  let best: { readonly error: number; readonly ahead: readonly number[] } | undefined
  for (const alpha of grid) {
    for (const gamma of grid) {
      const fitted = fit(history, hours, { alpha, beta: 0.005, gamma })
      if (!best || fitted.error < best.error) best = fitted
    }
  }
  return [...(best?.ahead ?? [])]
}

function fit(history: readonly number[], hours: number, { alpha, beta, gamma }: { alpha: number; beta: number; gamma: number }) {
  const first = history.slice(0, weekHours)
  let level = first.reduce((sum, value) => sum + value, 0) / weekHours
  let trend = 0
  const season = first.map((value) => value - level)
  let error = 0
  for (let at = weekHours; at < history.length; at++) {
    const value = history[at] ?? 0
    const place = at % weekHours
    const usual = season[place] ?? 0
    error += (value - (level + phi * trend + usual)) ** 2
    const before = level
    level = alpha * (value - usual) + (1 - alpha) * (level + phi * trend)
    trend = beta * (level - before) + (1 - beta) * phi * trend
    season[place] = gamma * (value - level) + (1 - gamma) * usual
  }
  let damped = 0
  const ahead = Array.from({ length: hours }, (_, step) => {
    damped += phi ** (step + 1)
    return Math.max(0, level + damped * trend + (season[(history.length + step) % weekHours] ?? 0))
  })
  return { error, ahead }
}
