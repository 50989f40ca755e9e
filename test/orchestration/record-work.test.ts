import { expect, test } from '@jest/globals'
import type { KnownAgent } from '../../src/orchestration/agent-registry.ts'
import { observationsOf } from '../../src/orchestration/record-work.ts'
import { RunWork } from '../../src/orchestration/run-work.ts'
import type { RunOutcome } from '../../src/storage/run-store.ts'
import { anAgent } from '../builders.ts'

const known = (specialtyId = 'planner'): KnownAgent => {
  const { config: _, status: _status, ...agent } = anAgent({ specialtyId })
  return { ...agent, hasMail: false, isRetired: false, load: 1, lastTurn: 1, profile: {} }
}
const done: RunOutcome = { status: 'completed', answer: 'x', tier: 1, errorCode: undefined }

function observe(outcome: Partial<RunOutcome>, prepare: (work: RunWork) => void = () => {}) {
  const work = new RunWork()
  const agent = known()
  work.take({ agent, release: () => {} })
  prepare(work)
  const seen = observationsOf({ work, outcome: { ...done, ...outcome }, atMs: 1 })
  return seen.filter(({ subject }) => subject === `agent:${agent.agentId}`).map(({ metric, value }) => `${metric} ${value}`)
}

test('a full answer counts as a success with its time and cost, for the agent and its specialty', () => {
  expect(observe({}, (work) => work.noteAnswered({ latencyMs: 1_200, costMicroUsd: 30 }))).toEqual(['success 1', 'cost 30', 'latency 1200'])
  const work = new RunWork()
  work.take({ agent: known(), release: () => {} })
  expect(observationsOf({ work, outcome: done, atMs: 1 }).map(({ subject }) => subject.split(':')[0])).toEqual(['agent', 'specialty'])
})

test('a time that contains a restart is not counted', () => {
  expect(observe({}, (work) => work.noteAnswered({ latencyMs: undefined, costMicroUsd: 30 }))).toEqual(['success 1', 'cost 30'])
})

test('an answer of a lower tier and a failure of its own count against an agent, what others did does not', () => {
  expect(observe({ tier: 3 })).toEqual(['success 0'])
  expect(observe({ status: 'failed', tier: undefined, errorCode: 'MUR_RUN_TIMED_OUT' })).toEqual(['success 0'])
  for (const errorCode of ['MUR_SLACK_REJECTED', 'MUR_STORE_DOWN', 'MUR_BUDGET_SPENT']) expect(observe({ status: 'failed', tier: undefined, errorCode })).toEqual([])
  expect(observe({ status: 'cancelled', tier: undefined, errorCode: 'MUR_RUN_CANCELLED' })).toEqual([])
})

test('a judgement is kept, and who helped has a record too', () => {
  expect(observe({}, (work) => work.noteJudged({ quality: 4, difficulty: 2, reason: 'r' }))).toEqual(['success 1', 'quality 4', 'difficulty 2'])
  const work = new RunWork()
  const helper = known('writer')
  work.take({ agent: known(), release: () => {} })
  work.noteAssist({ agent: helper, isSuccess: true, latencyMs: 7 })
  work.noteAssist({ agent: helper, isSuccess: false, latencyMs: 7 })
  const own = observationsOf({ work, outcome: done, atMs: 1 }).filter(({ subject }) => subject === `agent:${helper.agentId}`)
  expect(own.map(({ metric, value }) => `${metric} ${value}`)).toEqual(['success 1', 'latency 7', 'success 0'])
})

test('a run that no agent did says nothing', () => {
  expect(observationsOf({ work: new RunWork(), outcome: done, atMs: 1 })).toEqual([])
})
