import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase, type Trx } from '../../src/storage/database.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { newRunId, newWorkflowId } from '../../src/storage/ids.ts'
import type { RunId, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore, type RunOutcome, type RunStore } from '../../src/storage/run-store.ts'
import { createTrialStore, type TrialStore } from '../../src/storage/trial-store.ts'
import { aNewRun } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId

/** What every store of trials does, whatever engine it stands on. */
export function testTrialStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the trial store on ${name}`, () => {
    let database: Database
    let trials: TrialStore
    let runs: RunStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      trials = createTrialStore(database.db)
      runs = createRunStore(database.db)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const within = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    const ended = async (workflowId: WorkflowId, version: number, over: Partial<RunOutcome> = {}, atMs = 1_000): Promise<RunId> => {
      const runId = newRunId()
      await within(async (trx) => {
        await runs.insertOnce(trx, aNewRun({ runId, nowMs: atMs }), [])
        await runs.setRoute(trx, runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
        if (version > 0) await runs.setWorkflow(trx, runId, { workflowId, version })
        else await runs.setPattern(trx, runId, `pattern-of-${workflowId}`)
        await runs.finish(trx, runId, { status: 'completed', answer: 'Done.', tier: 1, errorCode: undefined, ...over }, atMs)
      })
      return runId
    }
    const good = async (workflowId: WorkflowId, version: number, over = {}) =>
      (await trials.outcomes({ workflowId, patternId: `pattern-of-${workflowId}`, version, limit: 10, ...over })).map(({ isGood }) => isGood)

    test('reads outcomes from the runs, oldest first, and a later thumb down counts', async () => {
      const workflowId = newWorkflowId()
      const first = await ended(workflowId, 2)
      await ended(workflowId, 2, { tier: 3, errorCode: 'MUR_MODEL_DOWN' })
      await ended(workflowId, 2, { status: 'failed', tier: undefined, errorCode: 'MUR_MODEL_DOWN' })
      await ended(workflowId, 3)
      expect(await good(workflowId, 2)).toEqual([true, false, false])
      await within((trx) => createFeedbackStore(database.db).put(trx, workspaceId, { runId: first, userId: 'U1', kind: 'down', text: '', createdAtMs: 2 }))
      expect(await good(workflowId, 2)).toEqual([false, false, false])
      await within((trx) => createFeedbackStore(database.db).put(trx, workspaceId, { runId: first, userId: 'U1', kind: 'up', text: '', createdAtMs: 3 }))
      expect(await good(workflowId, 2)).toEqual([true, false, false])
    })

    test('leaves out what says nothing about a recipe', async () => {
      const workflowId = newWorkflowId()
      await ended(workflowId, 1, { status: 'cancelled', tier: undefined, errorCode: 'MUR_RUN_CANCELLED' })
      await ended(workflowId, 1, { status: 'failed', tier: undefined, errorCode: 'MUR_BUDGET_SPENT' })
      expect(await good(workflowId, 1)).toEqual([])
    })

    test('knows the requests that were handled without a recipe, and what came before a moment', async () => {
      const workflowId = newWorkflowId()
      await ended(workflowId, 0, {}, 1_000)
      await ended(workflowId, 0, { tier: 4 }, 2_000)
      expect(await good(workflowId, 0)).toEqual([true, false])
      expect(await good(workflowId, 0, { beforeMs: 2_000 })).toEqual([true])
      expect(await good(workflowId, 0, { fromMs: 2_000 })).toEqual([false])
      expect(await good(workflowId, 0, { limit: 1 })).toEqual([false])
    })

    test('begins a trial, ends it once, and goes on with one that was cut off only', async () => {
      const workflowId = newWorkflowId()
      const ref = { workflowId, version: 2 }
      const figures = { candidate: { good: 1, bad: 9 }, control: { good: 9, bad: 1 } }
      await within((trx) => trials.start(trx, ref, 1, 5))
      expect(await trials.find(ref)).toEqual({ ...ref, againstVersion: 1, state: 'running', figures: undefined, startedAtMs: 5, endedAtMs: undefined })
      expect(await within((trx) => trials.end(trx, ref, 'replaced', undefined, 6))).toBe(true)
      await within((trx) => trials.resume(trx, ref))
      expect(await within((trx) => trials.end(trx, ref, 'rolled_back', figures, 7))).toBe(true)
      expect(await within((trx) => trials.end(trx, ref, 'kept', undefined, 8))).toBe(false)
      await within((trx) => trials.resume(trx, ref))
      expect(await trials.list(workflowId)).toEqual([{ ...ref, againstVersion: 1, state: 'rolled_back', figures, startedAtMs: 5, endedAtMs: 7 }])
    })
  })
}
