import { describe, expect, test } from '@jest/globals'
import { countBallots, voteWeight, type Ballot, type BallotRule } from '../../../src/orchestration/swarms/ballots.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'

const rules: readonly BallotRule[] = ['plurality', 'majority', 'weighted', 'borda', 'runoff']

/** So many voters with each ranking: `{ 'A B C': 3 }`. */
const voters = (groups: Readonly<Record<string, number>>): Ballot[] =>
  Object.entries(groups).flatMap(([ranking, count]) => Array.from({ length: count }, (_, at) => ({ voter: `${ranking}#${at}`, ranking: ranking.split(' ').filter(Boolean) })))

const scoresOf = (candidates: readonly string[], ballots: readonly Ballot[], rule: BallotRule) =>
  Object.fromEntries(countBallots({ candidates, ballots, rule }).standings.map(({ candidate, score }) => [candidate, score]))

describe('known elections', () => {
  // https://en.wikipedia.org/wiki/Borda_count and /Instant-runoff_voting, "Tennessee capital election"; per cent of voters.
  const cities = ['Memphis', 'Nashville', 'Chattanooga', 'Knoxville']
  const tennessee = voters({
    'Memphis Nashville Chattanooga Knoxville': 42,
    'Nashville Chattanooga Knoxville Memphis': 26,
    'Chattanooga Knoxville Nashville Memphis': 15,
    'Knoxville Chattanooga Nashville Memphis': 17,
  })
  test.each([
    ['plurality', 'Memphis'],
    ['borda', 'Nashville'],
    ['runoff', 'Knoxville'],
    ['majority', undefined],
  ] as const)('the capital of Tennessee by %s is %s', (rule, winner) => {
    const count = countBallots({ candidates: cities, ballots: tennessee, rule })
    expect(count.winner).toBe(winner)
    expect(count.condorcetWinner).toBe('Nashville')
  })

  test('the capital of Tennessee has the points and the dissent that are known', () => {
    expect(scoresOf(cities, tennessee, 'borda')).toEqual({ Memphis: 126, Nashville: 194, Chattanooga: 173, Knoxville: 107 })
    const { standings, dissenters } = countBallots({ candidates: cities, ballots: tennessee, rule: 'runoff' })
    expect(standings.map(({ candidate, score }) => [candidate, score])).toEqual([['Knoxville', 58], ['Memphis', 42], ['Nashville', 26], ['Chattanooga', 15]])
    expect(dissenters).toHaveLength(83)
  })

  // Condorcet 1785, by https://en.wikipedia.org/wiki/Borda_count: Borda passes over the one who beats each of the others.
  test('Borda and Condorcet disagree on the 81 voters of Condorcet', () => {
    const ballots = voters({ 'A B C': 30, 'A C B': 1, 'B A C': 29, 'B C A': 10, 'C A B': 10, 'C B A': 1 })
    expect(scoresOf(['A', 'B', 'C'], ballots, 'borda')).toEqual({ A: 101, B: 109, C: 33 })
    expect(countBallots({ candidates: ['A', 'B', 'C'], ballots, rule: 'borda' })).toMatchObject({ winner: 'B', condorcetWinner: 'A' })
  })

  test('the paradox of Condorcet has nobody who beats each of the others, and a tie', () => {
    const count = countBallots({ candidates: ['A', 'B', 'C'], ballots: voters({ 'A B C': 1, 'B C A': 1, 'C A B': 1 }), rule: 'borda' })
    expect(count.condorcetWinner).toBeUndefined()
    expect(count).toMatchObject({ winner: 'A', isTied: true, isMajority: false })
  })
})

