import { expect, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { specialtyId } from '../../src/agents/specialty.ts'
import type { Specialty } from '../../src/agents/specialty.ts'

const shipped = createSpecialtyCatalogue().list()

const aSpecialty = (overrides: Partial<Specialty> = {}): Specialty => ({
  id: specialtyId('beekeeper'),
  name: 'Beekeeper',
  icon: ':bee:',
  purpose: 'Knows bees.',
  keywords: ['bee', 'hive'],
  capabilities: ['bees'],
  prompt: 'You know bees.',
  temperature: 0.5,
  tools: ['calculator'],
  examples: ['Why do my bees leave the hive?'],
  ...overrides,
})

const problemsOf = (...extra: Specialty[]): string => {
  try {
    createSpecialtyCatalogue(extra)
  } catch (error) {
    if (error instanceof MurmurError) return `${error.code}: ${error.message}`
  }
  return 'none'
}

test('ships the specialties a team expects, generalist last', () => {
  expect(shipped.map(({ id }) => id)).toEqual([
    'data-analyst',
    'software-engineer',
    'researcher',
    'writer',
    'planner',
    'support',
    'product-manager',
    'designer',
    'marketer',
    'finance-analyst',
    'legal-reviewer',
    'translator',
    'generalist',
  ])
})

test.each(shipped.map((specialty) => [specialty.id, specialty] as const))('describes %s completely', (_, specialty) => {
  const words = specialty.prompt.split(/\s+/).length
  expect(words).toBeGreaterThanOrEqual(60)
  expect(words).toBeLessThanOrEqual(180)
  expect(specialty.prompt).not.toMatch(/[{$]house|undefined/)
  expect(specialty.purpose).toMatch(/^[A-Z].{20,160}\.$/)
  expect(specialty.icon).toMatch(/^:[a-z0-9_]+:$/)
  expect(specialty.name.length).toBeLessThanOrEqual(40)
  expect(specialty.examples.length).toBeGreaterThanOrEqual(2)
  expect(specialty.capabilities.every((capability) => /^[a-z-]+$/.test(capability))).toBe(true)
  expect(new Set(specialty.keywords).size).toBe(specialty.keywords.length)
})

test('gives no two specialties the same name or icon', () => {
  expect(new Set(shipped.map(({ name }) => name)).size).toBe(shipped.length)
  expect(new Set(shipped.map(({ icon }) => icon)).size).toBe(shipped.length)
})

test('finds a specialty by id and denies others', () => {
  const catalogue = createSpecialtyCatalogue()
  expect(catalogue.get('writer').name).toBe('Writer')
  expect(catalogue.has('writer')).toBe(true)
  for (const id of ['', 'nobody', 'constructor', '__proto__']) {
    expect(catalogue.has(id)).toBe(false)
    expect(() => catalogue.get(id)).toThrow(expect.objectContaining({ code: 'MUR_BUG' }))
  }
  expect(catalogue.get(catalogue.generalistId).name).toBe('Generalist')
})

test("adds an installation's own specialties behind the shipped ones", () => {
  const catalogue = createSpecialtyCatalogue([aSpecialty()])
  expect(catalogue.list().at(-1)?.id).toBe('beekeeper')
  expect(catalogue.list()).toHaveLength(shipped.length + 1)
})

test('cannot be changed after it is made', () => {
  const keywords = ['bee']
  const catalogue = createSpecialtyCatalogue([aSpecialty({ keywords })])
  keywords.push('wasp')
  const bees = catalogue.get('beekeeper')
  expect(bees.keywords).toEqual(['bee'])
  expect(() => Object.assign(bees, { prompt: 'other' })).toThrow(TypeError)
  expect(() => (bees.tools as string[]).push('fetch_url')).toThrow(TypeError)
  expect(() => (catalogue.list() as Specialty[]).pop()).toThrow(TypeError)
  expect(catalogue.list()).toBe(catalogue.list())
})

test.each<[string, Partial<Specialty>, string]>([
  ['an id that is taken', { id: specialtyId('writer') }, 'specialty "writer" is there twice'],
  [
    'an unknown tool',
    { tools: ['calculator', 'run_shell'] },
    'tool "run_shell" is unknown; known are read_thread, calculator',
  ],
  ['an id with spaces', { id: specialtyId('Bee Keeper') }, 'lower-case letters'],
  ['an empty prompt', { prompt: '  ' }, 'must not be empty'],
  ['an icon that is no emoji code', { icon: '🐝' }, 'no emoji code'],
  ['a temperature out of range', { temperature: 1.5 }, 'temperature must be 0 to 1'],
  ['a temperature that is no number', { temperature: Number.NaN }, 'temperature must be 0 to 1'],
])('refuses %s', (_, overrides, reason) => {
  expect(problemsOf(aSpecialty(overrides))).toContain(`MUR_CONFIG_INVALID: `)
  expect(problemsOf(aSpecialty(overrides))).toContain(reason)
})

test('names every problem at once', () => {
  const text = problemsOf(aSpecialty(), aSpecialty({ tools: ['teleport'], icon: 'bee' }))
  for (const reason of ['"beekeeper" is there twice', 'teleport', 'emoji']) expect(text).toContain(reason)
})
