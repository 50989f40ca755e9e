import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import { payerOf, type Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { retryDelayMs } from '../../src/orchestration/run-task.ts'
import { RecordingThread } from '../fakes/recording-thread.ts'
import { openRunnerWorld, type RunnerWorld } from './runner-world.ts'

let open: RunnerWorld | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

const start = async (steps: Parameters<typeof openRunnerWorld>[0] = [], limits: Partial<Limits> = {}): Promise<RunnerWorld> => (open = await openRunnerWorld(steps, limits))
const ended = { result: { kind: 'ended' } }

describe('an attempt that succeeds', () => {
  test('ends the run, its task and its session, and reports it', async () => {
    const { submit, attempt, runOf, taskStatus, eventTypes, thread } = await start([{ text: 'Here is the plan.' }])
    const runId = await submit()
    expect(await attempt()).toMatchObject(ended)
    expect(await runOf(runId)).toMatchObject({ status: 'completed', answer: 'Here is the plan.', tier: 1, errorCode: undefined })
    expect([await taskStatus(runId), await eventTypes(), thread.isClosed]).toEqual(['completed', ['workflow_completed'], true])
    expect(thread.answers.map(({ text }) => text)).toEqual(['Here is the plan.'])
  })
})

test('the thread is told to rest before its end is stored, so that a crash between leaves it to the next attempt', async () => {
  const { submit, attempt, runOf, thread } = await start([{ text: 'Here is the plan.' }])
  const runId = await submit()
  const seen: (string | undefined)[] = []
  const { close } = thread
  thread.close = async () => {
    seen.push((await runOf(runId))?.status)
    await close()
  }
  expect(await attempt()).toMatchObject(ended)
  expect(seen[0]).toBe('running')
})

test('what a call of the only attempt left held, because its end could not be stored, is given back with the end of the run', async () => {
  const { submit, attempt, guard, runOf, database } = await start([{ text: 'Here is the plan.' }])
  const runId = await submit()
  const { workspaceId, request } = await runOf(runId)
  await guard.reserve(payerOf({ workspaceId, runId, request }, request.channelId), 'model:route:0', 5)
  expect(await attempt()).toMatchObject(ended)
  expect(await database.db.selectFrom('reservations').select('step_key').execute()).toEqual([])
})

describe('an attempt that fails for a while', () => {
  const busy = (details = {}) => ({ openThread: async () => Promise.reject(new MurmurError('MUR_SLACK_BUSY', details)) })

  test('is repeated, later each time, until it works', async () => {
    const { submit, attempt, clock, runOf, errors } = await start([{ text: 'done' }])
    const runId = await submit()
    expect(await attempt(busy())).toMatchObject({ attempt: 1, result: { kind: 'retry', delayMs: 1_000, error: 'MUR_SLACK_BUSY' } })
    expect(await attempt()).toBeUndefined()
    clock.advance(1_000)
    expect(await attempt(busy())).toMatchObject({ attempt: 2, result: { delayMs: 2_000 } })
    clock.advance(2_000)
    expect(await attempt()).toMatchObject({ attempt: 3, ...ended })
    expect(await runOf(runId)).toMatchObject({ status: 'completed' })
    expect(errors.map(({ willRetry }) => willRetry)).toEqual([true, true])
  })

  test('is failed after the last one, and the person is told where it can still be told', async () => {
    const { submit, attempt, clock, runOf, asides, eventTypes } = await start()
    const runId = await submit()
    for (let attempts = 1; attempts < 5; attempts++) {
      await attempt(busy())
      clock.advance(60_000)
    }
    expect(await attempt(busy())).toMatchObject({ attempt: 5, ...ended })
    expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_SLACK_BUSY' })
    expect(asides).toEqual([expect.stringContaining('I could not finish this. Something went wrong on my side')])
    expect(await eventTypes()).toEqual(['workflow_failed'])
  })

  test('waits at least as long as it was asked to, about twice as long each time, and never longer than a minute', () => {
    const error = new MurmurError('MUR_SLACK_BUSY')
    expect([1, 2, 3, 6, 7, 20].map((attempt) => retryDelayMs(attempt, error, 1))).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000])
    expect([0, 0.5].map((random) => retryDelayMs(3, error, random))).toEqual([2_000, 3_000])
    expect(retryDelayMs(1, new MurmurError('MUR_SLACK_BUSY', { retryAfterMs: 90_000 }), 0)).toBe(90_000)
  })

  test('is told in the thread, by its code, when it cannot work at all', async () => {
    const { submit, attempt, runOf, thread } = await start([], { agentsPerDay: 0 })
    const runId = await submit()
    expect(await attempt()).toMatchObject(ended)
    expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_BUDGET_SPENT' })
    expect(thread.notices).toEqual([expect.stringMatching(/^I could not finish this\. .*agents per day.*`MUR_BUDGET_SPENT`/s)])
  })

  test('is ended even when the person cannot be told', async () => {
    const { submit, attempt, runOf, errors } = await start()
    const runId = await submit()
    const fail = async () => Promise.reject(new MurmurError('MUR_SLACK_REJECTED', { reason: 'channel_not_found' }))
    await attempt({ openThread: fail, tellAside: fail })
    expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_SLACK_REJECTED' })
    expect(errors).toHaveLength(2)
  })
})

