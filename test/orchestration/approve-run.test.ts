import { afterEach, describe, expect, test } from '@jest/globals'
import type { Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import type { RunId } from '../../src/storage/records.ts'
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

const raisedOf = async ({ database }: RunnerWorld) => (await database.db.selectFrom('budget_spend').select(['scope', 'raised_micro_usd']).where('raised_micro_usd', '>', 0).execute()).map((row) => [row.scope, row.raised_micro_usd])

describe('approving a run that met a cap', () => {
  const poor = { personPerDayMicroUsd: 1_000 }

  test('the cap that was met is raised for its day by four times the next call, and the run is due', async () => {
    const world = await waitAt(poor)
    const run = await world.runOf(world.runId)
    const needed = Number(run.waitingFor?.neededMicroUsd)
    expect(needed).toBeGreaterThan(5_000)
    expect(await world.approve(run, 'U9')).toBe(needed * 4)
    expect([await raisedOf(world), await world.taskStatus(world.runId), await world.eventTypes()]).toEqual([
      [['person:U1', needed * 4]],
      'queued',
      ['budget_exceeded', 'budget_raised'],
    ])
  })

  test('two clicks at once raise it once', async () => {
    const world = await waitAt(poor)
    const run = await world.runOf(world.runId)
    const amounts = await Promise.all([world.approve(run, 'U8'), world.approve(run, 'U9')])
    expect(amounts.filter((amount) => amount === undefined)).toHaveLength(1)
    expect((await raisedOf(world))[0]?.[1]).toBe(amounts.find((amount) => amount !== undefined))
  })

  test('nothing is raised for a run that somebody has just stopped', async () => {
    const world = await waitAt(poor)
    const run = await world.runOf(world.runId)
    await world.canceller.cancelRun(world.runId, 'U8')
    expect(await world.approve(run, 'U9')).toBeUndefined()
    expect(await raisedOf(world)).toEqual([])
    await world.attempt()
    expect((await world.runOf(world.runId)).status).toBe('cancelled')
  })

  test('nothing is raised for a run that does not wait', async () => {
    const world = await waitAt({})
    expect(await world.approve(await world.runOf(world.runId), 'U9')).toBeUndefined()
    expect(await raisedOf(world)).toEqual([])
  })
})
