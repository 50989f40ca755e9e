import { expect, test } from '@jest/globals'
import { adjustedRand } from '../../bench/learning/cluster-scores.ts'
import { chooseLead, recallAt, runPatternStream } from '../../bench/learning/pattern-stream.ts'

const kinds = ['Summarise the sales of March for', 'Write the minutes of the meeting with', 'Cancel the order of']
const requests = Array.from({ length: 30 }, (_, at) => ({ text: `${kinds[at % 3]} client${at}`, intent: `kind ${at % 3}`, domain: '', split: 'train', actions: [`tool ${at % 3}`] }))

test('plain kinds are recognised once they were there three times, and never taken for others', () => {
  for (const over of [{}, { regrouping: {} }, { regrouping: {}, automates: true }]) {
    const { sightings, groups } = runPatternStream({ requests, index: {}, withTraces: true, isWatched: true, ...over })
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