describe('what a ballot is worth', () => {
  test('strikes out what is no candidate, counts a repeated one once, and calls a ballot with nothing left spoilt', () => {
    const ballots = [
      { voter: 'v1', ranking: ['X', 'B', 'B', 'A', 'B'] },
      { voter: 'v2', ranking: ['X'] },
      { voter: 'v3', ranking: [] },
      { voter: 'v1', ranking: ['A'] },
    ]
    const count = countBallots({ candidates: ['A', 'B'], ballots, rule: 'borda', quorum: 2 })
    expect(count).toMatchObject({ winner: 'B', votes: 1, abstained: ['v3'], spoilt: ['v2'], hasQuorum: true, dissenters: [] })
    expect(countBallots({ candidates: ['A', 'B'], ballots, rule: 'borda', quorum: 3 })).toMatchObject({ hasQuorum: false, dissenters: [] })
    expect(countBallots({ candidates: ['A', 'B'], ballots, rule: 'borda', quorum: 3 }).winner).toBeUndefined()
  })

  test('those left out of a ranking share the points that are left', () => {
    expect(scoresOf(['A', 'B', 'C', 'D'], [{ voter: 'v', ranking: ['C'] }], 'borda')).toEqual({ A: 1, B: 1, C: 3, D: 1 })
  })

  test('has no winner where nobody voted, and none among no candidates', () => {
    for (const rule of rules) {
      expect(countBallots({ candidates: ['A', 'B'], ballots: [], rule })).not.toHaveProperty('winner')
      expect(countBallots({ candidates: [], ballots: [{ voter: 'v', ranking: ['A'] }], rule })).toMatchObject({ standings: [], spoilt: ['v'] })
    }
  })

  test('breaks a tie by points of Borda, then by the order of the candidates', () => {
    expect(countBallots({ candidates: ['A', 'B', 'C'], ballots: voters({ 'A C B': 1, 'B A C': 1 }), rule: 'plurality' })).toMatchObject({ winner: 'A', isTied: true })
    expect(countBallots({ candidates: ['A', 'B', 'C'], ballots: voters({ 'A B C': 1, 'B C A': 1 }), rule: 'plurality' })).toMatchObject({ winner: 'B', isTied: true })
    expect(countBallots({ candidates: ['B', 'A'], ballots: voters({ A: 1, B: 1 }), rule: 'plurality' })).toMatchObject({ winner: 'B', isTied: true })
  })

  test('a vote weighs the log-odds of being right, within bounds', () => {
    expect(voteWeight(0.75)).toBeCloseTo(Math.log(3))
    expect(voteWeight(0)).toBe(voteWeight(0.55))
    expect(voteWeight(1)).toBe(voteWeight(0.95))
    expect(voteWeight(0)).toBeGreaterThan(0)
  })

  test('one who is right in nine of ten cases outweighs three who are right in six', () => {
    const ballots = [{ voter: 'v1', ranking: ['A'], record: 0.9 }, ...['v2', 'v3', 'v4'].map((voter) => ({ voter, ranking: ['B'], record: 0.6 }))]
    expect(countBallots({ candidates: ['A', 'B'], ballots, rule: 'weighted' })).toMatchObject({ winner: 'A', isMajority: true, dissenters: ['v2', 'v3', 'v4'] })
    expect(countBallots({ candidates: ['A', 'B'], ballots, rule: 'plurality' })).toMatchObject({ winner: 'B', dissenters: ['v1'] })
  })
})

