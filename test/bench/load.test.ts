import { describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { usageOf } from '../../bench/load/process-usage.ts'
import { simulatePeak, type Peak } from '../../bench/load/simulate-peak.ts'
import { diceFor } from '../../bench/swarms/dice.ts'
import { projectRoot } from '../support/source-tree.ts'

test('a part that does not exist is named, with those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/load/run.ts', '--only', 'set,speed'], { cwd: projectRoot, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('Expected --only to name some of set, burst, broker, takeover, growth, peak, got speed.')
})

test('what a process uses is read from the system, and of a process that is gone there is nothing', () => {
  const before = usageOf(process.pid)
  let sum = 0
  for (let i = 0; (usageOf(process.pid)?.cpuMs ?? Number.POSITIVE_INFINITY) < (before?.cpuMs ?? 0) + 20; i++) sum += Math.sqrt(i)
  const after = usageOf(process.pid)
  expect(sum).toBeGreaterThan(0)
  const isLinux = process.platform === 'linux'
  expect(after === undefined ? isLinux : after.cpuMs >= (before?.cpuMs ?? 0) + 20 && after.peakMiB > 10).toBe(isLinux)
  expect(usageOf(2 ** 30)).toBeUndefined()
})

describe('the simulated peak', () => {
  const quiet: Omit<Peak, 'runsPerSecond' | 'dice'> = { workers: 1, slots: 64, cpuMs: 20, modelMs: 3_000, modelSpread: 2, seconds: 600 }
  const simulate = (changes: Partial<Peak>) => simulatePeak({ ...quiet, runsPerSecond: 1, dice: diceFor(1, 'peak'), ...changes })

  test('nobody waits where there is room, and the CPU in use is what runs ask for', () => {
    const { waitP99Ms, busy } = simulate({})
    expect(waitP99Ms).toBe(0)
    expect(busy).toBeCloseTo(0.02, 2)
  })

  test('with fewer places than runs at work waits grow, and a second worker takes them away', () => {
    const few = { runsPerSecond: 10, slots: 30 }
    expect(simulate(few).waitP99Ms).toBeGreaterThan(5_000)
    expect(simulate({ ...few, workers: 2 }).waitP99Ms).toBeLessThan(5_000)
  })

  test('a core that has more to do than it can adds to every run', () => {
    expect(simulate({ runsPerSecond: 15, cpuMs: 80, slots: 1_000 }).lostP99Ms).toBeGreaterThan(10_000)
  })

  test('the same chance gives the same hour', () => {
    expect(simulate({ runsPerSecond: 5 })).toEqual(simulate({ runsPerSecond: 5 }))
  })
})
