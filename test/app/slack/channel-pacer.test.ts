import { expect, test } from '@jest/globals'
import { createChannelPacer } from '../../../src/app/slack/channel-pacer.ts'
import type { ChannelPacer, ChannelPacerOptions } from '../../../src/app/slack/channel-pacer.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

/** A pacer of channels that Slack has just refused, so that it paces. */
function strainedPacer(options: ChannelPacerOptions, ...channels: string[]): ChannelPacer {
  const pacer = createChannelPacer({ strainMs: 1e9, ...options })
  for (const channel of channels) pacer.slowDown(channel)
  return pacer
}

test('goes by the pace of all processes while there is one, and by its own while there is none', async () => {
  const clock = new ManualClock(0)
  const turns: ({ waitMs: number; isRefused: boolean } | undefined)[] = [{ waitMs: 0, isRefused: false }, { waitMs: 200_000, isRefused: true }, undefined]
  const strained: string[] = []
  const shared = { strain: (name: string) => void strained.push(name), takeTurn: async () => turns.shift() }
  const pacer = createChannelPacer({ now: clock.now, delay: clock.delay, shared })
  await pacer.take('C1')
  await expect(pacer.take('C1')).rejects.toMatchObject({ code: 'MUR_SLACK_BUSY' })
  await pacer.take('C1')
  pacer.slowDown('C1')
  expect(strained).toEqual(['slack:C1'])
})

const everyChannel = Array.from({ length: 200 }, (_, index) => `C${index}`)
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('lets a burst of five pass at once, then one a second, in order', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer(clock, ...everyChannel)
  const passed: number[] = []
  for (let index = 0; index < 8; index++) void pacer.take('C1').then(() => passed.push(index))
  await nextTurn()
  expect(passed).toEqual([0, 1, 2, 3, 4])
  clock.advance(999)
  await nextTurn()
  expect(passed).toHaveLength(5)
  clock.advance(1)
  await nextTurn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5])
  clock.advance(2_000)
  await nextTurn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('grows the burst back while a channel is quiet', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer(clock, ...everyChannel)
  for (let index = 0; index < 5; index++) await pacer.take('C1')
  clock.advance(2_000)
  await pacer.take('C1')
  await pacer.take('C1')
  void pacer.take('C1')
  expect(clock.waiting).toBe(1)
})

test('keeps channels apart', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer(clock, ...everyChannel)
  for (let index = 0; index < 20; index++) await pacer.take(`C${index}`)
  expect(clock.waiting).toBe(0)
})

test('refuses when too many wait for a channel, without counting the refused', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer({ now: clock.now, delay: clock.delay, burst: 1, maxWaiting: 2 }, ...everyChannel)
  await pacer.take('C1')
  const waiting = [pacer.take('C1'), pacer.take('C1')]
  await expect(pacer.take('C1')).rejects.toMatchObject({ code: 'MUR_SLACK_BUSY', details: { isAmbiguous: false } })
  await expect(pacer.take('C1')).rejects.toMatchObject({ code: 'MUR_SLACK_BUSY' })
  clock.advance(2_000)
  await Promise.all(waiting)
})

test('lets go of a wait that is aborted', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer({ now: clock.now, delay: clock.delay, burst: 1 }, ...everyChannel)
  await pacer.take('C1')
  const stop = new AbortController()
  const waiting = pacer.take('C1', stop.signal)
  stop.abort()
  await expect(waiting).rejects.toThrow('aborted')
})

test('forgets idle channels, and never keeps more than it may', async () => {
  const clock = new ManualClock(0)
  const pacer = strainedPacer({ now: clock.now, delay: clock.delay, maxChannels: 10 }, ...everyChannel)
  for (let index = 0; index < 1_000; index++) await pacer.take(`C${index}`)
  expect(pacer.busyChannels).toBeLessThanOrEqual(10)
  clock.advance(1_000)
  expect(pacer.busyChannels).toBe(0)
})

test('does not pace a channel that Slack has not refused, and stops pacing a while after it did', async () => {
  const clock = new ManualClock(0)
  const pacer = createChannelPacer({ now: clock.now, delay: clock.delay, burst: 1, strainMs: 5_000 })
  for (let index = 0; index < 50; index++) await pacer.take('C1')
  pacer.slowDown('C1')
  await pacer.take('C1')
  void pacer.take('C1')
  expect(clock.waiting).toBe(1)
  clock.advance(5_000)
  for (let index = 0; index < 50; index++) await pacer.take('C1')
  expect(clock.waiting).toBe(0)
})
