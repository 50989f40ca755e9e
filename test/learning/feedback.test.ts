import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFeedbackRecorder } from '../../src/learning/feedback.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { newAgentId, newRunId } from '../../src/storage/ids.ts'
import { createProfileStore } from '../../src/storage/profile-store.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun } from '../builders.ts'
import type { FeedbackKind, RunRecord, WorkspaceId } from '../../src/storage/records.ts'

const workspaceId = 'T1' as WorkspaceId
const dataDir = mkdtempSync(join(tmpdir(), 'murmur-feedback-'))
let database: Database
beforeAll(async () => {
  database = await openDatabase({ dataDir })
})
afterAll(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function aRecorder() {
  const profiles = createProfileStore(database)
  const runs = createRunStore(database.db)
  const record = createFeedbackRecorder({ database, runs, feedback: createFeedbackStore(database.db), profiles, events: createEventLog(database), onEvent: () => {} })
  const run = { runId: newRunId(), workspaceId, agentId: newAgentId() } as RunRecord
  const give = (kind: FeedbackKind, userId = 'U1') => record(run, { userId, kind, text: '', createdAtMs: 1_000 })
  const satisfaction = async () => (await profiles.read(workspaceId, [`agent:${run.agentId}`])).get(`agent:${run.agentId}`)?.satisfaction
  return { give, satisfaction }
}

test('a thumb counts for the agent that did the run, the same one twice once', async () => {
  const { give, satisfaction } = aRecorder()
  await give('up')
  await give('up')
  await give('improve')
  expect(await satisfaction()).toMatchObject({ count: 1, mean: 1 })
  await give('down', 'U2')
  expect((await satisfaction())?.count).toBe(2)
})

test('a thumb that is turned counts as the other one, not as a second', async () => {
  const { give, satisfaction } = aRecorder()
  await give('up')
  await give('down')
  expect(await satisfaction()).toMatchObject({ count: 1, mean: 0 })
  await give('up')
  expect(await satisfaction()).toMatchObject({ count: 1, mean: 1 })
})

test('a run that somebody else should have answered is kept as such, whatever else is said of it', async () => {
  const runs = createRunStore(database.db)
  const record = createFeedbackRecorder({ database, runs, feedback: createFeedbackStore(database.db), profiles: createProfileStore(database), events: createEventLog(database), onEvent: () => {} })
  const made = async (failureClass?: 'too_long') => {
    const run = aNewRun()
    await database.db.transaction().execute(async (trx) => {
      await runs.insertOnce(trx, run, [])
      await runs.finish(trx, run.runId, { status: 'completed', answer: 'x', tier: 1, errorCode: undefined, failureClass }, 1_000)
    })
    const stored = (await runs.find(run.runId))!
    await record(stored, { userId: 'U1', kind: 'down', text: '', createdAtMs: 1_000 })
    expect((await runs.find(run.runId))?.failureClass).toBe(failureClass)
    await record(stored, { userId: 'U1', kind: 'correction', text: 'writer', createdAtMs: 1_000 })
    return (await runs.find(run.runId))?.failureClass
  }
  expect(await made()).toBe('wrong_specialist')
  expect(await made('too_long')).toBe('too_long')
})
