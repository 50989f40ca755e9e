import { expect, test } from '@jest/globals'
import { measureJudging, measurePersuasion, measureSearch, measureVotes } from '../../bench/swarms/claims.ts'
import type { Expectation } from '../../bench/swarms/expectation.ts'
import { measureFunctions } from '../../bench/swarms/functions.ts'
import { measureCalls, measureMatches } from '../../bench/swarms/match-compete.ts'
import { chanceThatVoteIsRight, shareAfterDebate } from '../../bench/swarms/theory.ts'

// The benchmark in small: `npm run bench:swarms` has seeds enough for narrow intervals, here only the direction of differences is held.
const missed = (found: readonly Expectation[]): readonly string[] => found.filter(({ holds, expected, measured }) => (expected === '> 0' ? measured.mean <= 0 : !holds)).map(({ name }) => name)

test('the theory of votes is the binomial sum, and one voter decides as often right as it is', () => {
  const alike = [0.7, 0.7, 0.7]
  expect(chanceThatVoteIsRight(alike, [1, 1, 1])).toBeCloseTo(0.7 ** 3 + 3 * 0.7 ** 2 * 0.3)
  expect(chanceThatVoteIsRight([0.9, 0.6, 0.6], [10, 1, 1])).toBeCloseTo(0.9)
})

test('a debate in which nobody is convinced leaves shares as they were', () => {
  expect(shareAfterDebate({ members: 4, accuracy: 0.3, toRight: 0, toWrong: 0, rounds: 5 })).toBeCloseTo(0.3)
  expect(shareAfterDebate({ members: 2, accuracy: 0.5, toRight: 1, toWrong: 0, rounds: 2 })).toBeCloseTo(0.75)
})

test('votes are right as often as theory says', async () => {
  expect(missed(await measureVotes(80))).toEqual([])
})

test('competition finds the best as the noise of its judges allows', async () => {
  expect(missed(await measureJudging(60))).toEqual([])
})

test('views end as the persuasion of a debate says', async () => {
  expect(missed(await measurePersuasion(60))).toEqual([])
})

test('particle search finds more than as many independent answers, where there is much to get right', async () => {
  expect(missed(await measureSearch(30))).toEqual([])
})

test('each topology is better than best-of-N on one kind of task and worse on another', async () => {
  expect(missed((await measureMatches(60)).map((match) => ({ ...match, expected: '> 0' })))).toEqual([])
})

test('no topology makes more calls than a plain program for the same work', async () => {
  expect(missed(await measureCalls(10))).toEqual([])
})

test('the numerical core reports against the published figures', async () => {
  const found = await measureFunctions(2, { evaluations: 2_000 })
  expect(found).toHaveLength(10)
  expect(found.every(({ measured }) => Number.isFinite(measured.mean))).toBe(true)
})
