import { describe, expect, test } from '@jest/globals'
import { addObservation, fitOf } from '../../src/agents/performance-profile.ts'
import { chooseAgent, scoreAgent, type Choosable } from '../../src/orchestration/choose-agent.ts'
import { profileHalfLifeMs } from '../../src/storage/profile-store.ts'
import { agentMetrics, type AgentMetric, type Profile } from '../../src/storage/records.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

const nowMs = 1_763_700_000_000
const rules = { maxLoad: 8, mayWake: true, specialty: {}, nowMs }
const isMoreBetter: Readonly<Record<AgentMetric, boolean>> = { success: true, quality: true, satisfaction: true, difficulty: false, latency: false, cost: false }

/** A profile in which each figure was seen `times` times. */
function seen(values: Partial<Record<AgentMetric, number>>, times = 30): Profile {
  return Object.fromEntries(
    Object.entries(values).map(([metric, value]) => {
      let figure
      for (let time = 0; time < times; time++) figure = addObservation(figure, value, nowMs)
      return [metric, figure]
    }),
  )
}
const anAgent = (over: Partial<Choosable> & { readonly name?: string } = {}) => ({ name: 'a', load: 0, lastTurn: 0, profile: {}, ...over })

test('takes the one with the least to do', () => {
  const agents = [anAgent({ name: 'busy', load: 3 }), anAgent({ name: 'free', load: 1 }), anAgent({ name: 'busier', load: 4 })]
  expect(chooseAgent(agents, rules)?.name).toBe('free')
})

test('takes the one with the best record when they have the same to do', () => {
  const agents = [anAgent({ name: 'weak', profile: seen({ success: 0.4 }) }), anAgent({ name: 'strong', profile: seen({ success: 1, satisfaction: 1 }) }), anAgent({ name: 'new' })]
  expect(chooseAgent(agents, rules)?.name).toBe('strong')
})

test('takes a good agent with something to do before a bad one that is idle', () => {
  const agents = [anAgent({ name: 'bad', profile: seen({ success: 0, satisfaction: 0, quality: 1 }) }), anAgent({ name: 'good', load: 2, profile: seen({ success: 1 }) })]
  expect(chooseAgent(agents, rules)?.name).toBe('good')
})

test('passes work round among equals', () => {
  const agents = ['a', 'b', 'c'].map((name) => ({ ...anAgent({ name }), lastTurn: 0, turns: 0 }))
  for (let turn = 1; turn <= 30; turn++) {
    const chosen = chooseAgent(agents, rules)
    if (chosen) Object.assign(chosen, { lastTurn: turn, turns: chosen.turns + 1 })
  }
  expect(agents.map(({ turns }) => turns)).toEqual([10, 10, 10])
})

test('gives nobody more than it may have, and wakes nobody who must sleep', () => {
  expect(chooseAgent([anAgent({ load: 8 })], rules)).toBeUndefined()
  expect(chooseAgent([anAgent()], { ...rules, mayWake: false })).toBeUndefined()
  expect(chooseAgent([anAgent(), anAgent({ name: 'awake', load: 7 })], { ...rules, mayWake: false })?.name).toBe('awake')
})

test('believes a record by what it weighs, and forgets it with time', () => {
  const [little, much] = [seen({ success: 0 }, 1), seen({ success: 0 }, 40)]
  expect(fitOf(little, {}, nowMs)).toBeGreaterThan(fitOf(much, {}, nowMs))
  expect(fitOf(much, {}, nowMs + 20 * profileHalfLifeMs)).toBeCloseTo(fitOf({}, {}, nowMs), 3)
})

test('judges a new agent by its specialty', () => {
  expect(fitOf({}, seen({ success: 0.2 }), nowMs)).toBeLessThan(fitOf({}, seen({ success: 1 }), nowMs))
})

describe('whatever the agents', () => {
  const random = seededRandom(7)
  const figures = (): Partial<Record<AgentMetric, number>> =>
    Object.fromEntries(agentMetrics.map((metric) => [metric, metric === 'quality' || metric === 'difficulty' ? 1 + 4 * random() : metric === 'latency' || metric === 'cost' ? 10_000 * random() : random()]))
  const crowd = () => Array.from({ length: 2 + pickNumber(random, 6) }, (_, index) => anAgent({ name: String(index), load: pickNumber(random, 8), lastTurn: index, profile: seen(figures(), 1 + pickNumber(random, 40)) }))

  test('more load means less choice', () => {
    for (let round = 0; round < 500; round++) {
      const agents = crowd()
      const chosen = chooseAgent(agents, rules)
      const loaded = agents.map((agent) => (agent === chosen ? agent : { ...agent, load: agent.load + 1 + pickNumber(random, 3) }))
      // Whoever else gets more to do, the choice stays; the chosen one with more to do never gains by it.
      expect(chooseAgent(loaded, rules)?.name).toBe(chosen?.name)
      const agent = agents[0] ?? anAgent()
      expect(scoreAgent({ ...agent, load: agent.load + 1 }, rules)).toBeLessThanOrEqual(scoreAgent(agent, rules))
    }
  })

  test('a better record means more choice', () => {
    for (let round = 0; round < 500; round++) {
      const agents = crowd()
      const chosen = chooseAgent(agents, rules)
      const metric = agentMetrics[pickNumber(random, agentMetrics.length)] ?? 'success'
      const figure = chosen?.profile[metric]
      if (!chosen || !figure) throw new Error('every agent of the crowd has every figure')
      const best = isMoreBetter[metric] ? (metric === 'quality' ? 5 : 1) : metric === 'difficulty' ? 1 : 0
      const better = { ...figure, mean: figure.mean + (best - figure.mean) * random() }
      const improved = agents.map((agent) => (agent === chosen ? { ...agent, profile: { ...agent.profile, [metric]: better } } : agent))
      expect(chooseAgent(improved, rules)?.name).toBe(chosen.name)
      expect(fitOf({ ...chosen.profile, [metric]: better }, {}, nowMs)).toBeGreaterThanOrEqual(fitOf(chosen.profile, {}, nowMs) - 1e-12)
    }
  })
})
