import { describe, expect, test } from '@jest/globals'
import { testFunctions } from '../../../bench/swarms/test-functions.ts'
import { constrictedWeights, nextVelocity, searchMinimum, spreadOf, type SearchOptions } from '../../../src/orchestration/swarms/particle-search.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const at = (...values: number[]): Float64Array => Float64Array.from(values)
const search = (name: keyof typeof testFunctions, options: Partial<SearchOptions> = {}) =>
  searchMinimum({ ...testFunctions[name], dimension: 10, particles: 20, evaluations: 10_000, random: seededRandom(1), ...options })

test('the constriction of Clerc and Kennedy at phi 4.1 is 0.7298, with 1.4961 for each of two guides', () => {
  const { inertia, attraction } = constrictedWeights()
  expect(inertia).toBeCloseTo(0.72984, 5)
  expect(attraction / 2).toBeCloseTo(1.49618, 4)
})

test('a velocity is what is kept of the last one and the guides\' pulls, held to the highest speed', () => {
  const guides = [{ position: at(1, 0), pull: () => 0.5 }, { position: at(0, 4), pull: () => -0.25 }]
  expect([...nextVelocity(at(0, 0), at(2, 2), guides, 0.5)]).toEqual([1.5, 0])
  expect([...nextVelocity(at(0, 0), at(2, -8), [], 0.5, 0.75)]).toEqual([0.75, -0.75])
})

test('the spread is the mean distance from the centre', () => {
  expect(spreadOf([at(-1, 0), at(1, 0), at(0, 0)])).toBeCloseTo(2 / 3)
  expect(spreadOf([at(3, 4), at(3, 4)])).toBe(0)
  expect(spreadOf([])).toBe(0)
})

describe('a swarm', () => {
  test.each(['all', 'ring'] as const)('comes to the bottom of the sphere when it hears of %s', (neighbourhood) => {
    for (let seed = 1; seed <= 3; seed++) expect(search('sphere', { neighbourhood, random: seededRandom(seed) }).value).toBeLessThan(1e-6)
  })

  test('finds a way along the valley of Rosenbrock', () => {
    const values = [1, 2, 3].map((seed) => search('rosenbrock', { random: seededRandom(seed) }).value)
    expect(values.toSorted((a, b) => a - b)[1]).toBeLessThan(10)
  })

  test('is far better on Rastrigin than as many random points', () => {
    const { evaluate, bounds } = testFunctions.rastrigin
    const random = seededRandom(9)
    let guessed = Infinity
    for (let guess = 0; guess < 10_000; guess++) guessed = Math.min(guessed, evaluate(Float64Array.from({ length: 10 }, () => bounds[0] + random() * (bounds[1] - bounds[0]))))
    for (let seed = 1; seed <= 2; seed++) expect(search('rastrigin', { startsIn: bounds, random: seededRandom(seed) }).value).toBeLessThan(guessed / 2)
  })

  test('finds the same for the same seed and something else for another', () => {
    expect(search('griewank')).toEqual(search('griewank'))
    expect(search('griewank').position).not.toEqual(search('griewank', { random: seededRandom(2) }).position)
  })

  test('never evaluates outside of its bounds, nor more often than it may', () => {
    let evaluations = 0
    const found = search('ackley', {
      evaluations: 1_234,
      evaluate: (position) => {
        evaluations++
        expect(Math.max(...position.map(Math.abs))).toBeLessThanOrEqual(32)
        return testFunctions.ackley.evaluate(position)
      },
    })
    expect(found).toMatchObject({ evaluations, stoppedBy: 'evaluations' })
    expect(evaluations).toBeLessThanOrEqual(1_234)
  })

  test('ends at its goal, when it has come together, and when nothing gets better', () => {
    expect(search('sphere', { goal: 1 })).toMatchObject({ stoppedBy: 'goal', value: expect.any(Number) })
    expect(search('sphere', { convergedSpread: 0.5 }).stoppedBy).toBe('converged')
    const flat = search('sphere', { evaluate: () => 7, patience: 3 })
    expect(flat).toMatchObject({ stoppedBy: 'stuck', rounds: 3, value: 7 })
  })
})
