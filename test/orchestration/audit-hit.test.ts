import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { MurmurError } from '../../src/errors.ts'
import { createHitAuditor } from '../../src/learning/hits/hit-auditor.ts'
import { emptyRecipe } from '../../src/learning/workflows/recipe.ts'
import { auditSampledHit } from '../../src/orchestration/audit-hit.ts'
import type { RunMeter } from '../../src/orchestration/paid-calls/metered-model.ts'
import { RunWork, type FollowedRecipe } from '../../src/orchestration/run-work.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createHitAuditStore } from '../../src/storage/hit-audit-store.ts'
import { newRunId, newWorkflowId } from '../../src/storage/ids.ts'
import type { RunId, RunRecord } from '../../src/storage/records.ts'
import { openJournal } from '../../src/storage/step-journal.ts'
import { aRequest } from '../builders.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

let dataDir: string
let database: Database
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-audit-'))
  database = await openDatabase({ dataDir })
})
afterAll(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const chooses = (specialty: string): ScriptStep => ({ text: JSON.stringify({ specialty, confidence: 0.9, reason: 'It is so.' }) })

interface Setting {
  readonly steps?: readonly ScriptStep[]
  readonly share?: number
  readonly follows?: Partial<FollowedRecipe>
  readonly runId?: RunId
}

async function audit({ steps = [], share = 1, follows = {}, runId = newRunId() }: Setting) {
  const audits = createHitAuditStore(database.db)
  const model = new ScriptedModel(steps)
  const auditor = createHitAuditor({ share, workflows: { find: async () => undefined }, patterns: { find: async () => undefined }, audits: { ...audits, count: async () => ({ hits: 100, audits: 0, looked: 0, wrong: 0 }) } })
  const request = aRequest()
  const work = new RunWork()
  work.follow({ workflowId: newWorkflowId(), version: 1, name: 'x', recipe: { ...emptyRecipe, specialtyId: 'writer' }, isCanary: false, isHit: true, ...follows })
  const journal = await openJournal(database, { runId, workspaceId: request.workspaceId, channelId: request.channelId }, false, () => 1)
  const scopes: string[] = []
  const metered = (scope: string) => (scopes.push(scope), model)
  await auditSampledHit(
    { auditor, router: { model, profile: model.profile }, catalogue: createSpecialtyCatalogue(), nowMs: () => 5 },
    { run: { runId, workspaceId: request.workspaceId, request } as RunRecord, journal, meter: { metered } as unknown as RunMeter, work, signal: new AbortController().signal },
    [],
  )
  return { kept: await audits.find(runId), runId, model, scopes }
}

test('a hit that is due is routed by the model as well, metered, and its verdict is kept', async () => {
  const right = await audit({ steps: [chooses('writer')] })
  expect(right).toMatchObject({ kept: { isRight: true, version: 1, atMs: 5 }, scopes: ['audit'] })
  expect((await audit({ steps: [chooses('planner')] })).kept).toMatchObject({ isRight: false })
})

test('after a restart it is neither asked nor kept a second time', async () => {
  const { runId, kept } = await audit({ steps: [chooses('planner')] })
  const again = await audit({ runId })
  expect(again.model.requests).toEqual([])
  expect(again.kept).toEqual(kept)
})

test.each<readonly [string, Setting]>([
  ['a run that is not due', { share: 0 }],
  ['a recipe that people made', { follows: { isHit: false } }],
  ['a recipe that does not say who', { follows: { recipe: emptyRecipe } }],
])('%s costs no call', async (_, setting) => {
  const { kept, model } = await audit(setting)
  expect([kept, model.requests]).toEqual([undefined, []])
})

test.each<readonly [string, readonly ScriptStep[]]>([
  ['a model that is down', [{ error: new MurmurError('MUR_MODEL_DOWN') }]],
  ['a budget that is spent', [{ error: new MurmurError('MUR_BUDGET_SPENT') }]],
  ['a run that is stopped', [{ error: new MurmurError('MUR_RUN_CANCELLED') }]],
  ['a model that does not know', [{ text: '{"specialty":"planner","confidence":0.1,"reason":""}' }]],
])('%s gives no verdict and disturbs nobody', async (_, steps) => {
  expect((await audit({ steps })).kept).toBeUndefined()
})
