import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWorkflowEditor } from '../../../src/learning/workflows/edit-workflow.ts'
import { proposeCheaper } from '../../../src/learning/workflows/improvement-orchestrator.ts'
import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { VersionJudge } from '../../../src/learning/trials/version-judge.ts'
import { type Improver, WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import { createWorkflowTemplates } from '../../../src/learning/workflows/workflow-templates.ts'
import { createTeller } from '../../../src/orchestration/tell-notice.ts'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { createEventCursors } from '../../../src/storage/event-cursors.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../../src/storage/feedback-store.ts'
import type { FailureClass } from '../../../src/storage/failure-class.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import { createProposalStore } from '../../../src/storage/proposal-store.ts'
import type { RunRecord } from '../../../src/storage/records.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createSetAsideStore } from '../../../src/storage/set-aside-store.ts'
import { createSwitchStore } from '../../../src/storage/switch-store.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aNewRun, aRequest } from '../../builders.ts'

const goalId = 'C1'
let dataDir: string
let database: Database
let atMs = 1_000
const nowMs = (): number => ++atMs

const world = () => {
  const runs = createRunStore(database.db)
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const trials = createTrialStore(database.db)
  const events = createEventLog(database)
  const onEvent = (): void => {}
  const parts = { database, workflows, patterns, trials, book: new PatternBook({ database, patterns, nowMs }), runs, events, nowMs, onEvent }
  const library = new WorkflowLibrary(parts)
  const onError = (error: unknown): never => {
    throw error
  }
  const reading = { cursors: createEventCursors(database), setAsides: createSetAsideStore(database, events), listen: () => () => {}, owner: 'test', nowMs, onError }
  const judge = new VersionJudge({ ...reading, database, runs, workflows, trials, events, tell: createTeller(runs, nowMs), onTold: onEvent, onEvent })
  return { runs, patterns, workflows, trials, events, library, judge, edit: createWorkflowEditor(parts), templates: createWorkflowTemplates(parts) }
}
let here: ReturnType<typeof world>
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-judge-'))
  database = await openDatabase({ dataDir })
  here = world()
})
afterEach(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const text = 'Sum up the sales of last week'

/** A run as the app makes one: by the recipe there is for it, judged when it has ended. */
async function run(isGood: boolean, failureClass?: FailureClass): Promise<RunRecord> {
  const { runs, library, judge, patterns } = here
  const runId = newRunId()
  const request = aRequest({ text, channelId: goalId })
  const found = await library.find({ workspaceId: request.workspaceId, goalId, text, runId })
  const [pattern] = await patterns.listGoal(request.workspaceId, goalId)
  await database.db.transaction().execute(async (trx) => {
    await runs.insertOnce(trx, aNewRun({ runId, request, nowMs: nowMs() }), [])
    await runs.setRoute(trx, runId, { specialtyId: 'writer', layer: 'model', confidence: 1, reason: '', candidates: [] })
    if (found) await runs.setWorkflow(trx, runId, found.version)
    if (pattern) await runs.setPattern(trx, runId, pattern.patternId)
    await runs.finish(trx, runId, { status: 'completed', answer: 'Done.', tier: isGood ? 1 : 4, errorCode: undefined, failureClass }, nowMs())
  })
  const ended = (await runs.find(runId))!
  await judge.judge(ended)
  return ended
}

const times = async (count: number, isGood: boolean, failureClass?: FailureClass): Promise<RunRecord> => {
  let last = await run(isGood, failureClass)
  for (let nth = 1; nth < count; nth++) last = await run(isGood, failureClass)
  return last
}
const remark = (addGuidance: string, over: Partial<Improver> = {}): Improver => ({ authorId: 'U1', source: 'user', reason: addGuidance, change: { addGuidance }, ...over })
const stored = async () => JSON.stringify(await database.db.selectFrom('workflows').select(['state', 'current_version', 'canary_version', 'canary_share', 'name']).execute())
const notices = async () => (await here.runs.listChannel(aRequest().workspaceId, goalId, 200)).filter(({ request }) => request.surface === 'notice').map(({ request }) => request.text)

test('the worse version goes, the one before serves as it did, and one notice says why', async () => {
  const { library, workflows, trials } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  await times(10, true)
  const before = await stored()
  await library.improve(await run(true), goalId, remark('Answer in <!channel> `rhymes`.'))
  expect(await stored()).not.toBe(before)
  await times(12, false)
  expect(await stored()).toBe(before)
  expect(await trials.find({ workflowId: workflow.workflowId, version: 2 })).toMatchObject({ state: 'rolled_back', againstVersion: 1 })
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 1, state: 'active' })
  const said = await notices()
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/I took back version 2 .*0 of \d+ requests went well with it, 11 of 11/)
  const found = await library.find({ workspaceId: aRequest().workspaceId, goalId, text, runId: newRunId() })
  expect(found?.version).toMatchObject({ version: 1, recipe: { guidance: ['Use a table.'] } })
  await times(20, false)
  expect(await notices()).toHaveLength(1)
})

