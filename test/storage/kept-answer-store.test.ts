import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database, type Trx } from '../../src/storage/database.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { newRunId } from '../../src/storage/ids.ts'
import { createKeptAnswerStore, type KeptAnswerStore } from '../../src/storage/kept-answer-store.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { writeStep } from '../../src/storage/step-journal.ts'
import { storeEngines } from '../conformance/engines.ts'

const workspaceId = 'T1' as WorkspaceId

for (const { name, create, destroy } of storeEngines()) {
  describe(`kept answers on ${name}`, () => {
    let database: Database
    let answers: KeptAnswerStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      answers = createKeptAnswerStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })
    const inTrx = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    const keep = async (questionKey: string, over: { goalId?: string; expiresAtMs?: number; workspaceId?: WorkspaceId } = {}) => {
      const runId = newRunId()
      await inTrx((trx) => answers.put(trx, { workspaceId, questionKey, goalId: 'C1', runId, expiresAtMs: 100, ...over }))
      return runId
    }

    test('a question has one answer, the one that was kept last, until it has expired', async () => {
      await keep('q')
      const runId = await keep('q')
      await keep('q', { workspaceId: 'T2' as WorkspaceId })
      expect(await answers.find(workspaceId, 'q', 99)).toBe(runId)
      expect(await answers.find(workspaceId, 'q', 100)).toBeUndefined()
      await answers.dropExpired(100)
      expect(await database.db.selectFrom('kept_answers').selectAll().execute()).toEqual([])
    })

    test('of a goal one run\'s or all are forgotten, and nobody else\'s', async () => {
      const one = await keep('a')
      await keep('b')
      const other = await keep('c', { goalId: 'C2' })
      await answers.forget(workspaceId, 'C1', one)
      expect([await answers.find(workspaceId, 'a', 0), await answers.find(workspaceId, 'b', 0)]).toEqual([undefined, expect.any(String)])
      await answers.forget(workspaceId, 'C1')
      expect([await answers.find(workspaceId, 'b', 0), await answers.find(workspaceId, 'c', 0)]).toEqual([undefined, other])
      await inTrx((trx) => answers.drop(trx, workspaceId, 'c'))
      expect(await answers.find(workspaceId, 'c', 0)).toBeUndefined()
    })

    test('it is known which run used a tool and which was found fault with', async () => {
      const [tooled, plain] = [newRunId(), newRunId()]
      await writeStep(database.db, { runId: tooled, stepKey: 'tool:call_1', result: '""', atMs: 1 })
      await writeStep(database.db, { runId: plain, stepKey: 'route', result: '""', atMs: 1 })
      const say = (kind: 'up' | 'down') => inTrx((trx) => createFeedbackStore(database.db).put(trx, workspaceId, { runId: plain, userId: kind, kind, text: '', createdAtMs: 1 }))
      await say('up')
      expect(await inTrx(async (trx) => [await answers.hasUsedTools(trx, tooled), await answers.hasUsedTools(trx, plain), await answers.isDisputed(trx, plain)])).toEqual([true, false, false])
      await say('down')
      expect(await inTrx((trx) => answers.isDisputed(trx, plain))).toBe(true)
    })
  })
}
