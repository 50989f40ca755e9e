/** A median with the interval that holds the true one in 95 of 100 repetitions. */
export interface Estimate {
  readonly p50: number
  readonly low: number
  readonly high: number
  readonly p99: number
  readonly mean: number
}

/** @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const lower = sorted[Math.floor(position)] ?? Number.NaN
  const upper = sorted[Math.ceil(position)] ?? lower
  return lower + (upper - lower) * (position - Math.floor(position))
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * The interval comes from order statistics, which ask nothing of the distribution: latencies have long tails.
 * https://www.itl.nist.gov/div898/software/dataplot/refman1/auxillar/mediancl.htm
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b)
  const reach = 0.98 * Math.sqrt(sorted.length)
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { p50: quantile(sorted, 0.5), low: at(middle - reach), high: at(middle + reach), p99: quantile(sorted, 0.99), mean: mean(sorted) }
}
