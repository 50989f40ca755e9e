import { afterEach, describe, expect, test } from '@jest/globals'
import type { Click } from '../../../src/app/slack/click.ts'
import { onApproval } from '../../../src/app/slack/on-action.ts'
import type { Limits } from '../../../src/orchestration/paid-calls/budget-limits.ts'
import { admin, asker, openBudgetEdge, stranger } from './budget-edge.ts'

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

/** A run of the asker that waits, with its message and buttons. */
async function waitAt(limits: Partial<Limits>, text?: string) {
  const { world, edge, takeCalls } = await openBudgetEdge([{ text: 'done' }], limits)
  close = world.close
  const runId = await world.submit({ userId: asker, ...(text === undefined ? {} : { text }) })
  await world.attempt()
  const click = (userId: string, isApproved: boolean, over: Partial<Click> = {}) =>
    onApproval(edge, { teamId: 'T1', userId, channelId: 'C1', threadId: '1.1', messageId: '1.5', triggerId: 't', value: runId, ...over }, isApproved)
  return { world, runId, click, takeCalls, statusOf: async () => (await world.runOf(runId)).status }
}

const poor = { goalPerDayMicroUsd: 1_000 }
const careful = { confirmAboveMicroUsd: 0 }
const long = `Plan ${'many words '.repeat(600)}`

describe('"Approve and continue" at a cap', () => {
  test.each([asker, stranger])('is not for %s, and says to that person alone whose it is', async (userId) => {
    const { click, takeCalls, statusOf } = await waitAt(poor)
    await click(userId, true)
    expect(takeCalls()).toEqual([
      { method: 'chat.postEphemeral', args: { channel: 'C1', user: userId, thread_ts: '1.1', text: 'Raising a budget is for admins of this workspace. Ask one of them to click here.' } },
    ])
    expect(await statusOf()).toBe('waiting')
  })

  test('lets the run go on for an admin, and the message says who approved what', async () => {
    const { world, runId, click, takeCalls } = await waitAt(poor)
    const needed = Number((await world.runOf(runId)).waitingFor?.neededMicroUsd)
    await click(admin, true)
    const text = `<@${admin}> approved $${((needed * 4) / 1e6).toFixed(4)} more for today; going on.`
    expect(takeCalls()).toEqual([{ method: 'chat.update', args: { channel: 'C1', ts: '1.5', text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] } }])
    await world.attempt()
    expect(await world.runOf(runId)).toMatchObject({ status: 'completed', answer: 'done' })
  })

  test('of a run that met its own limit speaks of the request', async () => {
    const { click, takeCalls } = await waitAt({ runMicroUsd: 1_000 })
    await click(admin, true)
    expect(takeCalls()[0]?.args['text']).toMatch(/ more for this request; going on\.$/)
  })

  test('by two admins at once counts once, and the second one hears of it', async () => {
    const { click, takeCalls } = await waitAt(poor)
    await Promise.all([click(admin, true), click(admin, true)])
    const calls = takeCalls()
    expect(calls.map(({ method }) => method).toSorted()).toEqual(['chat.postEphemeral', 'chat.update'])
    expect(calls.find(({ method }) => method === 'chat.postEphemeral')?.args['text']).toMatch(/already decided|no longer waits/)
  })
})

describe('"Stop this request"', () => {
  test.each([asker, admin])('ends the run for %s', async (userId) => {
    const { world, click, takeCalls, statusOf } = await waitAt(poor)
    await click(userId, false)
    expect(takeCalls().map(({ method, args }) => [method, args['text']])).toEqual([['chat.update', `<@${userId}> decided not to go on.`]])
    await world.attempt()
    expect(await statusOf()).toBe('cancelled')
  })

  test('is not for others, and an approval after it comes too late', async () => {
    const { world, click, takeCalls, statusOf } = await waitAt(poor)
    await click(stranger, false)
    expect(takeCalls()[0]?.args['text']).toBe(`This is for <@${asker}>, who asked, and for admins.`)
    await click(asker, false)
    await click(admin, true)
    expect(takeCalls().map(({ method }) => method)).toEqual(['chat.update', 'chat.postEphemeral'])
    await world.attempt()
    expect(await statusOf()).toBe('cancelled')
    await click(admin, false)
    expect(takeCalls()[0]?.args['text']).toBe('This request no longer waits.')
  })
})

describe('"Go on" at an estimate', () => {
  test('is for the person who asked, without an admin', async () => {
    const { world, runId, click, takeCalls } = await waitAt(careful, long)
    await click(stranger, true)
    expect(takeCalls()[0]?.args['text']).toBe(`This is for <@${asker}>, who asked, and for admins.`)
    await click(asker, true)
    expect(takeCalls()[0]?.args['text']).toMatch(new RegExp(`^<@${asker}> agreed to about \\$0\\.00\\d\\d; going on\\.$`))
    await world.attempt()
    expect((await world.runOf(runId)).status).toBe('completed')
  })
})

test.each<[string, Partial<Click>]>([
  ['another channel', { channelId: 'C2' }],
  ['another workspace', { teamId: 'T2' }],
  ['no run at all', { value: 'nonsense' }],
])('a click that names a run from %s decides nothing', async (_, over) => {
  const { click, takeCalls, statusOf } = await waitAt(poor)
  await click(admin, true, over)
  expect(takeCalls()[0]?.args['text']).toBe('This request no longer waits.')
  expect(await statusOf()).toBe('waiting')
})
