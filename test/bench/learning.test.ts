import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { seededRandom } from '../../src/learning/router/seeded-random.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'murmur-bench-learning-'))
afterAll(() => rmSync(folder, { recursive: true }))

function benchLearning(data: string, ...args: readonly string[]) {
  const env = { ...process.env, MURMUR_LEARNING_DATA: join(folder, 'nowhere') }
  return spawnSync(process.execPath, [join(root, 'bench/learning/run.ts'), '--data', join(folder, data), ...args], { cwd: root, encoding: 'utf8', env })
}

/** Three domains whose requests are made of the words that their cards have; `labelOf` may say otherwise. */
function writeData(name: string, labelOf: (domain: string, random: () => number) => string): void {
  const domains: Readonly<Record<string, readonly string[]>> = { bakery: ['rye_bread', 'birthday_cake', 'oven_heat'], garden: ['tulip_bulbs', 'lawn_moss', 'hedge_shears'], harbour: ['sail_rigging', 'tide_tables', 'anchor_chain'] }
  const random = seededRandom(4)
  const lines = Array.from({ length: 150 }, (_, at) => {
    const domain = Object.keys(domains)[Math.floor(random() * 3)] as string
    const intent = domains[domain]?.[Math.floor(random() * 3)] as string
    return JSON.stringify({ t: `please see to the ${intent.replace('_', ' ')} number ${at}`, i: intent, d: labelOf(domain, random), s: at < 100 ? 'train' : 'val' })
  })
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'clinc150-domains.json'), JSON.stringify(domains))
  writeFileSync(join(folder, name, 'clinc150-dev.jsonl'), `${lines.join('\n')}\n`)
}

test('says that nothing was measured where there are no data', () => {
  const { status, stdout } = benchLearning('nowhere')
  expect(status).toBe(0)
  expect(stdout).toContain('nothing was measured')
})

test('names what it does not know', () => {
  expect(benchLearning('nowhere', '--only', 'G99')).toMatchObject({ status: 1, stderr: expect.stringContaining('G99') })
  expect(benchLearning('nowhere', '--seeds', '0')).toMatchObject({ status: 1, stderr: expect.stringContaining('--seeds') })
  expect(benchLearning('nowhere', '--seeds', '3-2')).toMatchObject({ status: 1, stderr: expect.stringContaining('--seeds') })
})

test('the same seed gives the same figures, and kept floors end well', () => {
  writeData('plain', (domain) => domain)
  const files = ['a.json', 'b.json'].map((name) => join(folder, name))
  for (const file of files) expect(benchLearning('plain', '--only', 'G1', '--json', file)).toMatchObject({ status: 0, stdout: expect.stringContaining('every floor is kept') })
  const [a, b] = files.map((file) => readFileSync(file, 'utf8'))
  expect(a).toBe(b)
  expect(JSON.parse(a as string)).toMatchObject({ seeds: [1], figures: expect.arrayContaining([expect.objectContaining({ goal: 'G1', unit: '%' })]) })
})

test('labels without meaning miss the floors, and the command fails', () => {
  writeData('random', (_, random) => ['bakery', 'garden', 'harbour'][Math.floor(random() * 3)] as string)
  expect(benchLearning('random', '--only', 'G1')).toMatchObject({ status: 1, stdout: expect.stringContaining('below the floor: G1') })
})
