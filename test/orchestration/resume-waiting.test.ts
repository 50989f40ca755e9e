import { afterEach, describe, expect, test } from '@jest/globals'
import type { Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import type { RunId } from '../../src/storage/records.ts'
import { workspaceId } from '../fakes/budget-world.ts'
import { openRunnerWorld, type RunnerWorld } from './runner-world.ts'

let open: RunnerWorld | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

/** A world with a run that waits: at a cap of a tenth of a cent, or for a click. */
async function waitAt(limits: Partial<Limits>, text?: string): Promise<RunnerWorld & { readonly runId: RunId }> {
  open = await openRunnerWorld([{ text: 'done' }], limits)
  const runId = await open.submit(text === undefined ? {} : { text })
  await open.attempt()
  return { ...open, runId }
}

describe('a run that waits at a cap goes on by itself', () => {
  const poor = { goalPerDayMicroUsd: 1_000 }

  test('when its day has ended, and not before', async () => {
    const world = await waitAt({ ...poor, goalPerDayMicroUsd: 20_000, timeZone: 'Asia/Tokyo' })
    expect((await world.runOf(world.runId)).status).toBe('completed')
    const spender = { workspaceId, goalId: 'C1', channelId: 'C1', userId: 'U7', runId: world.runId }
    await world.settle(await world.guard.reserve(spender, 'model:answer:9', 19_000), 19_000)
    const second = await world.submit()
    await world.attempt()
    expect((await world.runOf(second)).status).toBe('waiting')
    // The day of the limits ends at midnight in Tokyo, which is 15:00 in UTC.
    world.clock.advance(Date.parse('2026-11-21T14:59:59Z') - world.clock.now())
    expect(await world.resumeWaiting()).toBe(0)
    world.clock.advance(1_000)
    expect(await world.resumeWaiting()).toBe(1)
    expect([(await world.runOf(second)).status, await world.resumeWaiting()]).toEqual(['queued', 0])
  })

  test('when the limit was changed', async () => {
    const world = await waitAt(poor)
    expect(await world.resumeWaiting()).toBe(0)
    await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: 1_000_000 }, 'U9')
    expect(await world.resumeWaiting()).toBe(1)
    await world.attempt()
    expect((await world.runOf(world.runId)).status).toBe('completed')
  })

  test('when its channel belongs to another goal now', async () => {
    const world = await waitAt(poor)
    await world.book.set(workspaceId, 'apollo', { goalPerDayMicroUsd: 1_000_000 }, 'U9')
    await world.book.assign(workspaceId, 'C1', 'apollo')
    expect(await world.resumeWaiting()).toBe(1)
    await world.attempt()
    expect((await world.runOf(world.runId)).status).toBe('completed')
  })

  test('no more of them than there is room for, the oldest first', async () => {
    const world = await waitAt(poor)
    const others = [await world.submit(), await world.submit()]
    while (await world.attempt());
    const needed = Number((await world.runOf(world.runId)).waitingFor?.neededMicroUsd)
    await world.book.set(workspaceId, 'C1', { goalPerDayMicroUsd: needed * 2.5 }, 'U9')
    expect(await world.resumeWaiting()).toBe(2)
    const statuses = await Promise.all([world.runId, ...others].map(async (runId) => (await world.runOf(runId)).status))
    expect(statuses).toEqual(['queued', 'queued', 'waiting'])
  })

  test('but not one that waits for a click, and not one that was stopped', async () => {
    const world = await waitAt({ confirmAboveMicroUsd: 0 }, `Plan ${'many words '.repeat(600)}`)
    expect((await world.runOf(world.runId)).waitingFor?.kind).toBe('confirm')
    expect(await world.resumeWaiting()).toBe(0)
    await world.canceller.cancelRun(world.runId, 'U1')
    expect(await world.resumeWaiting()).toBe(0)
  })
})
