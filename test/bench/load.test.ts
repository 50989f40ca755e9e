import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { usageOf } from '../../bench/load/process-usage.ts'
import { projectRoot } from '../support/source-tree.ts'

test('a part that does not exist is named, with those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/load/run.ts', '--only', 'set,speed'], { cwd: projectRoot, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toContain('Expected --only to name some of set, broker, growth, got speed.')
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
