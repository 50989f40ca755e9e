import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHitWatch } from '../../../src/learning/hits/hit-watch.ts'
import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { PatternLearner, type PatternLearnerDeps } from '../../../src/learning/patterns/pattern-learner.ts'
import { stateOf } from '../../../src/learning/patterns/pattern-outcomes.ts'
import { WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import { createWorkflowTemplates } from '../../../src/learning/workflows/workflow-templates.ts'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { createEventCursors } from '../../../src/storage/event-cursors.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../../src/storage/feedback-store.ts'
import { createHitAuditStore } from '../../../src/storage/hit-audit-store.ts'
import { newRunId, newTaskId } from '../../../src/storage/ids.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import type { FeedbackKind, PatternOutcome, RunId, RunRecord, WorkspaceId } from '../../../src/storage/records.ts'
import { createRegroupingStore } from '../../../src/storage/regrouping-store.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { readToolNames } from '../../../src/storage/run-tools.ts'
import { createSetAsideStore } from '../../../src/storage/set-aside-store.ts'
import { writeStep } from '../../../src/storage/step-journal.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aPattern, aRequest } from '../../builders.ts'
import { describeImprovement } from '../../../src/orchestration/improvements/improve-run.ts'
import { createTeller } from '../../../src/orchestration/tell-notice.ts'
import { waitUntil } from '../../scenarios/start-scenario.ts'

const workspaceId = 'T1' as WorkspaceId
const goalId = 'C1'
let dataDir: string
let database: Database
let wake = (): void => {}
let due = 0
let learner: PatternLearner

const world = () => {
  const runs = createRunStore(database.db)
  const patterns = createPatternStore(database)
  const workflows = createWorkflowStore(database)
  const events = createEventLog(database)
  const feedback = createFeedbackStore(database.db)
  const nowMs = Date.now
  const book = new PatternBook({ database, patterns, nowMs })
  const parts = { database, workflows, patterns, trials: createTrialStore(database.db), book, runs, events, nowMs, onEvent: () => {} }
  const library = new WorkflowLibrary(parts)
  const templates = createWorkflowTemplates(parts)
  const audits = createHitAuditStore(database.db)
  const tell = createTeller(runs, nowMs)
  const onTold = (): void => {}
  const hits = createHitWatch({ workflows, patterns, audits, library, tell, onTold })
  return { runs, patterns, workflows, events, feedback, book, library, templates, audits, hits, tell, onTold, nowMs }
}
let here: ReturnType<typeof world>

const startLearner = (over: Partial<PatternLearnerDeps> = {}): void => {
  learner = new PatternLearner({
    ...here,
    database,
    cursors: createEventCursors(database),
    setAsides: createSetAsideStore(database, here.events),
    goalOf: async (_, channelId) => channelId,
    toolsOf: (runId) => readToolNames(database.db, runId),
    isOn: () => true,
    regroupings: createRegroupingStore(database),
    onDue: () => void due++,
    listen: (_, listener) => {
      wake = listener
      return () => {}
    },
    owner: 'test',
    onEvent: () => {},
    onError: (error) => {
      throw error
    },
    ...over,
  })
  learner.start()
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-learner-'))
  database = await openDatabase({ dataDir })
  here = world()
  startLearner()
  // A reader that never was begins at the end of the log.
  await waitUntil('the reader', async () => (await database.db.selectFrom('event_cursors').select('reader').execute()).length > 0)
})
afterEach(async () => {
  await learner.close()
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A run that ended as it should, unless said otherwise; the learner has seen it when this resolves. */
async function ended(text: string, { specialtyId = 'writer', tier = 1, channelId = goalId, tools = [], comparesWith }: { specialtyId?: string; tier?: number; channelId?: string; tools?: readonly string[]; comparesWith?: RunId } = {}): Promise<RunRecord> {
  const runId = newRunId()
  const request = aRequest({ workspaceId, channelId, text, ...(comparesWith === undefined ? {} : { comparesWith }) })
  await database.db.transaction().execute(async (trx) => {
    await here.runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'medium', lane: runId, maxAttempts: 5, nowMs: Date.now() }, [])
    await here.runs.setRoute(trx, runId, { specialtyId, layer: 'model', confidence: 1, reason: '', candidates: [] })
    if (tools.length > 0) await writeStep(trx, { runId, stepKey: 'model:writer:0', result: JSON.stringify({ text: '', toolCalls: tools.map((name, at) => ({ id: String(at), name, argumentsJson: '{}' })) }), atMs: Date.now() })
    await here.runs.finish(trx, runId, { status: 'completed', answer: 'Done.', tier, errorCode: undefined }, Date.now())
    await here.events.append(trx, { workspaceId, runId, type: 'workflow_completed', payload: {}, atMs: Date.now() })
  })
  await caughtUp()
  return found(runId)
}

