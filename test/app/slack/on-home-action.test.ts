import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Click } from '../../../src/app/slack/click.ts'
import type { SlackEdge } from '../../../src/app/slack/edge.ts'
import { readHome } from '../../../src/app/slack/home-facts.ts'
import { onWorkflowHistory, onWorkflowRollback } from '../../../src/app/slack/on-home-action.ts'
import { PersonChannels } from '../../../src/app/slack/person-channels.ts'
import type { SlackArguments } from '../../../src/app/slack/slack-calls.ts'
import { MurmurError } from '../../../src/errors.ts'
import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { StatsDesk } from '../../../src/learning/stats/stats-desk.ts'
import { WorkflowLibrary } from '../../../src/learning/workflows/workflow-library.ts'
import { defaultLimits } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { createBudgetStore } from '../../../src/storage/budget-store.ts'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { newWorkflowId } from '../../../src/storage/ids.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import type { WorkflowId, WorkspaceId } from '../../../src/storage/records.ts'
import { createRunStore } from '../../../src/storage/run-store.ts'
import { createStatStore } from '../../../src/storage/stat-store.ts'
import { createStudyStore } from '../../../src/storage/study-store.ts'
import { createTrialStore } from '../../../src/storage/trial-store.ts'
import { createWarmupStore } from '../../../src/storage/warmup-store.ts'
import { createWorkflowStore } from '../../../src/storage/workflow-store.ts'
import { aNewRun, aRequest } from '../../builders.ts'

const [admin, author, member, outsider] = ['U0ADMIN', 'U2AUTHOR', 'U3', 'U9']
const workspaceId = 'T1' as WorkspaceId
const nowMs = Date.UTC(2026, 10, 28, 12)
const dataDir = mkdtempSync(join(tmpdir(), 'murmur-home-'))

let database: Database
let edge: SlackEdge
let calls: { readonly method: string; readonly args: SlackArguments }[] = []
let workflowId: WorkflowId
let areChannelsDown = false

