import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBudgetLedger } from '../../src/storage/budget-ledger.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import type { AgentId, FeedbackKind, RouteDecision, RunId, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { eachRunFact, listRunFacts, runFacts, workspacesSince } from '../../src/storage/run-facts.ts'
import { createRunStore, type RunOutcome } from '../../src/storage/run-store.ts'
import { aNewRun, aRequest } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId
const route: RouteDecision = { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [], swarm: { topology: 'debate', members: [] } }

/** What is known of runs, as one table. */
export function testRunFacts({ name, create, destroy }: StoreUnderTest): void {
  describe(`run facts on ${name}`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const inTrx = <T>(work: Parameters<ReturnType<Database['db']['transaction']>['execute']>[0] extends (trx: infer Trx) => Promise<unknown> ? (trx: Trx) => Promise<T> : never) =>
      database.db.transaction().execute(work)

    async function anEndedRun(outcome: Partial<RunOutcome> = {}, channelId = 'C1', workspace = workspaceId): Promise<RunId> {
      const runs = createRunStore(database.db)
      const run = aNewRun({ request: aRequest({ channelId, workspaceId: workspace }), nowMs: 1_000 })
      await inTrx(async (trx) => {
        await runs.insertOnce(trx, run, [])
        await runs.begin(trx, run.runId, 1_200)
        await runs.setRoute(trx, run.runId, route, 'A1' as AgentId)
        await runs.setWorkflow(trx, run.runId, { workflowId: 'W1' as WorkflowId, version: 3 })
        await runs.finish(trx, run.runId, { status: 'completed', answer: 'Done.', tier: 1, errorCode: undefined, goalId: 'launch', modelId: 'small', quality: 4, answerMs: 700, ...outcome }, 3_000)
      })
      return run.runId
    }
    const say = (runId: RunId, userId: string, kind: FeedbackKind) => inTrx((trx) => createFeedbackStore(database.db).put(trx, workspaceId, { runId, userId, kind, text: '', createdAtMs: 1 }))

    test('everything that is known of an ended run stands in one row', async () => {
      const runId = await anEndedRun()
      await say(runId, 'U1', 'up')
      await say(runId, 'U2', 'down')
      await say(runId, 'U2', 'correction')
      const call = { workspaceId, goalId: 'launch', userId: 'U1', runId, modelId: 'small', outcome: 'ok', reservedMicroUsd: 9, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, latencyMs: 2, atMs: 3 }
      await createBudgetLedger(database.db).append(database.db, { ...call, stepKey: 'a', amountMicroUsd: 5, savedMicroUsd: 2 })
      await createBudgetLedger(database.db).append(database.db, { ...call, stepKey: 'b', amountMicroUsd: 5, savedMicroUsd: 3 })
      expect(await listRunFacts(database.db, { workspaceId, fromMs: 0, goalId: 'launch', workflowId: 'W1' as WorkflowId })).toEqual([
        {
          runId, workspaceId, goalId: 'launch', channelId: 'C1', userId: 'U1', parentRunId: undefined, specialtyId: 'writer', layer: 'model', topology: 'debate', agentId: 'A1', modelId: 'small',
          workflowId: 'W1', version: 3, patternId: undefined, outcome: 'completed', tier: 1, errorCode: undefined, failureClass: undefined, quality: 4, ups: 1, downs: 1, corrections: 1, satisfaction: 0.5,
          costMicroUsd: 0, savedMicroUsd: 5, calls: 2, waitMs: 200, answerMs: 700, durationMs: 2_000, createdAtMs: 1_000, finishedAtMs: 3_000,
        },
      ])
    })

    test('runs that have not ended, or are another workspace\'s or another time\'s, are not among them', async () => {
      const runs = createRunStore(database.db)
      await inTrx((trx) => runs.insertOnce(trx, aNewRun({ request: aRequest({ channelId: 'C-open' }) }), []))
      await anEndedRun({ goalId: undefined, failureClass: 'model_down', status: 'failed' }, 'C-mine')
      await anEndedRun({}, 'C-foreign', 'T2' as WorkspaceId)
      const mine = await listRunFacts(database.db, { workspaceId, fromMs: 0, goalId: 'C-mine' })
      expect(mine).toMatchObject([{ goalId: 'C-mine', failureClass: 'model_down', outcome: 'failed', satisfaction: undefined }])
      expect((await listRunFacts(database.db, { workspaceId, fromMs: 0 })).map(({ channelId }) => channelId)).not.toContain('C-open')
      expect((await listRunFacts(database.db, { workspaceId, fromMs: 0 })).map(({ channelId }) => channelId)).not.toContain('C-foreign')
      expect(await listRunFacts(database.db, { workspaceId, fromMs: 3_001 })).toEqual([])
      expect(await listRunFacts(database.db, { workspaceId, fromMs: 0, toMs: 3_000 })).toEqual([])
    })

    test('all are read piece by piece, those that ended in the same millisecond included', async () => {
      const here = 'T-each' as WorkspaceId
      const made: RunId[] = []
      for (let nth = 0; nth < 7; nth++) made.push(await anEndedRun({}, 'C1', here))
      for (const pageSize of [1, 2, 3, 7, 100]) {
        const read: RunId[] = []
        for await (const { runId } of eachRunFact(database.db, { workspaceId: here, fromMs: 0 }, pageSize)) read.push(runId)
        expect(read).toEqual(made.toReversed())
      }
      expect(await workspacesSince(database.db, 0)).toContain(here)
      expect(await workspacesSince(database.db, 3_001)).toEqual([])
    })

    test('they can be grouped like a table', async () => {
      const rows = await database.db.selectFrom(runFacts(database.db).as('fact')).select(({ fn }) => ['fact.layer', fn.countAll<number>().as('runs')]).where('workspace_id', '=', 'T2').groupBy('layer').execute()
      expect(rows.map(({ layer, runs }) => ({ layer, runs: Number(runs) }))).toEqual([{ layer: 'model', runs: 1 }])
    })
  })
}
