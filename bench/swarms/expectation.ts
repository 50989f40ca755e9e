/** Something measured, with the interval that holds the true value in 99 of 100 repetitions. */
export interface Measured {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** A statement about a topology, and whether the simulation bears it out. */
export interface Expectation {
  readonly name: string
  readonly expected: string
  readonly measured: Measured
  readonly holds: boolean
  /** Mean model calls of the topology, and of what it is held against. */
  readonly calls?: readonly [number, number]
}

const z99 = 2.576

export function measure(values: readonly number[]): Measured {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
  const reach = z99 * Math.sqrt(variance / values.length)
  return { mean, low: mean - reach, high: mean + reach }
}

/** The stated number lies within the interval. */
export function equals(name: string, values: readonly number[], stated: number): Expectation {
  const measured = measure(values)
  return { name, expected: `= ${stated.toFixed(3)}`, measured, holds: measured.low <= stated && stated <= measured.high }
}

/** Held against each other seed by seed: all of the interval of the difference lies above 0. */
export function exceeds(name: string, values: readonly number[], others: readonly number[], calls?: readonly [number, number]): Expectation {
  const measured = measure(values.map((value, at) => value - (others[at] ?? Number.NaN)))
  return { name, expected: '> 0', measured, holds: measured.low > 0, ...(calls ? { calls } : {}) }
}

/** Nothing is expected, and the difference is shown. */
export function differs(name: string, values: readonly number[], others: readonly number[], calls: readonly [number, number]): Expectation {
  return { ...exceeds(name, values, others, calls), expected: '', holds: true }
}

/** No value passes the bound. */
export function atMost(name: string, values: readonly number[], bound: number): Expectation {
  return { name, expected: `<= ${bound}`, measured: measure(values), holds: Math.max(...values) <= bound }
}
