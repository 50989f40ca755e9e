import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase, type Trx } from '../../src/storage/database.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { createHitAuditStore, type HitAuditStore } from '../../src/storage/hit-audit-store.ts'
import { newRunId, newWorkflowId } from '../../src/storage/ids.ts'
import type { FeedbackKind, RouteDecision, RunId, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId

/** What every store of audits does, whatever engine it stands on. */
export function testHitAuditStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the store of audits on ${name}`, () => {
    let database: Database
    let audits: HitAuditStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      audits = createHitAuditStore(database.db)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const within = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    const hit = async (workflowId: WorkflowId, { version = 1, layer = 'automation' as RouteDecision['layer'], nowMs = 1_000 } = {}): Promise<RunId> => {
      const runId = newRunId()
      const runs = createRunStore(database.db)
      await within(async (trx) => {
        await runs.insertOnce(trx, aNewRun({ runId, nowMs }), [])
        await runs.setRoute(trx, runId, { specialtyId: 'writer', layer, confidence: 1, reason: '', candidates: [] })
        await runs.setWorkflow(trx, runId, { workflowId, version })
      })
      return runId
    }
    const audit = (workflowId: WorkflowId, runId: RunId, isRight: boolean) => within((trx) => audits.put(trx, { runId, workspaceId, workflowId, version: 1, isRight, reason: 'because', atMs: 2_000 }))
    const say = (runId: RunId, kind: FeedbackKind, userId = 'U1') => within((trx) => createFeedbackStore(database.db).put(trx, workspaceId, { runId, userId, kind, text: '', createdAtMs: 3_000 }))

    test('counts the hits of one version, and of them those looked at and those wrong', async () => {
      const workflowId = newWorkflowId()
      const [right, wrong] = [await hit(workflowId), await hit(workflowId), await hit(workflowId)]
      await hit(workflowId, { version: 2 })
      await hit(workflowId, { layer: 'thread' })
      await hit(newWorkflowId())
      await audit(workflowId, right, true)
      await audit(workflowId, wrong, false)
      expect(await audits.count({ workflowId, version: 1 })).toEqual({ hits: 3, audits: 2, looked: 2, wrong: 1 })
      expect(await audits.count({ workflowId: newWorkflowId(), version: 1 })).toEqual({ hits: 0, audits: 0, looked: 0, wrong: 0 })
    })

    test('keeps the first audit of a run', async () => {
      const workflowId = newWorkflowId()
      const runId = await hit(workflowId)
      await audit(workflowId, runId, true)
      await audit(workflowId, runId, false)
      expect(await audits.find(runId)).toMatchObject({ workflowId, version: 1, isRight: true, reason: 'because' })
      expect(await audits.find(newRunId())).toBeUndefined()
    })

    test.each<readonly [string, readonly FeedbackKind[], boolean | undefined, number]>([
      ['a thumb down alone is wrong', ['down'], undefined, 1],
      ['a thumb up alone is right', ['up'], undefined, 0],
      ['a correction is wrong, whatever else was said', ['correction', 'up'], true, 1],
      ['an audit that found it right outweighs a thumb down', ['down'], true, 0],
      ['a thumb up outweighs an audit that found it wrong', ['up'], false, 0],
      ['a remark says nothing', ['improve'], undefined, 0],
    ])('%s', async (_, kinds, isRight, wrong) => {
      const workflowId = newWorkflowId()
      const runId = await hit(workflowId)
      if (isRight !== undefined) await audit(workflowId, runId, isRight)
      for (const kind of kinds) await say(runId, kind)
      const isSilent = kinds.every((kind) => kind === 'improve')
      expect(await audits.count({ workflowId, version: 1 })).toMatchObject({ hits: 1, looked: isSilent ? 0 : 1, wrong })
    })

    test('counts from a moment on', async () => {
      const workflowId = newWorkflowId()
      await audit(workflowId, await hit(workflowId, { nowMs: 1_000 }), false)
      await audit(workflowId, await hit(workflowId, { nowMs: 5_000 }), true)
      expect(await audits.count({ workflowId, version: 1, fromMs: 5_000 })).toEqual({ hits: 1, audits: 1, looked: 1, wrong: 0 })
    })
  })
}
