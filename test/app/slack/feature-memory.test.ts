import { expect, test } from '@jest/globals'
import { createFeatureMemory } from '../../../src/app/slack/feature-memory.ts'

test('remembers what a workspace lacks for ten minutes, and of no other workspace', () => {
  let nowMs = 0
  const features = createFeatureMemory({ now: () => nowMs })
  features.setMissing('T1', 'stream')
  expect(features.isMissing('T1', 'stream')).toBe(true)
  expect(features.isMissing('T1', 'session')).toBe(false)
  expect(features.isMissing('T2', 'stream')).toBe(false)
  nowMs = 600_000
  expect(features.isMissing('T1', 'stream')).toBe(false)
})

test('drops the oldest when it is full', () => {
  const features = createFeatureMemory({ now: () => 0, maxEntries: 2 })
  features.setMissing('T1', 'stream')
  features.setMissing('T2', 'stream')
  features.setMissing('T1', 'stream')
  features.setMissing('T3', 'stream')
  expect(['T1', 'T2', 'T3'].map((id) => features.isMissing(id, 'stream'))).toEqual([true, false, true])
})
