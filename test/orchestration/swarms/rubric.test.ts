import { expect, test } from '@jest/globals'
import { slateOf } from '../../../src/orchestration/swarms/judge.ts'
import { favouriteOf, joinScores, readSheet, type SheetAnswer } from '../../../src/orchestration/swarms/rubric.ts'
import { aMember } from '../../fakes/scripted-desk.ts'

const a = { id: 'm1.1', name: 'a', text: 'One.' }
const b = { id: 'm2.1', name: 'b', text: 'Two.' }
const slate = slateOf([a, b])

const entry = (candidate: string, points: number, remark = `${candidate}!`) => ({ candidate, correctness: points, completeness: points, usefulness: points, clarity: points, remark })
const sheet = (judge: string, ...scores: SheetAnswer['scores']) => readSheet(aMember(judge), { scores }, slate)
const placed = (...sheets: ReturnType<typeof sheet>[]) => joinScores([a, b], sheets.flat()).map(({ candidate, score }) => [candidate.name, score])

test('leaves out whom nobody put up and what is said again, and cuts points to their range', () => {
  expect(sheet('j1', entry('Z', 9), entry('A', 99), entry('A', 1), entry('B', -5)).map(({ candidate, points }) => [candidate.name, points[0]])).toEqual([['a', 10], ['b', 0]])
})

test('one judge with a favourite does not move the median', () => {
  expect(placed(sheet('j1', entry('A', 6), entry('B', 7)), sheet('j2', entry('A', 6), entry('B', 7)), sheet('j3', entry('A', 10), entry('B', 0)))).toEqual([['b', 7], ['a', 6]])
})

test('two judges count by the middle of what they say', () => {
  expect(placed(sheet('j1', entry('A', 4), entry('B', 5)), sheet('j2', entry('A', 8), entry('B', 6)))).toEqual([['a', 6], ['b', 5.5]])
})

test('a judge that finds all equal decides nothing, unless all judges do', () => {
  const flat = (judge: string) => sheet(judge, entry('A', 5), entry('B', 5))
  expect(placed(flat('j1'), flat('j2'), sheet('j3', entry('A', 3), entry('B', 4)))).toEqual([['b', 4], ['a', 3]])
  expect(placed(flat('j1'), flat('j2'))).toEqual([['a', 5], ['b', 5]])
})

test('who was scored by nobody stands last', () => {
  expect(placed(sheet('j1', entry('B', 0)))).toEqual([['b', 0], ['a', undefined]])
})

test('a judge has a favourite only where one is better than the others', () => {
  expect(favouriteOf(sheet('j1', entry('A', 3), entry('B', 4)))?.candidate).toBe(b)
  expect(favouriteOf(sheet('j1', entry('A', 4), entry('B', 4)))).toBeUndefined()
  expect(favouriteOf([])).toBeUndefined()
})
