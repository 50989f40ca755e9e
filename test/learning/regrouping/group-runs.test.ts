import { expect, test } from '@jest/globals'
import { groupRuns, maxUnits, type RunUnit, type SeenRun } from '../../../src/learning/regrouping/group-runs.ts'
import { seededRandom, shuffled } from '../../../src/learning/router/seeded-random.ts'

const sales = ['Summarise the sales of March 2026 for Berlin', 'Summarise the sales of April 2026 for Paris', 'Summarise the sales of May 2026 for Rome']
const minutes = ['Write the minutes of the stand-up on Monday', 'Write the minutes of the stand-up on 3 May']
const alone = (runs: readonly SeenRun[]): RunUnit[] => runs.map((run) => ({ runs: [run] }))
const grouped = (units: readonly RunUnit[], minSimilarity: number): number[] => [...(groupRuns(units, { minSimilarity }) ?? [])]

test('finds the kinds whatever the order, and keeps apart what did other things', () => {
  const runs = [...sales, ...minutes].map((text) => ({ text }))
  expect(grouped(alone(runs), 0.5)).toEqual([0, 0, 0, 3, 3])
  expect(grouped(alone(runs.toReversed()), 0.5)).toEqual([0, 0, 2, 2, 2])
  const traced = ['a', 'a', 'b'].map((trace) => ({ text: 'Update Acme in the list', trace: [trace] }))
  expect(grouped(alone(traced), 0.6)).toEqual([0, 0, 2])
  expect(grouped([], 0.6)).toEqual([])
})

test('others come to a unit that is kept, but two that are kept stay apart, and so does what has joined them', () => {
  const kept = (texts: readonly string[]): RunUnit => ({ runs: texts.map((text) => ({ text })), isKept: true })
  const [first, second, third] = sales as [string, string, string]
  const groups = grouped([kept([first]), kept([second]), ...alone([third, ...minutes].map((text) => ({ text })))], 0.5)
  expect(groups[0]).not.toBe(groups[1])
  expect([groups[0], groups[1]]).toContain(groups[2])
  expect(groups.slice(3)).toEqual([3, 3])
})

test('a unit of several runs is as near as its runs are on average', () => {
  const unit: RunUnit = { runs: [...sales.slice(0, 2), ...minutes].map((text) => ({ text })), isKept: true }
  expect(grouped([unit, ...alone([{ text: sales[2] as string }])], 0.2)).toEqual([0, 0])
  expect(grouped([unit, ...alone([{ text: sales[2] as string }])], 0.75)).toEqual([0, 1])
})

test('groups are the same in every order', () => {
  const random = seededRandom(3)
  const verbs = ['list', 'draft', 'cancel', 'compare', 'translate']
  const texts = Array.from({ length: 60 }, (_, at) => `${verbs[Math.floor(random() * 5)]} the ${['red', 'old', 'next'][Math.floor(random() * 3)]} papers of client${at}`)
  const partition = (order: readonly string[]): string => {
    const groups = grouped(alone(order.map((text) => ({ text }))), 0.5)
    const members = Map.groupBy(order, (_, at) => groups[at])
    return JSON.stringify([...members.values()].map((own) => own.toSorted()).toSorted((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)))
  }
  const whole = partition(texts)
  for (const seed of [1, 2, 3]) expect(partition(shuffled(texts, seed))).toBe(whole)
})

test('gives up when it is late, and takes no more than it can compare', () => {
  const runs = alone(sales.map((text) => ({ text })))
  for (const steps of [0, 1, 3, 5]) {
    let asked = 0
    expect(groupRuns(runs, { isLate: () => asked++ >= steps })).toBeUndefined()
  }
  expect(() => groupRuns(Array.from({ length: maxUnits + 1 }, () => ({ runs: [{ text: 'a' }] })))).toThrow(/at most 3000/)
})
