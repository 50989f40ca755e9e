import { expect, test } from '@jest/globals'
import { createSteadyClock } from '../../src/storage/steady-clock.ts'

const hourMs = 3_600_000

function start() {
  const at = { wallMs: 1_000_000, steadyMs: 50 }
  const clock = createSteadyClock({ wallMs: () => at.wallMs, steadyMs: () => at.steadyMs })
  return { at, clock }
}

test('alone it follows the clock of the machine forward, and goes on evenly when that is set back', () => {
  const { at, clock } = start()
  expect(clock.nowMs()).toBe(1_000_000)
  at.wallMs += hourMs
  expect(clock.nowMs()).toBe(1_000_000 + hourMs)
  at.wallMs -= 2 * hourMs
  at.steadyMs += 500
  expect(clock.nowMs()).toBe(1_000_500 + hourMs)
})

test('with a clock to follow, that of the machine says nothing', async () => {
  const { at, clock } = start()
  await clock.follow(async () => {
    at.steadyMs += 20
    return 5_000_000
  })
  expect(clock.nowMs()).toBe(5_000_010)
  at.wallMs += hourMs
  at.steadyMs += 100
  expect(clock.nowMs()).toBe(5_000_110)
})

test('it says how far the clock of the machine is from the one that it follows', async () => {
  const { at, clock } = start()
  expect(clock.aheadMs()).toBeUndefined()
  await clock.follow(async () => 1_000_000)
  expect(clock.aheadMs()).toBe(0)
  at.steadyMs += 100
  at.wallMs += 100 + hourMs
  expect(clock.aheadMs()).toBe(hourMs)
  at.wallMs -= 2 * hourMs
  expect(clock.aheadMs()).toBe(-hourMs)
})

test('a clock that does not answer, or too late, is not followed', async () => {
  const { at, clock } = start()
  await clock.follow(async () => Promise.reject(new Error('away')))
  await clock.follow(async () => {
    at.steadyMs += 1_500
    at.wallMs += 1_500
    return 9_000_000
  })
  expect(clock.nowMs()).toBe(1_001_500)
})
