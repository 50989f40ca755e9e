/** A function with its smallest value 0, as particle swarms are measured on. */
export interface TestFunction {
  readonly bounds: readonly [number, number]
  /** Away from the minimum, so that a swarm does not begin around it. */
  readonly startsIn: readonly [number, number]
  readonly evaluate: (position: Float64Array) => number
}

const sum = (position: Float64Array, term: (value: number, at: number) => number): number => {
  let total = 0
  for (let at = 0; at < position.length; at++) total += term(position[at] ?? 0, at)
  return total
}

/** With bounds and starting ranges of Bratton and Kennedy 2007, https://doi.org/10.1109/SIS.2007.368035. */
export const testFunctions = {
  sphere: { bounds: [-100, 100], startsIn: [50, 100], evaluate: (position) => sum(position, (value) => value * value) },
  rosenbrock: {
    bounds: [-30, 30],
    startsIn: [15, 30],
    evaluate: (position) => sum(position, (value, at) => (at + 1 < position.length ? 100 * ((position[at + 1] ?? 0) - value * value) ** 2 + (value - 1) ** 2 : 0)),
  },
  rastrigin: { bounds: [-5.12, 5.12], startsIn: [2.56, 5.12], evaluate: (position) => sum(position, (value) => value * value - 10 * Math.cos(2 * Math.PI * value) + 10) },
  ackley: {
    bounds: [-32, 32],
    startsIn: [16, 32],
    evaluate: (position) => {
      const [squares, waves] = [sum(position, (value) => value * value), sum(position, (value) => Math.cos(2 * Math.PI * value))]
      return -20 * Math.exp(-0.2 * Math.sqrt(squares / position.length)) - Math.exp(waves / position.length) + 20 + Math.E
    },
  },
  griewank: {
    bounds: [-600, 600],
    startsIn: [300, 600],
    evaluate: (position) => sum(position, (value) => value * value) / 4000 - position.reduce((product, value, at) => product * Math.cos(value / Math.sqrt(at + 1)), 1) + 1,
  },
} as const satisfies Record<string, TestFunction>
