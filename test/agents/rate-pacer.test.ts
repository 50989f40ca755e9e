import { expect, test } from '@jest/globals'
import { RatePacer } from '../../src/agents/rate-pacer.ts'

const aMinute = 60_000

function setUp() {
  const clock = { nowMs: 1_000 }
  return { clock, pacer: new RatePacer(() => clock.nowMs) }
}
const tokens = (remaining: number, resetsInMs: number, limit?: number) => ({ requests: undefined, tokens: { remaining, limit, resetsInMs } })
const requests = (remaining: number, resetsInMs: number, limit?: number) => ({ requests: { remaining, limit, resetsInMs }, tokens: undefined })

test('lets everything through until the server says something', () => {
  const { pacer } = setUp()
  expect(pacer.takePlace(1_000_000).waitMs).toBe(0)
  expect(pacer.state()).toEqual({ requestsLeft: undefined, tokensLeft: undefined, waitMs: 0 })
})

test('waits until there is enough again, at the pace of the refill', () => {
  const { pacer } = setUp()
  // 60,000 a minute are one a millisecond; 1,000 are there.
  pacer.observe(tokens(1_000, 59_000, 60_000))
  expect(pacer.takePlace(800).waitMs).toBe(0)
  expect(pacer.takePlace(1_200).waitMs).toBe(1_000)
})

test('makes those behind wait longer, and no longer once one gives up', () => {
  const { pacer } = setUp()
  pacer.observe(tokens(0, aMinute, 60_000))
  const first = pacer.takePlace(1_000)
  expect(first.waitMs).toBe(1_000)
  expect(pacer.takePlace(1_000).waitMs).toBe(2_000)
  first.cancel()
  first.cancel()
  expect(pacer.takePlace(1_000).waitMs).toBe(2_000)
})

test('counts what went out since the last answer', () => {
  const { pacer, clock } = setUp()
  pacer.observe(requests(2, aMinute))
  for (let call = 0; call < 2; call++) {
    const place = pacer.takePlace(10)
    expect(place.waitMs).toBe(0)
    place.enter()
    place.cancel()
  }
  expect(pacer.takePlace(10).waitMs).toBe(aMinute)
  expect(pacer.state()).toMatchObject({ requestsLeft: 0 })
  clock.nowMs += aMinute
  // Of an allowance whose size nobody told, nothing is known after its reset.
  expect(pacer.state()).toEqual({ requestsLeft: undefined, tokensLeft: undefined, waitMs: 0 })
})

test('believes the newest answer', () => {
  const { pacer } = setUp()
  pacer.observe(requests(0, aMinute))
  pacer.observe(requests(500, 1_000, 500))
  expect(pacer.takePlace(10).waitMs).toBe(0)
  expect(pacer.state().requestsLeft).toBe(500)
})

test('does not wait for more than the whole allowance', () => {
  const { pacer } = setUp()
  pacer.observe(tokens(0, 10_000, 10_000))
  expect(pacer.takePlace(1_000_000).waitMs).toBe(10_000)
})

test('waits for all when the server asked one to wait', () => {
  const { pacer, clock } = setUp()
  pacer.observeBusy(3_000)
  expect(pacer.takePlace(1).waitMs).toBe(3_000)
  clock.nowMs += 3_000
  expect(pacer.takePlace(1).waitMs).toBe(0)
})

test('never lets more out than the refill gives, whatever the order of calls', () => {
  const { pacer, clock } = setUp()
  pacer.observe(tokens(0, aMinute, 60_000))
  const due: number[] = []
  for (let call = 0; call < 50; call++) due.push(clock.nowMs + pacer.takePlace(600).waitMs)
  // 600 tokens each at one a millisecond: one call every 600 ms.
  expect(due).toEqual(Array.from({ length: 50 }, (_, index) => 1_000 + 600 * (index + 1)))
})
