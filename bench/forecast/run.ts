import { forecastDay, seasonalMean, type Forecaster } from '../../src/learning/stats/forecast.ts'
import { holtWinters, lastDay, seasonalNaive } from './forecasters.ts'
import { workloads } from './workloads.ts'

/** Seeds of each workload; the figures are means over them. */
const seeds = 20
/** Our forecast may be this much worse than the best of the others, in points of the error. */
const mayBeWorse = 1

const forecasters: Readonly<Record<string, Forecaster>> = { 'seasonal mean (ours)': seasonalMean, 'seasonal naive': seasonalNaive, 'Holt-Winters': holtWinters, 'like the last day': lastDay }

/** Error of the next day's sum, in per cent of what the days brought, tested on the last 14 days of each series. */
function errorsOf(make: (seed: number) => readonly number[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(forecasters).map(([name, forecaster]) => {
      const errors = Array.from({ length: seeds }, (_, seed) => forecastDay(make(seed + 1), forecaster)?.error ?? 0)
      return [name, (100 * errors.reduce((sum, error) => sum + error, 0)) / seeds]
    }),
  )
}

const names = Object.keys(forecasters)
const found = Object.entries(workloads).map(([name, make]) => ({ name, errors: errorsOf(make) }))
process.stdout.write(`Error of the forecast of a day, in % (${seeds} seeds, 14 days each; simulated requests per hour)\n\n`)
process.stdout.write(`${['workload'.padEnd(34), ...names.map((name) => name.padStart(22))].join('')}\n`)
for (const { name, errors } of found) process.stdout.write(`${[name.padEnd(34), ...names.map((one) => (errors[one] ?? 0).toFixed(1).padStart(22))].join('')}\n`)
const mean = (name: string): number => found.reduce((sum, { errors }) => sum + (errors[name] ?? 0), 0) / found.length
process.stdout.write(`${['mean'.padEnd(34), ...names.map((name) => mean(name).toFixed(1).padStart(22))].join('')}\n`)
const [ours = 0, ...others] = names.map(mean)
const isGood = ours <= Math.min(...others) + mayBeWorse
process.stdout.write(`\n${isGood ? 'ok' : 'MISSED'}: ours is at most ${mayBeWorse} point worse than the best of the others, in the mean.\n`)
process.exitCode = isGood ? 0 : 1