/** A run that an automation took, and what an audit said of it. */
async function hit(text: string, isRight?: boolean): Promise<RunRecord> {
  const runId = newRunId()
  const found = await ask(text)
  if (!found) throw new Error('no automation')
  const { workflowId, version } = found.version
  await database.db.transaction().execute(async (trx) => {
    await here.runs.insertOnce(trx, { runId, taskId: newTaskId(), request: aRequest({ workspaceId, channelId: goalId, text }), priority: 'medium', lane: runId, maxAttempts: 5, nowMs: Date.now() }, [])
    await here.runs.setRoute(trx, runId, { specialtyId: 'writer', layer: 'automation', confidence: 1, reason: '', candidates: [] })
    await here.runs.setWorkflow(trx, runId, { workflowId, version })
    if (isRight !== undefined) await here.audits.put(trx, { runId, workspaceId, workflowId, version, isRight, reason: '', atMs: Date.now() })
  })
  return endOf(runId)
}

async function endOf(runId: RunId): Promise<RunRecord> {
  await database.db.transaction().execute(async (trx) => {
    await here.runs.finish(trx, runId, { status: 'completed', answer: 'Done.', tier: 1, errorCode: undefined }, Date.now())
    await here.events.append(trx, { workspaceId, runId, type: 'workflow_completed', payload: {}, atMs: Date.now() })
  })
  await caughtUp()
  return found(runId)
}

async function rated(run: RunRecord, kind: FeedbackKind): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await here.feedback.put(trx, workspaceId, { runId: run.runId, userId: 'U1', kind, text: '', createdAtMs: Date.now() })
    await here.events.append(trx, { workspaceId, runId: run.runId, type: 'feedback_received', payload: { kind }, atMs: Date.now() })
  })
  await caughtUp()
}

/** Everything that was there when this was called has been read. */
async function caughtUp(): Promise<void> {
  const last = await here.events.lastSeq()
  wake()
  await waitUntil('the learner', async () => ((await database.db.selectFrom('event_cursors').select('seq').executeTakeFirst())?.seq ?? 0) >= last)
}

async function found(runId: RunId): Promise<RunRecord> {
  const run = await here.runs.find(runId)
  if (!run) throw new Error('no run')
  return run
}
const ask = (text: string) => here.library.find({ workspaceId, goalId, text, runId: newRunId() })
const notices = async () => (await here.runs.listChannel(workspaceId, goalId, 50)).filter(({ request }) => request.surface === 'notice').map(({ request }) => request.text)
const eventsOf = async (type: string) => (await here.events.readAfter(0)).filter((event) => event.type === type)

test('the third success of alike requests makes an automation, with its evidence', async () => {
  const runs = [await ended('Summarise the sales of March 2026 for Berlin'), await ended('Summarise the sales of April 2026 for Paris')]
  expect(await ask('Summarise the sales of May 2026 for Rome')).toBeUndefined()
  runs.push(await ended('summarise the sales of May 2026 for Rome'))
  const automation = await ask('Summarise the sales of June 2026 for Oslo')
  expect(automation).toMatchObject({ workflow: { name: 'Summarise the sales of {date} for {name}' }, version: { source: 'automated', recipe: { specialtyId: 'writer', guidance: [] } } })
  expect(await eventsOf('pattern_recognized')).toMatchObject([{ payload: { runs: 3, evidence: runs.map(({ runId }) => runId) } }])
  expect(await eventsOf('automation_created')).toHaveLength(1)
  expect(new Set((await Promise.all(runs.map(({ runId }) => found(runId)))).map(({ patternId }) => patternId)).size).toBe(1)
})

test('other requests, other goals and answers of a lower tier make none', async () => {
  for (const text of ['Plan the summer party', 'Why is my test red?', 'Translate the manual to French']) await ended(text)
  for (let at = 0; at < 3; at++) await ended('Check the contract with Acme', { tier: 2 })
  for (let at = 0; at < 3; at++) await ended('Draw the org chart', { channelId: 'C2' })
  expect(await eventsOf('automation_created')).toMatchObject([{ workspaceId }])
  expect(await ask('Check the contract with Umbrella')).toBeUndefined()
  expect(await ask('Draw the org chart')).toBeUndefined()
})

test('answers that were asked for to compare are no requests that recur', async () => {
  const { runId } = await ended('Name a river for the map')
  for (let at = 0; at < 3; at++) expect(await ended('Name a river for the map', { comparesWith: runId })).toMatchObject({ patternId: undefined })
  expect(await here.patterns.listGoal(workspaceId, goalId)).toMatchObject([{ runs: 1, state: 'learning' }])
})

