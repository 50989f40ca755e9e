import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { type ConfigFileName, configFileNames, configSchemas, loadConfigFiles, parseConfigFiles } from '../../src/app/config-files.ts'
import { resolveProviders } from '../../src/app/resolve-providers.ts'
import { defaultLimits } from '../../src/orchestration/paid-calls/budget-limits.ts'

const dir = mkdtempSync(join(tmpdir(), 'murmur-config-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const sommelier = { id: 'sommelier', name: 'Sommelier', purpose: 'Recommends wines.', prompt: 'You are a sommelier.' }

describe('the shipped files', () => {
  test('are valid, and say what holds by default', async () => {
    const { models, specialties, teams, budgets } = await loadConfigFiles()
    expect(models.providers).toBeUndefined()
    expect(specialties.list().length).toBeGreaterThan(10)
    expect(teams.length).toBeGreaterThan(0)
    expect(budgets.limits).toEqual(defaultLimits)
  })

  test.each(configFileNames)('have a JSON Schema of %s that says what the program checks', (name) => {
    const written: unknown = JSON.parse(readFileSync(`config/schemas/${name.replace('.json', '.schema.json')}`, 'utf8'))
    // When this fails: node scripts/write-schemas.ts
    expect(written).toEqual(z.toJSONSchema(configSchemas[name] as z.ZodType, { io: 'input' }))
  })
})

describe('an example', () => {
  const examples = readdirSync('config/examples')

  test('is there for each kind of server', () => {
    expect(examples).toEqual(expect.arrayContaining(['azure', 'hugging-face', 'mixed', 'ollama', 'petals'].map((kind) => `models.${kind}.json`)))
  })

  test.each(examples)('%s can be used', async (example) => {
    const { texts } = await loadConfigFiles()
    const name = `${example.split('.')[0]}.json` as ConfigFileName
    expect(configFileNames).toContain(name)
    const { models } = parseConfigFiles({ ...texts, [name]: { text: readFileSync(`config/examples/${example}`, 'utf8'), label: example } })
    const keys = { openAiApiKey: undefined, openAiBaseUrl: 'http://127.0.0.1:1/v1', secretOf: () => 'a-key' }
    const providerOf = resolveProviders(models, keys, example)
    for (const profile of models.profiles) expect(providerOf(profile).baseUrl).toMatch(/^https?:/)
  })
})

test('a folder needs only the files that differ', async () => {
  writeFileSync(join(dir, 'agents.json'), JSON.stringify({ specialties: [sommelier] }))
  const { specialties, budgets, texts } = await loadConfigFiles(dir)
  expect(specialties.get('sommelier')).toMatchObject({ name: 'Sommelier' })
  expect(budgets.limits).toEqual(defaultLimits)
  expect(texts['agents.json'].label).toBe(join(dir, 'agents.json'))
})

test('a folder that is not there is told, instead of running with other models than wanted', async () => {
  await expect(loadConfigFiles('/nowhere')).rejects.toMatchObject({ code: 'MUR_CONFIG_INVALID', details: { problems: expect.stringContaining('/nowhere: wanted a folder') } })
})

test('everything that is wrong in all files is named at once', async () => {
  const { texts } = await loadConfigFiles()
  const wrong = parseProblems({
    ...texts,
    'agents.json': { text: JSON.stringify({ specialties: [{ ...sommelier, id: 'planner' }] }), label: 'agents.json' },
    'budgets.json': { text: '{', label: 'budgets.json' },
    'models.json': { text: '{}', label: 'models.json' },
  })
  expect(wrong).toContain('agents.json: specialty "planner" is there twice; give one of them another id')
  expect(wrong).toContain('budgets.json: wanted JSON')
  expect(wrong).toContain('models.json: default: wanted string, found nothing')
})

test('teams may have an installation\'s own specialists', async () => {
  const { texts } = await loadConfigFiles()
  const cellar = JSON.stringify({ teams: [{ name: 'cellar', coordinator: 'planner', members: [{ specialty: 'sommelier', role: 'tastes' }] }] })
  const withTeam = { ...texts, 'teams.json': { text: cellar, label: 'teams.json' } }
  expect(parseProblems(withTeam)).toContain('teams.json: teams[0].members[0].specialty: wanted a specialty')
  const own = { text: JSON.stringify({ specialties: [sommelier] }), label: 'agents.json' }
  expect(parseConfigFiles({ ...withTeam, 'agents.json': own }).teams).toHaveLength(1)
})

function parseProblems(texts: Parameters<typeof parseConfigFiles>[0]): string {
  try {
    parseConfigFiles(texts)
  } catch (error) {
    return String(error)
  }
  throw new Error('it was accepted')
}
