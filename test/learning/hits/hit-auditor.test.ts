import { expect, test } from '@jest/globals'
import { createHitAuditor } from '../../../src/learning/hits/hit-auditor.ts'
import { newRunId, newWorkflowId } from '../../../src/storage/ids.ts'
import type { PatternExample, PatternOutcome, PatternRecord, RunId, WorkflowRecord } from '../../../src/storage/records.ts'

const auditor = ({ share = 0.05, hits = 100, examples = [], outcomes = [] }: { share?: number; hits?: number; examples?: readonly Partial<PatternExample>[]; outcomes?: readonly Partial<PatternOutcome>[] } = {}) =>
  createHitAuditor({
    share,
    workflows: { find: async () => ({ patternId: 'P1' }) as WorkflowRecord },
    patterns: { find: async () => ({ examples, outcomes }) as unknown as PatternRecord },
    audits: { put: async () => {}, count: async () => ({ hits, audits: 0, looked: 0, wrong: 0 }) },
  })
const judge = (findings: { chosenId?: string; toolsUsed?: readonly string[] }, kind: Parameters<typeof auditor>[0] = {}) =>
  auditor(kind).judge(newWorkflowId(), { chosenId: undefined, automationsId: 'writer', toolsUsed: [], ...findings })

const follows = { workflowId: newWorkflowId(), version: 1 }
const dueOf = async (runIds: readonly RunId[], parts: Parameters<typeof auditor>[0] = {}): Promise<RunId[]> => {
  const due = await Promise.all(runIds.map((runId) => auditor(parts).isDue(runId, follows)))
  return runIds.filter((_, at) => due[at])
}

test('about one run in twenty is audited, the same ones each time it is asked', async () => {
  const runIds: RunId[] = Array.from({ length: 4_000 }, newRunId)
  const due = await dueOf(runIds)
  expect(due.length).toBeGreaterThan(130)
  expect(due.length).toBeLessThan(280)
  expect(await dueOf(runIds)).toEqual(due)
  expect(await dueOf(runIds, { share: 0 })).toEqual([])
  expect(await dueOf(runIds, { share: 1, hits: 1 })).toEqual(runIds)
})

test('the first nine hits of an automation cost no audit', async () => {
  const runIds: RunId[] = Array.from({ length: 400 }, newRunId)
  expect(await dueOf(runIds, { hits: 9 })).toEqual([])
  expect((await dueOf(runIds, { hits: 10 })).length).toBeGreaterThan(0)
})

test('the model that would have chosen somebody else finds a hit wrong, unless such runs were that one\'s before', async () => {
  expect(await judge({ chosenId: 'writer' })).toMatchObject({ isRight: true })
  expect(await judge({ chosenId: 'planner' })).toMatchObject({ isRight: false, reason: expect.stringContaining('planner') })
  expect(await judge({ chosenId: 'planner' }, { outcomes: [{ specialtyId: 'planner' }] })).toMatchObject({ isRight: true })
})

test('a run that used other tools than all earlier ones of its kind was wrong, whoever the model would have chosen', async () => {
  const examples = [{ trace: ['send_mail'] }, { trace: ['send_mail', 'calendar'] }, {}]
  expect(await judge({ chosenId: 'writer', toolsUsed: ['read_table'] }, { examples })).toMatchObject({ isRight: false, reason: expect.stringContaining('read_table') })
  expect(await judge({ chosenId: 'writer', toolsUsed: ['calendar'] }, { examples })).toMatchObject({ isRight: true })
  expect(await judge({ chosenId: 'writer', toolsUsed: [] }, { examples })).toMatchObject({ isRight: true })
  expect(await judge({ chosenId: 'writer', toolsUsed: ['read_table'] }, { examples: [{}] })).toMatchObject({ isRight: true })
})

test('where nobody knows there is no verdict', async () => {
  expect(await judge({})).toBeUndefined()
})