describe('properties, over 400 elections drawn with a seed', () => {
  const random = seededRandom(5)
  const shuffle = <T>(items: readonly T[]): T[] => items.map((item) => ({ item, at: random() })).toSorted((a, b) => a.at - b.at).map(({ item }) => item)
  const elections = Array.from({ length: 400 }, () => {
    const candidates = ['A', 'B', 'C', 'D', 'E'].slice(0, 2 + pickNumber(random, 4))
    const ballots = Array.from({ length: 1 + pickNumber(random, 12) }, (_, at) => ({
      voter: `v${at}`,
      ranking: shuffle(candidates).slice(0, pickNumber(random, candidates.length + 1)),
      record: random(),
    }))
    return { candidates, ballots }
  })

  test('anonymity: the order of the ballots changes nothing', () => {
    for (const { candidates, ballots } of elections) {
      for (const rule of rules) {
        const { standings, winner } = countBallots({ candidates, ballots, rule })
        expect(countBallots({ candidates, ballots: shuffle(ballots), rule })).toMatchObject({ standings, ...(winner === undefined ? {} : { winner }) })
      }
    }
  })

  test('neutrality: other names for the candidates give the same outcome under those names', () => {
    const renamed = (candidate: string): string => `${'EDCBA'['ABCDE'.indexOf(candidate)] ?? ''}!`
    for (const { candidates, ballots } of elections) {
      for (const rule of rules) {
        const { standings } = countBallots({ candidates, ballots, rule })
        const other = countBallots({ candidates: candidates.map(renamed), ballots: ballots.map((ballot) => ({ ...ballot, ranking: ballot.ranking.map(renamed) })), rule })
        expect(other.standings).toEqual(standings.map((standing) => ({ ...standing, candidate: renamed(standing.candidate) })))
      }
    }
  })

  test('neutrality: where nothing is tied, the order of the candidates changes no winner', () => {
    const counts = elections.flatMap(({ candidates, ballots }) => rules.map((rule) => ({ candidates, ballots, rule, count: countBallots({ candidates, ballots, rule }) })))
    const clear = counts.filter(({ count }) => !count.isTied)
    expect(clear.length).toBeGreaterThan(1_000)
    for (const { candidates, ballots, rule, count } of clear) {
      expect(countBallots({ candidates: candidates.toReversed(), ballots, rule }).winner).toBe(count.winner)
    }
  })

  test('monotonicity of Borda, plurality and weights: who wins still wins when a voter moves it up', () => {
    for (const { candidates, ballots } of elections) {
      for (const rule of ['borda', 'plurality', 'weighted'] as const) {
        const { winner } = countBallots({ candidates, ballots, rule })
        if (winner === undefined) continue
        const at = pickNumber(random, ballots.length)
        const raised = ballots.map((ballot, index) => (index === at ? { ...ballot, ranking: [winner, ...ballot.ranking.filter((candidate) => candidate !== winner)] } : ballot))
        expect(countBallots({ candidates, ballots: raised, rule }).winner).toBe(winner)
      }
    }
  })

  test('majority criterion: whom more than half hold best wins by every rule but Borda', () => {
    let seen = 0
    for (const { candidates, ballots } of elections) {
      const { winner } = countBallots({ candidates, ballots, rule: 'majority' })
      if (winner === undefined) continue
      seen++
      for (const rule of ['plurality', 'runoff'] as const) expect(countBallots({ candidates, ballots, rule }).winner).toBe(winner)
    }
    expect(seen).toBeGreaterThan(50)
  })

  test('equal records make the weighted rule that of plurality', () => {
    for (const { candidates, ballots } of elections) {
      const equal = ballots.map((ballot) => ({ ...ballot, record: 0.8 }))
      const order = (rule: BallotRule) => countBallots({ candidates, ballots: equal, rule }).standings.map(({ candidate }) => candidate)
      expect(order('weighted')).toEqual(order('plurality'))
    }
  })

  test('two candidates: all rules that know no weights agree', () => {
    for (const { candidates, ballots } of elections.filter((election) => election.candidates.length === 2)) {
      const { winner, isTied, condorcetWinner } = countBallots({ candidates, ballots, rule: 'plurality' })
      for (const rule of ['borda', 'runoff'] as const) expect(countBallots({ candidates, ballots, rule }).winner).toBe(winner)
      expect(condorcetWinner).toBe(isTied ? undefined : winner)
    }
  })

  test('who would beat each of the others is never last by Borda', () => {
    const counts = elections.map(({ candidates, ballots }) => countBallots({ candidates, ballots, rule: 'borda' })).filter(({ condorcetWinner }) => condorcetWinner !== undefined)
    expect(counts.length).toBeGreaterThan(100)
    expect(counts.filter(({ condorcetWinner, standings }) => standings.at(-1)?.candidate === condorcetWinner)).toEqual([])
  })

  test('the points of Borda add up: each ballot gives them all', () => {
    for (const { candidates, ballots } of elections) {
      const { standings, votes } = countBallots({ candidates, ballots, rule: 'borda' })
      expect(standings.reduce((total, { score }) => total + score, 0)).toBe((votes * candidates.length * (candidates.length - 1)) / 2)
    }
  })
})