test('a task that only a later version knows is failed after its time, and the person is told', async () => {
  const { submit, database, clock, attempt, runOf, thread } = await start()
  const runId = await submit()
  await database.db.updateTable('tasks').set({ type: 'dream' }).where('run_id', '=', runId).execute()
  clock.advance(2 * 3_600_000)
  expect(await attempt()).toMatchObject(ended)
  expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_TASK_UNKNOWN' })
  expect(thread.notices[0]).toContain('newer version of Murmur')
})

test('a run that took its process down 12 times is given up', async () => {
  const { submit, tasks, clock, crash, attempt, runOf, thread } = await start()
  const runId = await submit()
  for (let starts = 0; starts < 12; starts++) {
    await tasks.claim({ owner: 'dead', limit: 1, nowMs: clock.now(), leaseMs: 1 })
    await crash()
  }
  expect(await attempt()).toMatchObject({ attempt: 13, ...ended })
  expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_RUN_GIVEN_UP' })
  expect(thread.notices[0]).toContain('begun 12 times')
})

test('operators are told of a run that is taken up again, and of its end', async () => {
  const { submit, tasks, clock, crash, attempt, told } = await start([{ text: 'done' }])
  const runId = await submit()
  await tasks.claim({ owner: 'dead', limit: 1, nowMs: clock.now(), leaseMs: 1 })
  clock.advance(20_000)
  await crash()
  await attempt()
  expect(told).toEqual([{ resumed: 2 }, { runId, workspaceId: 'T1', channelId: 'C1', outcome: 'completed', tier: 1, errorCode: undefined, attempt: 2, durationMs: 20_000 }])
})

test('a run that takes longer than ten minutes is stopped', async () => {
  const { submit, attempt, model, runOf, thread } = await start([{ hangs: true }])
  const runId = await submit()
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'setInterval', 'clearInterval', 'Date', 'performance'] })
  try {
    const trying = attempt()
    await model.called(1)
    jest.advanceTimersByTime(10 * 60_000)
    expect(await trying).toMatchObject(ended)
  } finally {
    jest.useRealTimers()
  }
  expect(await runOf(runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_RUN_TIMED_OUT' })
  expect(thread.notices[0]).toContain('longer than its limit')
})

describe('a run that somebody stops', () => {
  test('before it began ends without a model call', async () => {
    const { submit, attempt, canceller, runOf, thread, eventTypes } = await start()
    const runId = await submit()
    expect(await canceller.cancelRun(runId, 'U2')).toBe(true)
    await attempt()
    expect(await runOf(runId)).toMatchObject({ status: 'cancelled', errorCode: 'MUR_RUN_CANCELLED' })
    expect([thread.notices, await eventTypes()]).toEqual([['Stopped by <@U2>.'], ['workflow_cancelled']])
    expect(await canceller.cancelRun(runId, 'U2')).toBe(false)
  })

  test('in the middle of a call ends with it, and nothing stays held', async () => {
    const { submit, attempt, canceller, model, runOf, thread, stateOf, errors } = await start([{ hangs: true }])
    const runId = await submit()
    const stop = new AbortController()
    const trying = attempt({}, stop.signal)
    await model.called(1)
    await canceller.cancelRun(runId, 'U2')
    stop.abort('cancelled')
    await trying
    expect(await runOf(runId)).toMatchObject({ status: 'cancelled' })
    expect([thread.notices, await stateOf('workspace'), errors]).toEqual([['Stopped by <@U2>.'], [0, 0], []])
  })
})