test('runs that were asked for in nearly the same words and did other things are kinds of their own', async () => {
  const mail = await ended('Sort out item 3 of the list', { tools: ['send_mail', 'send_mail'] })
  const table = await ended('Sort out item 4 of the list', { tools: ['read_table'] })
  const again = await ended('Sort out item 5 of the list', { tools: ['send_mail'] })
  expect(table.patternId).not.toBe(mail.patternId)
  expect(again.patternId).toBe(mail.patternId)
  expect((await here.patterns.find(mail.patternId ?? ''))?.examples.map(({ trace }) => trace)).toEqual([['send_mail'], ['send_mail']])
})

test('two thumbs down take an automation back to learning, which is said once, and three more successes bring it back', async () => {
  for (let at = 0; at < 3; at++) await ended('Write the minutes of the stand-up')
  for (let at = 0; at < 2; at++) await rated(await ended('Write the minutes of the stand-up'), 'down')
  expect(await ask('Write the minutes of the stand-up')).toBeUndefined()
  expect(await eventsOf('automation_rolled_back')).toHaveLength(1)
  expect(await notices()).toEqual([expect.stringMatching(/Write the minutes of the stand-up\* .* back to learning: 2 of the last 5 of its runs failed or were rejected/)])
  for (let at = 0; at < 3; at++) await ended('Write the minutes of the stand-up')
  expect(await ask('Write the minutes of the stand-up')).toMatchObject({ version: { version: 1 } })
})

test('an improvement of an automation that went back to learning is in force at once, as is an imported recipe', async () => {
  const text = 'Write the minutes of the stand-up'
  const back = async (): Promise<RunRecord> => {
    for (let at = 0; at < 3; at++) await ended(text)
    await rated(await ended(text), 'down')
    const last = await ended(text)
    await rated(last, 'down')
    expect(await ask(text)).toBeUndefined()
    return last
  }
  const run = await back()
  const made = await here.library.improve(run, goalId, { authorId: 'U1', reason: 'shorter', source: 'user', change: { addGuidance: 'shorter' } })
  const { workflow } = made
  expect(describeImprovement(run, made).note).toContain('had gone back to learning, and is in use again')
  expect(await ask(text)).toMatchObject({ version: { version: 2, recipe: { guidance: ['shorter'] } } })
  await here.library.move(workflow.workflowId, { userId: 'U1', what: 'pause' }, () => ({ state: 'paused' }))
  await here.templates.take({ workspaceId, goalId, userId: 'U1' }, { name: 'Minutes', like: text, recipe: { guidance: ['longer'] } })
  expect(await ask(text)).toMatchObject({ version: { version: 3, recipe: { guidance: ['longer'] } } })
})

test('an automation that a person takes up again goes back to learning by new failures, not by the old ones', async () => {
  const text = 'Write the minutes of the stand-up'
  const fail = async (): Promise<void> => rated(await ended(text), 'down')
  for (let at = 0; at < 3; at++) await ended(text)
  for (let at = 0; at < 2; at++) await fail()
  expect(await ask(text)).toBeUndefined()
  const [workflow] = await here.workflows.listGoal(workspaceId, goalId)
  await here.library.move(workflow!.workflowId, { userId: 'U1', what: 'resume' }, () => ({ state: 'active' }))
  expect(await ask(text)).toBeDefined()
  await fail()
  expect(await ask(text)).toBeDefined()
  await fail()
  expect(await ask(text)).toBeUndefined()
  expect(await notices()).toHaveLength(2)
})

test('a pattern and its automation change in the same moment: where that fails neither has, and it is made up for by the next run', async () => {
  const text = 'Write the minutes of the stand-up'
  for (let at = 0; at < 2; at++) await ended(text)
  const errors: unknown[] = []
  const refuse = async (): Promise<never> => {
    throw new Error('killed')
  }
  const failing = async (): Promise<void> => {
    await learner.close()
    startLearner({ library: { automateWithin: refuse, backToLearningWithin: refuse }, onError: (error) => void errors.push(error) })
  }
  const mended = async (): Promise<void> => {
    await learner.close()
    startLearner()
  }
  const pattern = async () => (await here.patterns.listGoal(workspaceId, goalId))[0]
  const before = await pattern()
  await failing()
  await ended(text)
  expect(await pattern()).toEqual(before)
  await mended()
  await ended(text)
  expect(await ask(text)).toBeDefined()
  expect(await eventsOf('pattern_recognized')).toHaveLength(1)

  await rated(await ended(text), 'down')
  await failing()
  const run = await ended(text)
  await rated(run, 'down')
  expect(await pattern()).toMatchObject({ state: 'recognised' })
  expect(await ask(text)).toBeDefined()
  await mended()
  await rated(run, 'down')
  expect(await pattern()).toMatchObject({ state: 'learning' })
  expect(await ask(text)).toBeUndefined()
  expect(errors).toMatchObject([{ cause: new Error('killed') }, { cause: new Error('killed') }])
})

