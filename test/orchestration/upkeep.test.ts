import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startUpkeep, type UpkeepDeps } from '../../src/orchestration/upkeep.ts'

const minuteMs = 60_000

let upkeep: { stop(): Promise<void> }
let done: string[]
let failures: unknown[]
let broken: string | undefined
beforeEach(() => {
  // Time passes here as the test says; what is awaited goes on by itself.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance'] })
  done = []
  failures = []
  broken = undefined
  const does = (name: string) => async () => {
    if (broken === name) throw new Error(name)
    done.push(name)
    return 0
  }
  upkeep = startUpkeep({
    budgets: { releaseExpired: does('holds') },
    runs: { forgetKeys: does('keys') },
    setAsides: { forgetBefore: does('events') },
    resumeWaiting: does('waiting'),
    tidyMemory: does('memory'),
    documents: { forget: does('documents') },
    lookAfterStores: does('stores'),
    orderStudies: does('studies'),
    regroupPatterns: () => void done.push('regroup'),
    teachTheDay: () => void done.push('teach'),
    nowMs: Date.now,
    onError: (error: unknown) => failures.push(error),
  } as unknown as UpkeepDeps)
})
afterEach(async () => {
  await upkeep.stop()
  jest.useRealTimers()
})

const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * minuteMs)
const times = (name: string) => done.filter((one) => one === name).length

test('what the day brought is taught once a day, for the first time after an hour', async () => {
  await pass(58)
  expect(times('teach')).toBe(0)
  await pass(1)
  expect(times('teach')).toBe(1)
  await pass(24 * 60 - 1)
  expect(times('teach')).toBe(1)
  await pass(1)
  expect(times('teach')).toBe(2)
  await pass(24 * 60)
  expect(times('teach')).toBe(3)
})

test('studies are ordered at once and each hour, and the stores looked after each hour once the process has settled', async () => {
  await pass(0)
  expect([times('holds'), times('studies'), times('stores')]).toEqual([1, 1, 0])
  await pass(4)
  expect([times('holds'), times('studies'), times('stores')]).toEqual([5, 1, 1])
  await pass(60)
  expect([times('holds'), times('studies'), times('stores')]).toEqual([65, 2, 2])
  expect(times('regroup')).toBe(65)
})

test('what fails is told and done again in the next round, and nothing is begun after the end', async () => {
  await pass(0)
  broken = 'memory'
  await pass(1)
  expect(failures).toHaveLength(1)
  broken = undefined
  await pass(1)
  expect(times('documents')).toBe(2)
  await upkeep.stop()
  const before = done.length
  await pass(60)
  expect(done).toHaveLength(before)
})
