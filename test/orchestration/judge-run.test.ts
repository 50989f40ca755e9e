import { expect, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import { AgentRegistry } from '../../src/orchestration/agent-registry.ts'
import { judgedEvery, judgeSampledRun } from '../../src/orchestration/judge-run.ts'
import { RunWork } from '../../src/orchestration/run-work.ts'
import type { RunRecord } from '../../src/storage/records.ts'
import { anAgent, aNewRun } from '../builders.ts'
import { MemorySteps } from '../fakes/memory-steps.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

const verdict: ScriptStep = { text: '{"quality":4,"difficulty":2,"reason":"Clear, but no dates."}' }

async function judge(runsEnded: number, steps: readonly ScriptStep[], { claim = true, memory = new MemorySteps() } = {}) {
  const registry = new AgentRegistry({ agents: { listGoal: async () => [] }, profiles: { read: async () => new Map() }, nowMs: () => 5, onError: () => {} })
  const record = anAgent({ runsEnded })
  const goal = await registry.open(record.workspaceId, record.goalId)
  const agent = registry.add(goal, record)
  const work = new RunWork()
  work.take({ agent, release: () => {} })
  const model = new ScriptedModel(steps)
  let claims = 0
  const { runId, request } = aNewRun()
  await judgeSampledRun(
    { agents: { claimJudgement: async () => (claims++, claim) }, registry },
    {
      run: { runId, request, workspaceId: record.workspaceId } as RunRecord,
      work,
      answer: 'On May 5.',
      journal: memory.open(),
      meter: { metered: () => model },
      judge: { model, profile: model.profile },
      signal: new AbortController().signal,
    },
  )
  return { work, model, claims, agent }
}

test('the fiftieth run is judged by one call, and no run before it', async () => {
  for (const runsEnded of [0, 1, 48]) expect(await judge(runsEnded, [])).toMatchObject({ claims: 0, model: { requests: [] } })
  const { work, model, claims, agent } = await judge(judgedEvery - 1, [verdict])
  expect(claims).toBe(1)
  expect(work.judgement).toEqual({ quality: 4, difficulty: 2, reason: 'Clear, but no dates.' })
  expect(agent.judgedAtRun).toBe(judgedEvery)
  expect(JSON.stringify(model.requests[0])).toContain('On May 5.')
  model.assertDone()
})

test('a turn that another process took costs no call', async () => {
  const { work, model } = await judge(120, [], { claim: false })
  expect([work.judgement, model.requests]).toEqual([undefined, []])
})

test.each([
  ['a model that is down', [{ error: new MurmurError('MUR_MODEL_DOWN') }]],
  ['a budget that is spent', [{ error: new MurmurError('MUR_BUDGET_SPENT') }]],
  ['words instead of numbers', [{ text: 'Great!' }, { text: 'Really great!' }]],
  ['numbers out of range', [{ text: '{"quality":9,"difficulty":0,"reason":""}' }, { text: '{"quality":6,"difficulty":1,"reason":""}' }]],
])('%s changes nothing', async (_, steps) => {
  const { work, model } = await judge(49, steps)
  expect(work.judgement).toBeUndefined()
  model.assertDone()
})
