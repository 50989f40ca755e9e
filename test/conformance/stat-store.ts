import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createAgentStore } from '../../src/storage/agent-store.ts'
import { createBudgetLedger } from '../../src/storage/budget-ledger.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { createEndedRuns } from '../../src/storage/ended-runs.ts'
import { newEntryId, newRunId, newTaskId, newWorkflowId } from '../../src/storage/ids.ts'
import type { RouteDecision, RunId, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createStatStore, type Bump, type CountedEvent, type StatStore } from '../../src/storage/stat-store.ts'
import { createStudyStore } from '../../src/storage/study-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { aNewRun, anAgent, aRequest } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const inWorkspace = (id: string): WorkspaceId => id as WorkspaceId

/** What every store of counts does, whatever engine it stands on. */
export function testStatStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the statistics on ${name}`, () => {
    let database: Database
    let store: StatStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      store = createStatStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    let seq = 0
    const workspaceId = inWorkspace('T1')
    const aBump = (over: Partial<Bump> = {}): Bump => ({ workspaceId, day: '2026-11-28', measure: 'ended', subject: 'completed', count: 1, total: 0, ...over })
    const anEvent = (days: readonly Bump[], over: Partial<CountedEvent> = {}): CountedEvent => ({ seq: ++seq, days, hours: [], ...over })

    test('adds up what several events say of one thing, and keeps days, measures and subjects apart', async () => {
      await store.count([anEvent([aBump(), aBump({ total: 5 })]), anEvent([aBump({ subject: 'failed' })]), anEvent([aBump({ day: '2026-11-27' })])])
      await store.count([anEvent([aBump({ total: 7 }), aBump({ measure: 'up', subject: "it's <writer>\u2028", count: -1 })])])
      expect(await store.daysSince(workspaceId, '2026-11-27')).toEqual(
        expect.arrayContaining([
          { day: '2026-11-27', measure: 'ended', subject: 'completed', count: 1, total: 0 },
          { day: '2026-11-28', measure: 'ended', subject: 'completed', count: 3, total: 12 },
          { day: '2026-11-28', measure: 'ended', subject: 'failed', count: 1, total: 0 },
          { day: '2026-11-28', measure: 'up', subject: "it's <writer>\u2028", count: -1, total: 0 },
        ]),
      )
      expect((await store.daysSince(workspaceId, '2026-11-28')).map(({ day }) => day)).not.toContain('2026-11-27')
      expect(await store.daysSince(inWorkspace('T2'), '2026-01-01')).toEqual([])
    })

    test('counts an event once, however often it comes, two at once included', async () => {
      const other = inWorkspace('T-once')
      const events = [anEvent([aBump({ workspaceId: other })]), anEvent([aBump({ workspaceId: other })], { hours: [{ workspaceId: other, hourMs: 3_600_000, runs: 1, costMicroUsd: 40 }] })]
      await Promise.all([store.count(events), store.count(events), store.count(events)])
      await store.count([...events, anEvent([], { hours: [{ workspaceId: other, hourMs: 3_600_000, runs: 2, costMicroUsd: 2 }, { workspaceId: other, hourMs: 7_200_000, runs: 1, costMicroUsd: 0 }] })])
      expect(await store.daysSince(other, '2026-11-28')).toEqual([expect.objectContaining({ count: 2 })])
      expect(await store.hoursSince(other, 0)).toEqual([{ hourMs: 3_600_000, runs: 3, costMicroUsd: 42 }, { hourMs: 7_200_000, runs: 1, costMicroUsd: 0 }])
      expect(await store.hoursSince(other, 7_200_000)).toHaveLength(1)
    })

    test('counts what studies cost in the hour of their calls, and no runs for them', async () => {
      const here = inWorkspace('T-studies')
      const [study, elsewhere] = [newRunId(), newRunId()]
      const begin = (id: WorkspaceId, runId: RunId) => database.db.transaction().execute((trx) => createStudyStore(database.db).begin(trx, { runId, workspaceId: id, workflowId: newWorkflowId(), kind: 'reflect', aboutRunId: newRunId(), createdAtMs: 3_600_000 }))
      const pay = (id: WorkspaceId, runId: RunId, amountMicroUsd: number | undefined, atMs: number) =>
        createBudgetLedger(database.db).append(database.db, { workspaceId: id, goalId: 'C1', userId: 'murmur', runId, stepKey: newEntryId(), modelId: 'm', outcome: 'ok', amountMicroUsd, reservedMicroUsd: 0, savedMicroUsd: 0, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, latencyMs: 1, atMs })
      await begin(here, study)
      await begin(inWorkspace('T-other'), elsewhere)
      await store.count([anEvent([], { hours: [{ workspaceId: here, hourMs: 7_200_000, runs: 2, costMicroUsd: 100 }] })])
      for (const [amount, atMs] of [[30, 3_600_001], [5, 7_200_000], [7, 10_799_999], [undefined, 10_799_999]] as const) await pay(here, study, amount, atMs)
      await pay(inWorkspace('T-other'), elsewhere, 1_000, 7_200_000)
      await pay(here, newRunId(), 1_000, 7_200_000)
      expect(await store.hoursSince(here, 0)).toEqual([{ hourMs: 3_600_000, runs: 0, costMicroUsd: 30 }, { hourMs: 7_200_000, runs: 2, costMicroUsd: 112 }])
      expect(await store.hoursSince(here, 7_200_000)).toEqual([{ hourMs: 7_200_000, runs: 2, costMicroUsd: 112 }])
    })

    test('an empty workspace has nothing, not even agents', async () => {
      expect(await store.now(inWorkspace('T-empty'), 0)).toEqual({ agents: 0, usedAgents: 0, runsAtWork: 0 })
    })

    test('knows how many agents there are, how many were used of late, and what is at work', async () => {
      const here = inWorkspace('T-now')
      const agents = createAgentStore(database)
      await database.db.transaction().execute(async (trx) => {
        for (const over of [{ lastUsedAtMs: 5_000 }, { lastUsedAtMs: 100 }, { lastUsedAtMs: 9_000, status: 'retired' as const }]) await agents.insert(trx, anAgent({ workspaceId: here, ...over }))
        await createRunStore(database.db).insertOnce(trx, aNewRun({ request: aRequest({ workspaceId: here }) }), [])
      })
      expect(await store.now(here, 1_000)).toEqual({ agents: 2, usedAgents: 1, runsAtWork: 0 })
      await createTaskStore(database).claim({ owner: 'here', limit: 1, nowMs: 2_000, leaseMs: 60_000 })
      expect(await store.now(here, 1_000)).toMatchObject({ runsAtWork: 1 })
    })

    describe('ended runs', () => {
      const runs = () => createRunStore(database.db)
      const endedRun = async (runId: RunId) => (await createEndedRuns(database.db).findAll([runId])).get(runId)
      const begin = (runId: RunId, atMs: number) => database.db.transaction().execute((trx) => runs().begin(trx, runId, atMs))
      const route = (over: Partial<RouteDecision> = {}): RouteDecision => ({ specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [], ...over })
      const pay = (runId: RunId, amount: number | null) =>
        database.db.insertInto('ledger').values({ entry_id: newEntryId(), workspace_id: 'T1', goal_id: 'C1', user_id: 'U1', run_id: runId, step_key: newEntryId(), model_id: 'm', outcome: 'finished', amount_micro_usd: amount, input_tokens: 1, cached_input_tokens: 0, output_tokens: 1, latency_ms: 300, at_ms: 1, reserved_micro_usd: null, saved_micro_usd: null }).execute()

      async function ended(costs: readonly (number | null)[], { patternId, workflowId, layer = 'model' }: { patternId?: string; workflowId?: WorkflowId; layer?: RouteDecision['layer'] } = {}): Promise<RunId> {
        const runId = newRunId()
        for (const cost of costs) await pay(runId, cost)
        await database.db.transaction().execute(async (trx) => {
          await runs().insertOnce(trx, aNewRun({ runId, taskId: newTaskId(), nowMs: 1_000 }), [])
          await runs().setRoute(trx, runId, route({ layer }))
          if (patternId !== undefined) await runs().setPattern(trx, runId, patternId)
          if (workflowId !== undefined) await runs().setWorkflow(trx, runId, { workflowId, version: 1 })
        })
        await begin(runId, 1_400)
        await database.db.transaction().execute((trx) => runs().finish(trx, runId, { status: 'completed', answer: 'a', tier: 1, errorCode: undefined }, 3_000))
        return runId
      }

      test('a run is described with its cost and where its time went, waiting for a person told apart', async () => {
        const runId = newRunId()
        await database.db.transaction().execute(async (trx) => {
          await runs().insertOnce(trx, aNewRun({ runId, nowMs: 1_000 }), [])
          await runs().setRoute(trx, runId, route())
        })
        await begin(runId, 1_500)
        await pay(runId, 70)
        await database.db.transaction().execute((trx) => runs().suspend(trx, runId, { kind: 'cap', scope: 'workspace', day: 'd', limitMicroUsd: 1, neededMicroUsd: 2, leastMicroUsd: 2 }, 2_000))
        expect(await endedRun(runId)).toBeUndefined()
        await database.db.transaction().execute((trx) => runs().resume(trx, runId, 8_000))
        await runs().goOn(runId, 9_000)
        await database.db.transaction().execute((trx) => runs().finish(trx, runId, { status: 'completed', answer: 'a', tier: 1, errorCode: undefined }, 10_000))
        expect(await endedRun(runId)).toEqual({ workspaceId: 'T1', status: 'completed', isPart: false, isSwarm: false, specialtyId: 'writer', layer: 'model', answerOf: undefined, tier: 1, workflowId: undefined, costMicroUsd: 70, modelMs: 300, createdAtMs: 1_000, startedAtMs: 1_500, finishedAtMs: 10_000, waitedMs: 7_000 })
      })

      test('one call without a price leaves the price of the run unknown', async () => {
        expect(await endedRun(await ended([10, null]))).toMatchObject({ costMicroUsd: undefined, modelMs: 600 })
        expect(await endedRun(newRunId())).toBeUndefined()
      })

      test('a run that gave an answer again names whose it was, and that one knows what it cost', async () => {
        const [answered, again] = [await ended([30, 40]), newRunId()]
        await database.db.transaction().execute(async (trx) => {
          await runs().insertOnce(trx, aNewRun({ runId: again, taskId: newTaskId(), nowMs: 1_000 }), [])
          await runs().setRoute(trx, again, route({ layer: 'cache', answerOf: answered }))
          await runs().finish(trx, again, { status: 'completed', answer: 'a', tier: 1, errorCode: undefined }, 3_000)
        })
        const stored = createEndedRuns(database.db)
        expect(await endedRun(again)).toMatchObject({ layer: 'cache', answerOf: answered, costMicroUsd: 0 })
        expect(await stored.costOfAnswer(answered)).toEqual({ runs: 1, meanMicroUsd: 70 })
        expect(await stored.costOfAnswer(await ended([30, null]))).toBeUndefined()
        expect(await stored.costOfAnswer(again)).toBeUndefined()
      })

      test('what a pattern cost before its workflow is the mean of priced runs that followed none', async () => {
        const [patternId, workflowId] = [newEntryId(), newWorkflowId()]
        await database.db.insertInto('workflows').values({ workflow_id: workflowId, workspace_id: 'T1', goal_id: 'C1', name: 'w', pattern_id: patternId, state: 'active', current_version: 1, canary_version: null, canary_share: null, created_at_ms: 1, updated_at_ms: 1 }).execute()
        const stored = createEndedRuns(database.db)
        expect(await stored.costBefore(workflowId)).toBeUndefined()
        for (const cost of [100, 200, 300]) await ended([cost], { patternId })
        await ended([9_999, null], { patternId })
        await ended([5], { patternId, workflowId, layer: 'automation' })
        await ended([7_777])
        expect(await stored.costBefore(workflowId)).toEqual({ runs: 3, meanMicroUsd: 200 })
      })
    })
  })
}
