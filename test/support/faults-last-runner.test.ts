import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from '@jest/globals'
import { projectRoot } from './source-tree.ts'

const dir = mkdtempSync(join(tmpdir(), 'murmur-runner-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Says when it begins and when it ends; the first of its kind gives another one time to come in between. */
const testFile = (name: string): string => `
  const { appendFileSync } = require('node:fs')
  test('${name}', async () => {
    appendFileSync('${join(dir, 'said')}', 'begins ${name}\\n')
    await new Promise((resolve) => setTimeout(resolve, 200))
    appendFileSync('${join(dir, 'said')}', 'ends ${name}\\n')
    if ('${name}' === 'b.faults') throw new Error('as an example')
  })`

test('files of faults are run after all others, one at a time, and one that fails fails the run', async () => {
  for (const name of ['a.faults', 'b.faults', 'c.test', 'd.test']) writeFileSync(join(dir, `${name}.js`), testFile(name))
  const config = { rootDir: dir, testMatch: ['**/*.{faults,test}.js'], runner: join(projectRoot, 'test/support/faults-last-runner.ts'), maxWorkers: 2, cacheDirectory: join(dir, 'cache'), transform: {} }
  writeFileSync(join(dir, 'jest.config.json'), JSON.stringify(config))
  const jest = [join(projectRoot, 'node_modules/jest/bin/jest.js'), '--config', join(dir, 'jest.config.json')]
  const error = await promisify(execFile)(process.execPath, ['--experimental-vm-modules', ...jest]).catch((thrown: unknown) => thrown as { readonly code: number; readonly stderr: string })
  expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining('Tests:       1 failed, 3 passed, 4 total') })
  const said = readFileSync(join(dir, 'said'), 'utf8').trimEnd().split('\n')
  expect(said.slice(0, 4).toSorted()).toEqual(['begins c.test', 'begins d.test', 'ends c.test', 'ends d.test'])
  const [first, second] = said[4] === 'begins a.faults' ? ['a', 'b'] : ['b', 'a']
  expect(said.slice(4)).toEqual([`begins ${first}.faults`, `ends ${first}.faults`, `begins ${second}.faults`, `ends ${second}.faults`])
}, 120_000)