test('what an automation took belongs to its pattern, and is an example of it only when an audit found it right', async () => {
  for (const name of ['Berlin', 'Paris', 'Rome']) await ended(`Summarise the sales of March 2026 for ${name}`)
  const [plain, proven] = [await hit('Summarise the sales of May 2026 for Oslo'), await hit('Summarise the sales of May 2026 for Bern', true)]
  const pattern = await here.patterns.find(plain.patternId ?? '')
  expect(proven.patternId).toBe(plain.patternId)
  expect(pattern?.runs).toBe(5)
  expect(pattern?.examples.map(({ text }) => text.split(' ').at(-1))).toEqual(['Berlin', 'Paris', 'Rome', 'Bern'])
  expect((await ask('Summarise the sales of June 2026 for Oslo'))?.because).toMatchObject({ words: expect.arrayContaining(['sales']), runIds: expect.arrayContaining([proven.runId]) })
})

test('an automation that audits find wrong goes back to learning, says so once, and comes back by three runs without it', async () => {
  const text = 'Write the minutes of the stand-up'
  for (let at = 0; at < 3; at++) await ended(text)
  const first = await hit(text, false)
  expect(await ask(text)).toBeDefined()
  const late = await hit(text)
  const [second, third] = [await hit(text, true), await hit(text, false)]
  expect(await ask(text)).toBeDefined()
  await hit(text, false)
  expect(await ask(text)).toBeUndefined()
  const workflow = await here.workflows.find(first.workflow?.workflowId ?? '')
  expect(workflow?.state).toBe('learning')
  expect(await eventsOf('automation_rolled_back')).toMatchObject([{ payload: { reason: expect.stringContaining('3 of 4') } }])
  // What it did before neither brings it back nor takes it back again.
  for (const run of [late, second, third]) await rated(run, 'up')
  expect(await ask(text)).toBeUndefined()
  for (let at = 0; at < 3; at++) await ended(text)
  expect(await ask(text)).toBeDefined()
  await hit(text, true)
  await hit(text, false)
  expect(await ask(text)).toBeDefined()
  expect(await here.hits.count((await here.workflows.find(first.workflow?.workflowId ?? '')) ?? workflow!)).toEqual({ hits: 2, audits: 2, looked: 2, wrong: 1 })
  expect(await notices()).toEqual([expect.stringMatching(/back to learning: 3 of the 4 requests/)])
})

test('reading the same events again changes nothing', async () => {
  for (let at = 0; at < 3; at++) await ended('Write the minutes of the stand-up')
  const before = await here.patterns.listGoal(workspaceId, goalId)
  await learner.close()
  await database.db.updateTable('event_cursors').set({ seq: 0 }).execute()
  here = world()
  startLearner()
  await caughtUp()
  expect(await here.patterns.listGoal(workspaceId, goalId)).toEqual(before)
  expect(await eventsOf('automation_created')).toHaveLength(1)
})

test('an improvement is a new version for alike requests, at once, and can be taken back', async () => {
  const run = await ended('Summarise the sales of March 2026 for Berlin')
  const improver = { authorId: 'U1', reason: 'use a table', source: 'user' as const, change: { addGuidance: 'use a table' } }
  const { workflow, before, after } = await here.library.improve(run, goalId, improver)
  expect(before).toBeUndefined()
  expect(after).toMatchObject({ version: 1, recipe: { specialtyId: 'writer', guidance: ['use a table'] } })
  const second = await here.library.improve(run, goalId, { ...improver, change: { addGuidance: 'in euros' } })
  expect(second.after).toMatchObject({ version: 2, parentVersion: 1, recipe: { guidance: ['use a table', 'in euros'] } })
  expect((await ask('Summarise the sales of June 2026 for Oslo'))?.version.version).toBe(2)
  await here.library.move(workflow.workflowId, { userId: 'U1', what: 'undo' }, () => ({ currentVersion: 1 }))
  expect((await ask('Summarise the sales of June 2026 for Oslo'))?.version.version).toBe(1)
  expect(await ask('Plan the summer party')).toBeUndefined()
})

