import { expect, test } from '@jest/globals'
import { adjustedRand } from '../../bench/learning/cluster-scores.ts'
import { groupRuns } from '../../bench/learning/group-runs.ts'
import { chooseLead, recallAt, runPatternStream } from '../../bench/learning/pattern-stream.ts'

const kinds = ['Summarise the sales of March for', 'Write the minutes of the meeting with', 'Cancel the order of']
const requests = Array.from({ length: 30 }, (_, at) => ({ text: `${kinds[at % 3]} client${at}`, intent: `kind ${at % 3}`, domain: '', split: 'train', actions: [`tool ${at % 3}`] }))

test('plain kinds are recognised once they were there three times, and never taken for others', () => {
  for (const regroupEvery of [0, 10]) {
    const { sightings, groups } = runPatternStream({ requests, index: {}, withTraces: true, isWatched: true, regroupEvery })
    expect(recallAt(sightings, 0.1)).toEqual({ recall: 100, wrong: 0 })
    expect(new Set(groups).size).toBe(3)
    expect(sightings.filter(({ isRepeat }) => isRepeat)).toHaveLength(21)
  }
})

test('the lead is the lowest that keeps the share of wrong ones', () => {
  const sightings = [0.9, 0.8, 0.7, 0.6].map((lead) => ({ isRepeat: true, isRight: lead !== 0.7, lead }))
  expect(chooseLead(sightings, 1)).toBe(0.8)
  expect(chooseLead(sightings, 25)).toBe(0.6)
  expect(chooseLead([], 5)).toBe(Infinity)
  expect(recallAt(sightings, 0.6)).toEqual({ recall: 75, wrong: 25 })
})

test('agreement is 100 for equal groupings whatever their names, and about 0 by chance', () => {
  expect(adjustedRand(['a', 'a', 'b', 'b'], ['x', 'x', 'y', 'y'])).toBe(100)
  expect(adjustedRand(['a', 'a', 'b', 'b'], ['x', 'y', 'x', 'y'])).toBeLessThan(1)
})

const sales = ['Summarise the sales of March 2026 for Berlin', 'Summarise the sales of April 2026 for Paris', 'Summarise the sales of May 2026 for Rome']
const minutes = ['Write the minutes of the stand-up on Monday', 'Write the minutes of the stand-up on 3 May']

test('grouping finds the kinds whatever the order, and keeps apart what did other things', () => {
  const runs = [...sales, ...minutes].map((text) => ({ text }))
  expect([...groupRuns(runs, { minSimilarity: 0.5 })]).toEqual([0, 0, 0, 3, 3])
  expect([...groupRuns(runs.toReversed(), { minSimilarity: 0.5 })]).toEqual([0, 0, 2, 2, 2])
  const traced = ['a', 'a', 'b'].map((trace) => ({ text: 'Update Acme in the list', trace: [trace] }))
  expect([...groupRuns(traced, { minSimilarity: 0.6 })]).toEqual([0, 0, 2])
  expect([...groupRuns([], { minSimilarity: 0.6 })]).toEqual([])
})
