import { expect, test } from '@jest/globals'
import { MessageClock } from '../../../playground/workspace/message-clock.ts'

test('never repeats and never goes back, whatever the clock does', () => {
  const times = [1_763_700_000_000, 1_763_700_000_000, 1_763_699_999_000, 1_763_700_000_001, 1_763_700_001_000]
  let turn = 0
  const clock = new MessageClock(() => times[Math.min(turn, times.length - 1)] ?? 0)
  const made = times.map(() => {
    const ts = clock.next()
    turn += 1
    return ts
  })
  expect(made).toEqual([
    '1763700000.000000',
    '1763700000.000100',
    '1763700000.000200',
    '1763700000.001000',
    '1763700001.000000',
  ])
})