describe('a process that drains', () => {
  test('gives the attempt back uncounted, tells nobody, and the next one pays for nothing twice', async () => {
    const { submit, attempt, model, runOf, thread, ledgerRows } = await start([{ toolCalls: [{ name: 'none' }] }, { hangs: true }, { text: 'done' }])
    const runId = await submit()
    const drain = new AbortController()
    const trying = attempt({}, drain.signal)
    await model.called(2)
    drain.abort('draining')
    expect(await trying).toEqual({ attempt: 1, result: { kind: 'retry', delayMs: 0, error: 'drained' } })
    expect([await runOf(runId).then(({ status }) => status), thread.notices]).toEqual(['running', []])
    expect(await attempt()).toMatchObject({ attempt: 1, ...ended })
    model.assertDone()
    expect(await runOf(runId)).toMatchObject({ status: 'completed', answer: 'done' })
    expect((await ledgerRows()).map((row) => [row.step_key, row.outcome])).toEqual([
      ['model:answer:0', 'ok'],
      ['model:plain:0', 'MUR_RUN_CANCELLED'],
      ['model:plain:0', 'ok'],
    ])
  })
})

describe('a run that meets a cap', () => {
  const poor = { goalPerDayMicroUsd: 1_000 }

  test('asks who may raise it, and waits just as it is', async () => {
    const { submit, attempt, runOf, taskStatus, eventTypes, thread, model } = await start([], poor)
    const runId = await submit()
    expect(await attempt()).toMatchObject(ended)
    const run = await runOf(runId)
    expect(run).toMatchObject({ status: 'waiting', waitingFor: { kind: 'cap', scope: 'goal:C1', day: '2026-11-21', limitMicroUsd: 1_000 }, finishedAtMs: undefined })
    expect([await taskStatus(runId), await eventTypes(), model.requests, thread.notices]).toEqual(['waiting', ['budget_exceeded'], [], []])
    expect(thread.asked).toMatchObject([{ stepKey: 'cap:goal:C1:2026-11-21:1000', goOn: 'Approve and continue' }])
    const more = `$${((Number(run.waitingFor?.neededMicroUsd) * 4) / 1e6).toFixed(4)}`
    expect(thread.asked[0]?.question).toMatch(/^The channel's daily limit of \$0\.0010 leaves no room.*It resets at 00:00 on 2026-11-22 \(UTC\).*can raise it/)
    expect(thread.asked[0]?.question).toContain(`goes on by itself once there is room again, or at once when an admin approves ${more} more.`)
    expect(await attempt()).toBeUndefined()
  })

  test('goes on where it was when it is approved: the same route, no call made twice, one answer', async () => {
    const { submit, attempt, approve, runOf, thread, model, deps } = await start([{ text: 'Here is the plan.' }], poor)
    const runId = await submit()
    await attempt()
    const before = await runOf(runId)
    expect(await approve(before, 'U9')).toBe(Number(before.waitingFor?.neededMicroUsd) * 4)
    const never = () => {
      throw new Error('Expected the stored route.')
    }
    expect(await attempt({ scoreKeywords: never, standings: { of: async () => never } as unknown as typeof deps.standings })).toMatchObject(ended)
    expect(await runOf(runId)).toMatchObject({ status: 'completed', route: before.route, waitingFor: undefined })
    expect([thread.answers.length, model.requests.length]).toEqual([1, 1])
  })

  test('has all its attempts before it again after a wait, and reads its journal all the same', async () => {
    const { submit, attempt, approve, runOf, model } = await start([{ text: 'done' }], poor)
    const runId = await submit()
    await attempt()
    await approve(await runOf(runId), 'U9')
    expect(await attempt()).toMatchObject({ attempt: 1, ...ended })
    expect([(await runOf(runId)).status, model.requests.length]).toEqual(['completed', 1])
  })

  test('asks the same question again when the process died before the wait was stored', async () => {
    const { submit, attempt, crash, thread, runs, runOf } = await start([], poor)
    const runId = await submit()
    const dying = { ...runs, suspend: async () => Promise.reject(new Error('died')) }
    await attempt({ runs: dying as unknown as typeof runs }).catch(() => {})
    await crash()
    await attempt()
    expect(thread.asked.map(({ stepKey }) => stepKey)).toEqual(['cap:goal:C1:2026-11-21:1000', 'cap:goal:C1:2026-11-21:1000'])
    expect((await runOf(runId)).status).toBe('waiting')
  })

  test('asks anew when the raise was used up', async () => {
    const { submit, attempt, approve, runOf, thread, settle, guard } = await start([{ text: 'done' }], poor)
    const runId = await submit()
    await attempt()
    await approve(await runOf(runId), 'U9')
    const others = { workspaceId: (await runOf(runId)).workspaceId, goalId: 'C1', channelId: 'C1', userId: 'U7', runId: await submit() }
    await settle(await guard.reserve(others, 'model:answer:0', 20_000), 20_000)
    await attempt()
    expect(new Set(thread.asked.map(({ stepKey }) => stepKey)).size).toBe(2)
  })

  test('ends instead of waiting when it is stopped while the question is put', async () => {
    const { submit, attempt, canceller, runOf, thread, taskStatus } = await start([], poor)
    const runId = await submit()
    const slow = new RecordingThread()
    slow.askApproval = async (...args) => {
      await canceller.cancelRun(runId, 'U2')
      return thread.askApproval(...args)
    }
    await attempt({ openThread: async () => slow })
    expect([(await runOf(runId)).status, await taskStatus(runId), slow.notices]).toEqual(['cancelled', 'cancelled', ['Stopped by <@U2>.']])
  })

  test('ends when it is stopped while it waits, over a restart', async () => {
    const { submit, attempt, canceller, crash, runOf, thread } = await start([], poor)
    const runId = await submit()
    await attempt()
    await crash()
    await canceller.cancelRun(runId, 'U2')
    expect(await attempt()).toMatchObject(ended)
    expect(await runOf(runId)).toMatchObject({ status: 'cancelled', waitingFor: undefined })
    expect(thread.notices).toEqual(['Stopped by <@U2>.'])
  })

  test('only comes back in a moment where nothing but calls under way stand in the way', async () => {
    const { submit, attempt, clock, guard, settle, runOf, thread } = await start([{ text: 'done' }], { goalPerDayMicroUsd: 20_000 })
    const runId = await submit()
    const others = { workspaceId: (await runOf(runId)).workspaceId, goalId: 'C1', channelId: 'C1', userId: 'U7', runId: await submit({ channelId: 'C2' }) }
    const hold = await guard.reserve(others, 'model:answer:0', 20_000)
    expect(await attempt()).toMatchObject({ result: { kind: 'retry', delayMs: 1_000, error: 'MUR_BUDGET_SPENT' } })
    await settle(hold, 5)
    clock.advance(1_000)
    expect(await attempt()).toMatchObject(ended)
    expect([(await runOf(runId)).status, thread.asked]).toEqual(['completed', []])
  })
})

test('a warning is posted once a day by the run that comes near a cap, after its answer', async () => {
  const usage = { inputTokens: 100, outputTokens: 900, cachedInputTokens: 0, isEstimated: false }
  const { submit, attempt, thread } = await start([{ text: 'a', usage }, { text: 'b', usage }], { goalPerDayMicroUsd: 20_000, warnAtShare: 0.15 })
  await submit()
  await attempt()
  await submit()
  await attempt()
  expect(thread.answers).toHaveLength(2)
  expect(thread.posts).toEqual([
    { stepKey: 'budget-warning:goal:C1', text: ":warning: The channel's daily limit is nearly reached: $0.0037 of $0.0200 is spent today. An admin can raise it with `/swarm budget set`." },
  ])
})
