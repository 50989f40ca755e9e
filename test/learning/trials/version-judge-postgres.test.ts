import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { VersionJudge } from '../../../src/learning/trials/version-judge.ts'
import { WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import { createTeller } from '../../../src/orchestration/tell-notice.ts'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { createEventCursors } from '../../../src/storage/event-cursors.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import type { RunRecord } from '../../../src/storage/records.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createSetAsideStore } from '../../../src/storage/set-aside-store.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aNewRun, aRequest } from '../../builders.ts'
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts'

let server: TestDatabase
let databases: Database[] = []
beforeAll(async () => {
  server = await createTestDatabase()
  for (let nth = 0; nth < 2; nth++) databases.push(await openDatabase({ url: server.url, dataDir: '' }))
})
afterAll(async () => {
  for (const database of databases) await database.close()
  databases = []
  await server.drop()
})

const goalId = 'C1'

/** What one process has to judge with. */
function process(database: Database) {
  const nowMs = Date.now
  const runs = createRunStore(database.db)
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const trials = createTrialStore(database.db)
  const events = createEventLog(database)
  const onEvent = (): void => {}
  const onError = (error: unknown): never => {
    throw error
  }
  const library = new WorkflowLibrary({ database, workflows, patterns, trials, book: new PatternBook({ database, patterns, nowMs }), runs, events, nowMs, onEvent })
  const judge = new VersionJudge({ cursors: createEventCursors(database), setAsides: createSetAsideStore(database, events), listen: () => () => {}, owner: 'test', nowMs, onError, database, runs, workflows, trials, events, tell: createTeller(runs, nowMs), onTold: onEvent, onEvent })
  return { database, runs, workflows, trials, library, judge }
}

async function ended({ database, runs, library }: ReturnType<typeof process>, text: string, isGood: boolean): Promise<RunRecord> {
  const run = aNewRun({ request: aRequest({ text, channelId: goalId }), nowMs: Date.now() })
  const found = await library.find({ ...run.request, goalId, runId: run.runId })
  await database.db.transaction().execute(async (trx) => {
    await runs.insertOnce(trx, run, [])
    await runs.setRoute(trx, run.runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
    if (found) await runs.setWorkflow(trx, run.runId, found.version)
    await runs.finish(trx, run.runId, { status: 'completed', answer: 'Done.', tier: isGood ? 1 : 4, errorCode: undefined }, Date.now())
  })
  return (await runs.find(run.runId))!
}

test.each(['Sum up the sales of last week', 'List the moorings of the ferries', 'Compare the samples of the series'])('processes that judge a trial at the same time decide it once (%s)', async (text) => {
  const [one, other] = databases.map((database) => process(database)) as [ReturnType<typeof process>, ReturnType<typeof process>]
  const { workflow } = await one.library.improve(await ended(one, text, true), goalId, { authorId: 'U1', source: 'user', reason: 'Use a table.', change: { addGuidance: 'Use a table.' } })
  for (let nth = 0; nth < 8; nth++) await ended(one, text, true)
  await one.library.improve(await ended(one, text, true), goalId, { authorId: 'U1', source: 'user', reason: 'Rhyme.', change: { addGuidance: 'Rhyme.' } })
  let last = await ended(one, text, false)
  for (let nth = 0; nth < 12; nth++) last = await ended(nth % 2 === 0 ? one : other, text, false)
  await Promise.all(Array.from({ length: 8 }, (_, nth) => (nth % 2 === 0 ? one : other).judge.judge(last)))
  const { workflowId } = workflow
  expect(await one.workflows.find(workflowId)).toMatchObject({ currentVersion: 1, state: 'active' })
  const events = await one.database.db.selectFrom('events').select('payload').where('type', '=', 'automation_rolled_back').execute()
  expect(events.filter(({ payload }) => payload.includes(workflowId))).toHaveLength(1)
  const notices = (await one.runs.listChannel(aRequest().workspaceId, goalId, 200)).filter(({ request }) => request.surface === 'notice' && request.text.includes(workflowId))
  expect(notices).toHaveLength(1)
})
