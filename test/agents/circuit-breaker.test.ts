import { expect, test } from '@jest/globals'
import { CircuitBreaker } from '../../src/agents/circuit-breaker.ts'

function breakerAt(clock: { nowMs: number }): CircuitBreaker {
  return new CircuitBreaker({ failures: 3, openMs: 1_000 }, () => clock.nowMs)
}

function fail(breaker: CircuitBreaker, times: number): void {
  for (let call = 0; call < times; call++) {
    const pass = breaker.tryEnter()
    if (pass) breaker.settle(pass, 'failure')
  }
}

test('opens after failures in a row and not before', () => {
  const breaker = breakerAt({ nowMs: 0 })
  fail(breaker, 2)
  breaker.settle('call', 'success')
  fail(breaker, 2)
  expect(breaker.state).toBe('closed')
  fail(breaker, 1)
  expect(breaker.state).toBe('open')
  expect(breaker.tryEnter()).toBeUndefined()
  expect(breaker.probesAtMs).toBe(1_000)
})

test('lets one probe through at a time after a while, and closes when it succeeds', () => {
  const clock = { nowMs: 0 }
  const breaker = breakerAt(clock)
  fail(breaker, 3)
  clock.nowMs = 1_000
  expect(breaker.state).toBe('half-open')
  expect(breaker.tryEnter()).toBe('probe')
  expect(breaker.tryEnter()).toBeUndefined()
  breaker.settle('probe', 'success')
  expect(breaker.state).toBe('closed')
  expect(breaker.tryEnter()).toBe('call')
})

test('opens again for the whole time when the probe fails', () => {
  const clock = { nowMs: 0 }
  const breaker = breakerAt(clock)
  fail(breaker, 3)
  clock.nowMs = 1_200
  fail(breaker, 1)
  expect(breaker.state).toBe('open')
  expect(breaker.probesAtMs).toBe(2_200)
})

test('lets another probe through when one was cancelled', () => {
  const clock = { nowMs: 0 }
  const breaker = breakerAt(clock)
  fail(breaker, 3)
  clock.nowMs = 1_000
  breaker.tryEnter()
  breaker.settle('probe', 'neutral')
  expect(breaker.tryEnter()).toBe('probe')
})

test('is not kept open by calls that began before it opened', () => {
  const clock = { nowMs: 0 }
  const breaker = breakerAt(clock)
  const late = breaker.tryEnter()
  fail(breaker, 3)
  clock.nowMs = 900
  if (late) breaker.settle(late, 'failure')
  expect(breaker.probesAtMs).toBe(1_000)
})
