import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createFailureReporter } from '../../../src/orchestration/failures/report-failures.ts'
import { createTeller } from '../../../src/orchestration/tell-notice.ts'
import { createEventCursors } from '../../../src/storage/event-cursors.ts'
import { createEventLog } from '../../../src/storage/event-log.ts'
import { createFailureStore } from '../../../src/storage/failure-store.ts'
import { createRunStore, type RunOutcome } from '../../../src/storage/run-store.ts'
import { createSetAsideStore } from '../../../src/storage/set-aside-store.ts'
import { aNewRun, aRequest } from '../../builders.ts'
import { openBudgetWorld, workspaceId, type BudgetWorld } from '../../fakes/budget-world.ts'

const dayMs = 24 * 3_600_000
let world: BudgetWorld
let admins: readonly string[]
beforeEach(async () => {
  world = await openBudgetWorld()
  admins = ['U_ADMIN']
})
afterEach(() => world.close())

/** One more process with readers of its own. */
function process(owner: string) {
  const { database, clock } = world
  const wakes: (() => void)[] = []
  const runs = createRunStore(database.db)
  const events = createEventLog(database)
  const onError = (error: unknown): never => {
    throw error
  }
  const reading = { events, cursors: createEventCursors(database), setAsides: createSetAsideStore(database, events), owner, listen: (_: readonly string[], wake: () => void) => (wakes.push(wake), () => {}), nowMs: clock.now, onError }
  const reporter = createFailureReporter({ ...reading, database, runs, failures: createFailureStore(database.db), adminsOf: async () => admins, tell: createTeller(runs, clock.now), onTold: () => {} })
  const read = async (): Promise<void> => {
    const seq = await events.lastSeq()
    reporter.start()
    for (const wake of wakes) wake()
    for (;;) {
      const row = await database.db.selectFrom('event_cursors').select('seq').where('reader', '=', 'report-failures').executeTakeFirst()
      if (Number(row?.seq) >= seq) break
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    reporter,
    /** A run that ends this way; resolves when the event was read. */
    async end(outcome: Partial<RunOutcome>, channelId = 'C1', surface: 'mention' | 'notice' = 'mention') {
      const run = aNewRun({ request: aRequest({ channelId, surface }), nowMs: clock.now() })
      const ended: RunOutcome = { status: 'failed', answer: undefined, tier: undefined, errorCode: 'MUR_MODEL_DOWN', failureClass: 'model_down', ...outcome }
      await database.db.transaction().execute(async (trx) => {
        await runs.insertOnce(trx, run, [])
        await runs.finish(trx, run.runId, ended, clock.now())
        await events.append(trx, { workspaceId, runId: run.runId, type: ended.status === 'failed' ? 'workflow_failed' : 'workflow_completed', payload: { tier: ended.tier }, atMs: clock.now() })
      })
      await read()
    },
    /** A reader passes over the event of a run, or of none; resolves when that was read. */
    async setAside({ reader = 'count-stats', hasRun = true }) {
      const run = aNewRun({ nowMs: clock.now() })
      const payload = { reader, eventType: 'workflow_completed', eventSeq: 1, errorCode: 'MUR_BUG', tries: 5 }
      await database.db.transaction().execute(async (trx) => {
        await runs.insertOnce(trx, run, [])
        await events.append(trx, { workspaceId, ...(hasRun ? { runId: run.runId } : {}), type: 'event_set_aside', payload, atMs: clock.now() })
      })
      await read()
    },
  }
}

const told = async (words = 'not be answered') => {
  const rows = await world.database.db.selectFrom('runs').select('request').orderBy('run_id').execute()
  return rows.map(({ request }) => JSON.parse(request) as { surface: string; channelId: string; text: string }).filter(({ surface, text }) => surface === 'notice' && text.includes(words))
}

/** A reader that never was begins at the end of the log, so the first event is one of no account. */
async function started(owner: string) {
  const here = process(owner)
  await here.end({ status: 'completed', tier: 1, errorCode: undefined, failureClass: undefined })
  return here
}

test('one kind of failure is told once in 24 hours, with how often it happened before, over processes', async () => {
  const here = await started('one')
  await here.end({})
  await here.end({}, 'C2')
  await here.end({ status: 'completed', tier: 4 })
  await here.reporter.close()
  const other = process('two')
  await other.end({})
  expect(await told()).toMatchObject([{ channelId: 'U_ADMIN', text: expect.stringMatching(/A request could not be answered: the model provider could not be reached \(`MUR_MODEL_DOWN`\)[\s\S]*1 of 2 requests ended otherwise[\s\S]*status page/) }])
  // Notices are escaped: a date in Slack's own form would be shown as it is written.
  expect((await told())[0]?.text).toMatch(/Since \d{4}-\d\d-\d\d \d\d:\d\d UTC, /)
  world.clock.advance(dayMs - 60_000)
  await other.end({})
  expect(await told()).toHaveLength(1)
  world.clock.advance(60_000)
  await other.end({})
  expect((await told()).map(({ text }) => text)[1]).toMatch(/requests could not be answered in \d channels?: [\s\S]*I told you of this kind before/)
  await other.reporter.close()
})

test('other kinds are told by themselves, to each admin, and where nobody is known it is said where it happened', async () => {
  const here = await started('one')
  admins = ['U_A', 'U_B']
  await here.end({})
  await here.end({ errorCode: 'MUR_MODEL_REFUSED', failureClass: 'model_refused' })
  expect((await told()).map(({ channelId }) => channelId)).toEqual(['U_A', 'U_B', 'U_A', 'U_B'])
  admins = []
  await here.end({ errorCode: 'MUR_RUN_TIMED_OUT', failureClass: 'timed_out' }, 'C7')
  expect((await told()).at(-1)).toMatchObject({ channelId: 'C7' })
  await here.reporter.close()
})

test.each([
  ['an answer by another way', { status: 'completed', tier: 2 }],
  ['a spent budget, of which admins are asked anyway', { errorCode: 'MUR_BUDGET_SPENT', failureClass: 'budget' }],
  ['a wish that nobody can fulfil', { errorCode: 'MUR_REQUEST_INVALID', failureClass: 'internal' }],
  ['what somebody said of an answer', { status: 'completed', tier: 1, errorCode: undefined, failureClass: 'wrong_specialist' }],
] as const)('nobody is told of %s', async (_what, outcome) => {
  const here = await started('one')
  await here.end(outcome)
  expect(await told()).toEqual([])
  await here.reporter.close()
})

test('a notice that fails is not told of by another one', async () => {
  const here = await started('one')
  await here.end({ errorCode: 'MUR_SLACK_REJECTED', failureClass: 'slack' }, 'C1', 'notice')
  expect(await told()).toEqual([])
  await here.reporter.close()
})

test('what a reader of the events set aside is told to admins once, and where none is known in the thread of its run', async () => {
  const here = await started('one')
  await here.setAside({})
  await here.setAside({})
  expect(await told('goes on without it')).toMatchObject([{ channelId: 'U_ADMIN', text: expect.stringMatching(/`count-stats`, failed 5 times at an event \(`workflow_completed`, `MUR_BUG`\)[\s\S]*next start/) }])
  admins = []
  await here.setAside({ reader: 'learn-patterns' })
  await here.setAside({ reader: 'learn-routes', hasRun: false })
  expect((await told('goes on without it')).map(({ channelId }) => channelId)).toEqual(['U_ADMIN', 'C1'])
  await here.reporter.close()
})
