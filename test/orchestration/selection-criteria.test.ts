import { expect, test } from '@jest/globals'
import { seededRandom } from '../fakes/seeded-random.ts'
import { criteria, defaultWeights, scoreCandidates, type CandidateFacts } from '../../src/orchestration/selection-criteria.ts'

const aCandidate = (over: Partial<CandidateFacts> = {}): CandidateFacts => ({
  id: 'writer',
  match: 0.4,
  contextMatch: 0,
  isThreadsOwn: false,
  success: 0.5,
  runs: 0,
  load: 0,
  capacity: 8,
  meanCostMicroUsd: undefined,
  likes: 0,
  dislikes: 0,
  ...over,
})

const totalOf = (over: Partial<CandidateFacts>): number => scoreCandidates([aCandidate(over), aCandidate({ id: 'other', meanCostMicroUsd: 1_000 })]).find(({ id }) => id === 'writer')?.total ?? Number.NaN


function randomFacts(random: () => number): CandidateFacts {
  return aCandidate({
    match: random(),
    contextMatch: random(),
    isThreadsOwn: random() < 0.2,
    success: random(),
    runs: Math.floor(random() * 50),
    load: Math.floor(random() * 8),
    meanCostMicroUsd: random() < 0.3 ? undefined : Math.floor(random() * 900),
    likes: Math.floor(random() * 10),
    dislikes: Math.floor(random() * 10),
  })
}

test('the candidate whose field the request names is chosen', () => {
  const [best] = scoreCandidates([aCandidate({ id: 'a', match: 0.2 }), aCandidate({ id: 'b', match: 0.7 }), aCandidate({ id: 'c', match: 0.1 })])
  expect(best?.id).toBe('b')
})

test('in any situation more load never helps, and a better record, a better match or a like never hurts', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 2_000; round++) {
    const facts = randomFacts(random)
    const before = totalOf(facts)
    expect(totalOf({ ...facts, load: facts.load + 1 })).toBeLessThanOrEqual(before)
    expect(totalOf({ ...facts, success: Math.min(1, facts.success + 0.2) })).toBeGreaterThanOrEqual(before)
    expect(totalOf({ ...facts, match: Math.min(1, facts.match + 0.2) })).toBeGreaterThanOrEqual(before)
    expect(totalOf({ ...facts, likes: facts.likes + 1 })).toBeGreaterThanOrEqual(before)
    expect(totalOf({ ...facts, dislikes: facts.dislikes + 1 })).toBeLessThanOrEqual(before)
  }
})

test('every score and total lies between 0 and 1, whatever is known', () => {
  const random = seededRandom(11)
  const odd = aCandidate({ match: Number.NaN, capacity: 0, load: 3, success: 7, meanCostMicroUsd: -5 })
  const all = scoreCandidates([odd, ...Array.from({ length: 100 }, () => randomFacts(random))])
  for (const { scores, total } of all) {
    for (const value of [...Object.values(scores), total]) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    }
  }
})

test('of two that are about equal the less loaded goes first, then the cheaper', () => {
  const order = (a: Partial<CandidateFacts>, b: Partial<CandidateFacts>) => scoreCandidates([aCandidate({ id: 'a', ...a }), aCandidate({ id: 'b', ...b })]).map(({ id }) => id)
  expect(order({ load: 1 }, { load: 0 })).toEqual(['b', 'a'])
  expect(order({ meanCostMicroUsd: 900, match: 0.402 }, { meanCostMicroUsd: 850 })).toEqual(['b', 'a'])
  expect(order({}, {})).toEqual(['a', 'b'])
})

test('one failure of a newcomer weighs little, twenty weigh much', () => {
  const rival = aCandidate({ id: 'rival', match: 0.38 })
  const first = (runs: number) => scoreCandidates([aCandidate({ success: 0, runs }), rival])[0]?.id
  expect(first(1)).toBe('writer')
  expect(first(20)).toBe('rival')
})

test('the default weights make a whole', () => {
  expect(criteria.reduce((sum, name) => sum + defaultWeights[name], 0)).toBeCloseTo(1)
})
