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

describe('work that may be dear', () => {
  const careful = { confirmAboveMicroUsd: 100 }
  const long = `Plan the launch of our newsletter. ${'It is long and has many words. '.repeat(200)}`

  test('who asked is asked, with the amount on the button, before anything is paid', async () => {
    const world = await waitAt(careful, long)
    const run = await world.runOf(world.runId)
    expect(run).toMatchObject({ status: 'waiting', waitingFor: { kind: 'confirm', scope: `run:${world.runId}`, day: 'all', limitMicroUsd: 100 } })
    const needed = (Number(run.waitingFor?.neededMicroUsd) / 1e6).toFixed(4)
    expect(world.thread.asked).toEqual([
      {
        stepKey: `confirm:run:${world.runId}:all:100`,
        question: expect.stringMatching(/^This input of about [\d,]+ tokens would cost about \$0\.00\d\d, and what is above \$0\.0001 needs your click first\.$/),
        goOn: `Go on (about $${needed})`,
      },
    ])
    expect([world.model.requests, await world.eventTypes()]).toEqual([[], ['cost_unconfirmed']])
  })

  test('a click lets it go on, raises nothing, and is remembered over restarts', async () => {
    const world = await waitAt(careful, long)
    const run = await world.runOf(world.runId)
    expect(await world.approve(run, 'U1')).toBe(run.waitingFor?.neededMicroUsd)
    expect(await raisedOf(world)).toEqual([])
    await world.tasks.claim({ owner: 'dead', limit: 1, nowMs: world.clock.now(), leaseMs: 1 })
    await world.crash()
    await world.attempt()
    expect(await world.runOf(world.runId)).toMatchObject({ status: 'completed', answer: 'done' })
    expect([world.thread.asked.length, await world.eventTypes()]).toEqual([1, ['cost_unconfirmed', 'cost_confirmed', 'workflow_completed']])
  })

  test('a long input below the limit shows what it will cost and goes on', async () => {
    const world = await waitAt({}, long)
    expect((await world.runOf(world.runId)).status).toBe('completed')
    expect(world.thread.statuses.at(-1)).toMatch(/^is reading about [\d,]+ tokens \(about \$0\.00\d\d\) …$/)
  })

  test('an ordinary request is not asked about, however careful the limit', async () => {
    const world = await waitAt({ confirmAboveMicroUsd: 0 })
    expect((await world.runOf(world.runId)).status).toBe('completed')
    expect(world.thread.asked).toEqual([])
  })

  test('a cap is met after the click as before it', async () => {
    const world = await waitAt({ ...careful, goalPerDayMicroUsd: 1_000 }, long)
    await world.approve(await world.runOf(world.runId), 'U1')
    await world.attempt()
    expect(await world.runOf(world.runId)).toMatchObject({ status: 'waiting', waitingFor: { kind: 'cap' } })
    await world.approve(await world.runOf(world.runId), 'U9')
    await world.attempt()
    expect((await world.runOf(world.runId)).status).toBe('completed')
  })
})
