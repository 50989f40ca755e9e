import { afterEach, describe, expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import { createQuietThread } from '../../../src/orchestration/tasks/quiet-thread.ts'
import { maxBatchItems, type BatchItem, type BatchPlace } from '../../../src/orchestration/tasks/submit-batch.ts'
import type { RunDeps } from '../../../src/orchestration/run-attempt.ts'
import type { RunRecord, WorkspaceId } from '../../../src/storage/records.ts'
import { aRequest } from '../../builders.ts'
import type { ScriptStep } from '../../fakes/scripted-model.ts'
import { clearRequest, openRunnerWorld, type RunnerWorld } from '../runner-world.ts'

let world: RunnerWorld
afterEach(() => world.close())

const { text: _, files: __, isReply: ___, ...place } = aRequest({ workspaceId: 'T1' as WorkspaceId })
const items = (...texts: readonly string[]): BatchItem[] => texts.map((text) => ({ text, specialtyId: 'planner' }))
const refused: ScriptStep = { error: new MurmurError('MUR_RUN_TIMED_OUT', { limitMs: 5 }) }

/** As the app opens threads: parts have a quiet one. */
const openThread = async (run: RunRecord) => (run.parentRunId === undefined ? world.thread : createQuietThread(run.runId, async () => world.thread))

async function start(steps: readonly ScriptStep[]): Promise<void> {
  world = await openRunnerWorld(steps)
}

const submit = (given: readonly BatchItem[], key = 'view:1', at: BatchPlace = place) => world.submitBatch(at, given, [key])

/** Makes attempts until nothing is due; time goes on between them. */
async function work(over: Partial<RunDeps> = {}): Promise<void> {
  for (let idle = 0; idle < 2; ) {
    idle = (await world.attempt({ openThread, ...over })) ? 0 : idle + 1
    world.clock.advance(2_000)
  }
}

describe('a batch', () => {
  test('gives one answer that names every task, and each task its own result', async () => {
    await start([{ text: 'Plan one.' }, { text: 'Plan two.' }])
    const { runId, parts } = await submit(items('Plan the first launch', 'Plan the second launch'))
    await work()
    expect(world.thread.answers).toHaveLength(1)
    const [answer] = world.thread.answers
    for (const said of ['2 of 2 done', '1. Plan the first launch', 'Plan one.', '2. Plan the second launch', 'Plan two.', ...parts]) expect(answer?.text).toContain(said)
    expect(await world.runOf(runId)).toMatchObject({ status: 'completed', answer: expect.stringContaining('Plan two.') })
    for (const part of parts) expect(await world.runOf(part)).toMatchObject({ status: 'completed', parentRunId: runId })
    expect(await Promise.all([runId, ...parts].map(world.taskStatus))).toEqual(['completed', 'completed', 'completed'])
    world.model.assertDone()
  })

  test('shows how far it is, and nothing of its parts', async () => {
    await start([{ text: 'one' }, { text: 'two' }])
    await submit(items('Plan A', 'Plan B'))
    await work()
    const titles = world.thread.boards.map(({ title }) => title)
    expect(titles[0]).toBe('0 of 2 done')
    expect(titles.at(-1)).toBe('2 of 2 done')
    expect(world.thread.isBoardClosed).toBe(true)
    expect([world.thread.statuses, world.thread.posts]).toEqual([[], []])
  })

  test('names what failed with the reason, and keeps the rest', async () => {
    await start([refused, { text: 'Plan two.' }])
    const { runId, parts } = await submit(items('Plan A', 'Plan B'))
    await work()
    expect(world.thread.answers[0]?.text).toContain('1 of 2 done, 1 not')
    expect(world.thread.answers[0]?.text).toMatch(/1\. Plan A\*\* \(failed.*\nThe run took longer than its limit/)
    expect(await world.runOf(runId)).toMatchObject({ status: 'completed' })
    expect(await world.runOf(parts[0] ?? runId)).toMatchObject({ status: 'failed', errorCode: 'MUR_RUN_TIMED_OUT' })
  })

  test('puts results that are too long to show into a file', async () => {
    const long = 'A very long plan. '.repeat(200)
    await start([{ text: long }, { text: 'short' }])
    await submit(items('Plan A', 'Plan B'))
    await work()
    expect(world.thread.answers[0]?.text.length).toBeLessThan(1_500)
    expect(new TextDecoder().decode(world.thread.files[0]?.file.bytes)).toContain(long.trim())
  })

  test('is taken in once, however often it is submitted', async () => {
    await start([{ text: 'one' }])
    const first = await submit(items('Plan A'))
    const second = await submit(items('Plan A'))
    expect(second).toEqual({ isNew: false, runId: first.runId, parts: first.parts })
    await work()
    world.model.assertDone()
  })

  test('that is stopped stops its parts, and says what they came to', async () => {
    await start([{ text: 'Plan one.' }])
    const { runId, parts } = await submit(items('Plan A', 'Plan B', 'Plan C'))
    await world.attempt({ openThread })
    await world.attempt({ openThread })
    expect(await world.canceller.cancelRun(runId, 'U1')).toBe(true)
    await work()
    expect(await Promise.all(parts.map(async (part) => (await world.runOf(part)).status))).toEqual(['completed', 'cancelled', 'cancelled'])
    expect(await world.runOf(runId)).toMatchObject({ status: 'cancelled' })
    expect(world.thread.answers[0]?.text).toContain('1 of 3 done, 2 not')
    world.model.assertDone()
  })

  test('whose thread can not be opened stops its parts unpaid', async () => {
    await start([])
    const { runId, parts } = await submit(items('Plan A', 'Plan B'))
    await work({ openThread: async (run: RunRecord) => (run.runId === runId ? Promise.reject(new MurmurError('MUR_REQUEST_INVALID')) : openThread(run)) } as Partial<RunDeps>)
    expect(await Promise.all([runId, ...parts].map(async (id) => (await world.runOf(id)).status))).toEqual(['failed', 'cancelled', 'cancelled'])
    world.model.assertDone()
  })

  test.each([
    ['nothing', [], '1 to 100 tasks'],
    ['too many', items(...Array.from({ length: maxBatchItems + 1 }, () => 'x')), 'got 101'],
    ['an empty one', items('a', ' '), 'an empty one (number 2)'],
    ['one that is too long', items('a', 'x'.repeat(2_001)), 'one of 2001 (number 2)'],
  ])('of %s is refused', async (_name, given, message) => {
    await start([])
    await expect(submit(given)).rejects.toThrow(message)
  })
})

describe('another try', () => {
  test('of a batch does only what came to no result, and pays nothing again', async () => {
    await start([refused, { text: 'Plan two.' }, { text: 'Plan one.' }])
    const { runId, parts } = await submit(items('Plan A', 'Plan B'))
    await work()
    expect(await world.retryRun(await world.runOf(runId), 'U1')).toBe(1)
    await work()
    expect(world.thread.answers).toHaveLength(2)
    expect(world.thread.answers[1]?.text).toContain('2 of 2 done')
    expect(await Promise.all([runId, ...parts].map(async (id) => (await world.runOf(id)).status))).toEqual(['completed', 'completed', 'completed'])
    expect(await world.retryRun(await world.runOf(runId), 'U1')).toBe(0)
    world.model.assertDone()
  })

  test('of a part while its batch is still at work makes the batch wait for it', async () => {
    await start([refused, { text: 'Plan one.' }, { text: 'Plan two.' }])
    const { runId, parts } = await submit(items('Plan A', 'Plan B'))
    await world.attempt({ openThread })
    await world.attempt({ openThread })
    const [first = runId] = parts
    expect(await world.retryRun(await world.runOf(first), 'U1')).toBe(1)
    await work()
    expect(world.thread.answers.map(({ text }) => text.split('\n')[0])).toEqual(['**2 of 2 done.**'])
  })

  test('of a run that failed is the same run, whose finished steps are read back', async () => {
    await start([refused, { text: 'Here it is.' }])
    const runId = await world.submit({ text: clearRequest })
    await work()
    expect(await world.runOf(runId)).toMatchObject({ status: 'failed' })
    expect(await world.retryRun(await world.runOf(runId), 'U1')).toBe(1)
    await work()
    expect(await world.runOf(runId)).toMatchObject({ status: 'completed', answer: 'Here it is.', errorCode: undefined })
    expect(await world.eventTypes()).toEqual(['workflow_failed', 'workflow_retried', 'workflow_completed'])
  })
})