test('a first version that did worse is paused, and the next remark is not built upon it', async () => {
  const { library, workflows } = here
  const first = await run(true)
  await library.improve(first, goalId, remark('Noted.'))
  await database.db.updateTable('workflows').set({ state: 'deleted' }).execute()
  await times(6, true)
  const { workflow } = await library.improve(first, goalId, remark('Answer in rhymes.'))
  await times(12, false)
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 1, state: 'paused' })
  expect((await notices())[0]).toContain('handled as they were before it')
  const again = await library.improve(await run(true), goalId, remark('Use a table.'))
  expect(again.after.recipe.guidance).toEqual(['Use a table.'])
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 2, state: 'active' })
})

test('a version that replaces one of which nothing is known is held against the one before that', async () => {
  const { library, trials } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  await times(8, true)
  const last = await run(true)
  await library.improve(last, goalId, remark('Answer in rhymes.'))
  await library.improve(last, goalId, remark('Shorter.'))
  expect((await trials.list(workflow.workflowId)).map(({ version, againstVersion, state }) => ({ version, againstVersion, state }))).toEqual([
    { version: 3, againstVersion: 1, state: 'running' },
    { version: 2, againstVersion: 1, state: 'replaced' },
    { version: 1, againstVersion: 0, state: 'replaced' },
  ])
})

test.each(['edited in a form', 'imported'] as const)('a recipe that was %s is on trial too: a worse one goes, and says why', async (way) => {
  const { library, workflows, trials, edit, templates } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  const { workflowId, workspaceId } = workflow
  await times(10, true)
  const recipe = { guidance: ['Answer in rhymes.'] }
  if (way === 'imported') await templates.take({ workspaceId, goalId, userId: 'U1' }, { name: 'Sales', like: text, recipe })
  else await edit(workflowId, { userId: 'U1', shownVersion: 1, name: 'Sales', recipe })
  expect(await trials.find({ workflowId, version: 2 })).toMatchObject({ state: 'running', againstVersion: 1 })
  await times(12, false)
  expect(await workflows.find(workflowId)).toMatchObject({ currentVersion: 1, state: 'active' })
  expect(await notices()).toEqual([expect.stringMatching(/I took back version 2 .*made by <@U1>/)])
})

test('an imported recipe for requests of which nothing is known is on trial against none', async () => {
  const { templates, trials } = here
  const { version } = await templates.take({ workspaceId: aRequest().workspaceId, goalId, userId: 'U1' }, { name: 'Sales', like: 'Sum up the sales of {date}', recipe: { guidance: ['Use a table.'] } })
  expect(await trials.list(version.workflowId)).toMatchObject([{ version: 1, againstVersion: 0, state: 'running' }])
})