test('many improvements at once are all kept', async () => {
  const run = await ended('Write the minutes of the stand-up')
  await Promise.all(Array.from({ length: 8 }, (_, at) => here.library.improve(run, goalId, { authorId: `U${at}`, reason: '', source: 'user', change: { addGuidance: `remark ${at}` } })))
  const current = await ask('Write the minutes of the stand-up')
  expect(current?.version.recipe.guidance.toSorted()).toEqual(Array.from({ length: 8 }, (_, at) => `remark ${at}`))
})

test('a canary serves its share of the requests, the same ones each time', async () => {
  const run = await ended('Write the minutes of the stand-up')
  await here.library.improve(run, goalId, { authorId: 'U1', reason: '', source: 'user', change: { addGuidance: 'short' } })
  await here.library.improve(run, goalId, { authorId: '', reason: '', source: 'system', change: { modelId: 'small' }, deployment: { share: 0.25 } })
  const runIds = Array.from({ length: 400 }, newRunId)
  const serve = async () => Promise.all(runIds.map(async (runId) => (await here.library.find({ workspaceId, goalId, text: 'Write the minutes of the stand-up', runId }))?.isCanary))
  const first = await serve()
  const share = first.filter(Boolean).length / runIds.length
  expect(share).toBeGreaterThan(0.15)
  expect(share).toBeLessThan(0.36)
  expect(await serve()).toEqual(first)
})

test('a pattern is recognised by three successes in a row of one specialist', () => {
  const outcomes = (marks: string): PatternOutcome[] => marks.split('').map((mark, at) => ({ runId: String(at) as RunId, isSuccess: mark !== '-', specialtyId: mark === 'b' ? 'b' : 'a' }))
  expect(stateOf('learning', outcomes('++'))).toBe('learning')
  expect(stateOf('learning', outcomes('+++'))).toBe('recognised')
  expect(stateOf('learning', outcomes('++b'))).toBe('learning')
  expect(stateOf('learning', outcomes('-+++'))).toBe('recognised')
  expect(stateOf('recognised', outcomes('+++-'))).toBe('recognised')
  expect(stateOf('recognised', outcomes('+++--'))).toBe('learning')
  expect(stateOf('recognised', outcomes('--+++++'))).toBe('recognised')
})

test('each run counts once for grouping anew, and the one that makes it due says so', async () => {
  const regroupings = createRegroupingStore(database)
  for (let nth = 0; nth < 23; nth++) await database.db.transaction().execute((trx) => regroupings.count(trx, { workspaceId, goalId }, 25, Date.now()))
  due = 0
  const run = await ended('Summarise the sales of March 2026 for Berlin')
  await rated(run, 'up')
  expect(due).toBe(0)
  await ended('Water the orchids upstairs')
  expect(due).toBe(1)
  expect(await database.db.selectFrom('pattern_regroupings').select(['goal_id', 'waiting']).execute()).toEqual([{ goal_id: goalId, waiting: 25 }])
})

test('a thumb that was read before its pattern was put into another one counts for that one', async () => {
  const run = await ended('Summarise the sales of March 2026 for Berlin')
  const heir = aPattern({ goalId, outcomes: [{ runId: run.runId, isSuccess: true, specialtyId: 'writer' }] })
  await learner.close()
  await database.db.transaction().execute(async (trx) => {
    await here.patterns.insert(trx, heir)
    await here.patterns.rewrite(trx, { workspaceId, goalId, begun: [], changed: [], heirs: new Map([[run.patternId ?? '', heir.patternId]]), moved: new Map() })
  })
  startLearner({ runs: { ...here.runs, find: async (runId, trx) => (trx ? here.runs.find(runId, trx) : run) } })
  await rated(run, 'down')
  expect(await here.patterns.find(heir.patternId)).toMatchObject({ outcomes: [{ runId: run.runId, isSuccess: false }] })
})

test('an answer that is improved while it is learnt of has one pattern, whichever process was first', async () => {
  const [text, change] = ['Name a river for the map', { authorId: 'U1', source: 'user', reason: 'name three', change: { guidance: ['name three'] } } as const]
  const other = world()
  // It has looked before there was a pattern, and read the run before it had one.
  await other.book.recognise(workspaceId, goalId, text)
  const { patternId, ...run } = await ended(text)
  const { workflow } = await other.library.improve({ ...run, patternId: undefined }, goalId, change)
  expect(workflow.patternId).toBe(patternId)
  expect(await database.db.selectFrom('patterns').select('pattern_id').execute()).toEqual([{ pattern_id: patternId }])
  expect((await world().library.find({ workspaceId, goalId, text, runId: newRunId() }))?.workflow.workflowId).toBe(workflow.workflowId)
})