beforeAll(async () => {
  database = await openDatabase({ dataDir })
  const { db } = database
  const [runs, patterns, workflows] = [createRunStore(db), createPatternStore(database), createWorkflowStore(database)]
  const call = async (method: string, args: SlackArguments) => {
    if (areChannelsDown) throw new MurmurError('MUR_SLACK_BUSY', { method, reason: 'down' })
    if (method !== 'users.conversations') return {}
    const isSecond = args['cursor'] === 'more'
    const here = args['user'] === outsider ? [] : isSecond ? [{ id: 'C1', is_private: true }] : [{ id: 'C5', is_private: false }]
    return { channels: here, response_metadata: { next_cursor: isSecond || args['user'] === outsider ? '' : 'more' } }
  }
  const tryCall = async (method: string, args: SlackArguments) => {
    calls.push({ method, args })
    return { ok: true, result: {} }
  }
  const dayOf = async () => '2026-11-28'
  let clockMs = nowMs
  const trials = createTrialStore(db)
  edge = {
    workspaces: { identify: async () => ({ teamId: 'T1', calls: { call, tryCall } }) },
    nowMs: () => clockMs++,
    catalogueOf: async () => ({ list: () => [], has: () => false }),
    // A minute passes between two looks.
    channelsOf: (...of: [WorkspaceId, string]) => new PersonChannels({ callsOf: async () => ({ call }) as never, nowMs: () => nowMs }).of(...of),
    commands: {
      runs,
      budgets: createBudgetStore(database),
      stats: new StatsDesk({ stats: createStatStore(database), warmups: createWarmupStore(database), dayOf, nowMs: () => nowMs }),
      limits: { goalOf: async (_: unknown, channelId: string) => channelId, limits: async () => defaultLimits, dayOf: () => '2026-11-28' },
      learning: { patterns, workflows, trials, studies: createStudyStore(db), hits: { count: async () => undefined }, library: new WorkflowLibrary({ database, workflows, patterns, trials, book: new PatternBook({ database, patterns, nowMs: () => nowMs }), runs, events: createEventLog(database), nowMs: () => nowMs, onEvent: () => {} }) },
      isAdmin: async (_: unknown, userId: string) => userId === admin,
      nowMs: () => nowMs,
    },
  } as unknown as SlackEdge
})
afterAll(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

beforeEach(async () => {
  areChannelsDown = false
  calls = []
  workflowId = newWorkflowId()
  const { workflows } = edge.commands.learning
  await database.db.transaction().execute(async (trx) => {
    const made = { source: 'user' as const, authorId: author, reason: 'with <!channel> sources', runId: undefined }
    await workflows.create(trx, { workflowId, workspaceId, goalId: 'C1', name: 'Reports', patternId: undefined }, { ...made, recipe: { guidance: [] } }, 5)
    await workflows.addVersion(trx, workflowId, () => ({ ...made, recipe: { guidance: ['Name sources.'] } }), 'current', 6)
    for (const userId of [author, member, outsider]) await edge.commands.runs.insertOnce(trx, aNewRun({ request: aRequest({ userId, channelId: 'C1' }) }), [])
  })
})

const click = (userId: string, value: string): Click => ({ teamId: 'T1', userId, channelId: undefined, threadId: undefined, messageId: undefined, triggerId: 't', value })
const opened = (): string => JSON.stringify(calls.filter(({ method }) => method === 'views.open').map(({ args }) => args['view']))
const versionInForce = async () => (await edge.commands.learning.workflows.find(workflowId))?.currentVersion

test('a Home shows workflows of channels that the person is in, and lets author and admins roll back', async () => {
  const of = async (userId: string) => (await readHome(edge, workspaceId, userId)).workflows.filter(({ workflow }) => workflow.workflowId === workflowId).map(({ mayRollBack }) => mayRollBack)
  expect(await of(author)).toEqual([true])
  expect(await of(member)).toEqual([false])
  // Asked here once, and is not in the channel any more.
  expect(await of(outsider)).toEqual([])
  areChannelsDown = true
  expect(await of(author)).toEqual([])
})

test('the history opens in a window, with what each version changed, and calls nobody', async () => {
  await onWorkflowHistory(edge, click(member, `C1:${workflowId}`))
  expect(opened()).toContain('version 2 in force')
  expect(opened()).toContain('Name sources.')
  expect(opened()).not.toContain('<!channel>')
})

test('who is not in the channel is shown nothing, whatever id the click names', async () => {
  for (const value of [`C1:${workflowId}`, `C5:${workflowId}`, `D1:${workflowId}`, 'C1:nonsense', '', ':', `C1:${workflowId}:1:2`]) {
    await onWorkflowHistory(edge, click(outsider, value))
    await onWorkflowRollback(edge, click(outsider, value))
  }
  await onWorkflowHistory(edge, click(member, `C5:${workflowId}`))
  expect(opened()).not.toContain('Reports')
  expect(await versionInForce()).toBe(2)
})

test('the author rolls back at a click, once, and the Home follows', async () => {
  const value = `C1:${workflowId}:1:2`
  await onWorkflowRollback(edge, click(author, value))
  expect(await versionInForce()).toBe(1)
  expect(opened()).toContain('is back at version 1')
  expect(calls.at(-1)).toMatchObject({ method: 'views.publish', args: { user_id: author } })
  calls = []
  // The same button again, on a Home that is older than the rollback.
  await onWorkflowRollback(edge, click(author, value))
  expect(await versionInForce()).toBe(1)
  expect(opened()).toContain('version 1 in force')
})

test('a member who forges the click is refused, an admin is not', async () => {
  await onWorkflowRollback(edge, click(member, `C1:${workflowId}:1:2`))
  expect(opened()).toMatch(/admins/)
  expect(await versionInForce()).toBe(2)
  await onWorkflowRollback(edge, click(admin, `C1:${workflowId}:1:2`))
  expect(await versionInForce()).toBe(1)
})