test('the trial of a version that a person takes back ends, and goes on when it is put in force again', async () => {
  const { library, trials } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  await times(5, true)
  await library.improve(await run(true), goalId, remark('Shorter.'))
  const states = async () => (await trials.list(workflow.workflowId)).map(({ state }) => state)
  expect(await states()).toEqual(['running', 'replaced'])
  await library.move(workflow.workflowId, { userId: 'U1', what: 'undo' }, () => ({ currentVersion: 1, canary: undefined }))
  expect(await states()).toEqual(['replaced', 'running'])
  await library.move(workflow.workflowId, { userId: 'U1', what: 'rollback' }, () => ({ currentVersion: 2, canary: undefined }))
  expect(await states()).toEqual(['running', 'replaced'])
})

test('a canary serves its share, then everybody, and a bad one goes without having been in force', async () => {
  const { library, workflows } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  const last = await times(20, true)
  const canary = (addGuidance: string) => remark(addGuidance, { authorId: '', source: 'system', deployment: { share: 0.5 } })
  await library.improve(last, goalId, canary('Add a sum.'))
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 1, canary: { version: 2, share: 0.5 } })
  await times(80, true)
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 2, canary: undefined })
  expect((await notices()).filter((one) => one.includes('serves all such requests from now on'))).toHaveLength(1)

  await library.improve(last, goalId, canary('Answer in rhymes.'))
  for (let nth = 0; nth < 60; nth++) {
    const { canary: trying } = (await workflows.find(workflow.workflowId))!
    if (!trying) break
    const runId = newRunId()
    const found = await library.find({ workspaceId: last.workspaceId, goalId, text, runId })
    await run(found?.version.version !== trying.version)
    await judgedBad(trying.version)
  }
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 2, canary: undefined })
  expect((await notices()).filter((one) => one.includes('I took back version 3'))).toHaveLength(1)
})

test.each(['model_down', 'model_busy'] as const)('an outage (%s) says nothing of a version, but of one that chose the model', async (failureClass) => {
  const { library, workflows } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  const last = await times(20, true)
  await library.improve(last, goalId, remark('Shorter.'))
  await times(15, false, failureClass)
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 2 })
  await times(6, true)
  await library.improve(last, goalId, remark('With the small one.', { change: { modelId: 'small' } }))
  await times(15, false, failureClass)
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 2 })
  expect(await notices()).toMatchObject([expect.stringContaining('I took back version 3')])
})

test('what has proven itself and is rated is tried on a cheaper model, as a canary, once', async () => {
  const { library, workflows, trials, events, runs } = here
  const { workflow } = await library.improve(await run(true), goalId, remark('Use a table.'))
  const offering = { database, workflows, trials, events, library, proposals: createProposalStore(database), switches: createSwitchStore(database.db), askAdmins: async () => true, onTold: () => {}, nowMs, onEvent: () => {} }
  const propose = async () => proposeCheaper({ workflows, trials, offering, cheaperModel: async () => ({ modelId: 'small', priceShare: 0.2 }) }, workflow.workflowId, (await runs.listChannel(aRequest().workspaceId, goalId))[0]!)
  const rate = async (rated: RunRecord) => database.db.transaction().execute((trx) => createFeedbackStore(database.db).put(trx, rated.workspaceId, { runId: rated.runId, userId: 'U2', kind: 'up', text: '', createdAtMs: nowMs() }))
  await times(25, true)
  expect(await propose()).toBeUndefined()
  for (let nth = 0; nth < 5; nth++) await rate(await run(true))
  expect(await propose()).toMatchObject({ kind: 'offered', version: { version: 2, source: 'system', recipe: { modelId: 'small', guidance: ['Use a table.'] } } })
  expect(await workflows.find(workflow.workflowId)).toMatchObject({ currentVersion: 1, canary: { version: 2, share: 0.25 } })
  expect(await propose()).toBeUndefined()
  await library.move(workflow.workflowId, { userId: 'U1', what: 'rollback' }, () => ({ canary: undefined }))
  expect(await propose()).toBeUndefined()
})

/** Whatever the draw was: all runs of this version went wrong. */
const judgedBad = (version: number) => database.db.updateTable('runs').set({ tier: 4 }).where('workflow_version', '=', version).execute()
