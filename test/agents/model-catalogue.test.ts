import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import {
  livingProfiles,
  loadModelCatalogue,
  modelCatalogueSchema,
  parseModelCatalogue,
  retirementNotices,
} from '../../src/agents/model-catalogue.ts'
import type { MurmurError } from '../../src/errors.ts'
import { aProfile } from '../fakes/model-profile.ts'

const embedder = aProfile({ id: 'embed', capabilities: ['embeddings'] })
const catalogue = {
  default: 'small',
  router: 'small',
  fallbacks: ['other'],
  embedding: 'embed',
  models: [aProfile(), aProfile({ id: 'other' }), embedder],
}

function problemsOf(config: unknown): string[] {
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  try {
    parseModelCatalogue(text, 'config/models.json')
  } catch (error) {
    const { code, details } = error as MurmurError
    return code === 'MUR_CONFIG_INVALID' ? String(details['problems']).split('\n') : [`unexpected ${code}`]
  }
  throw new Error('it was accepted')
}

describe('the shipped catalogue', () => {
  test('is valid, and its roles can do their work', async () => {
    const shipped = await loadModelCatalogue('config')
    for (const profile of [shipped.default, ...shipped.fallbacks])
      expect(profile.capabilities).toEqual(expect.arrayContaining(['chat', 'tools', 'structured']))
    expect(shipped.router.capabilities).toContain('structured')
    expect(shipped.embedding?.capabilities).toContain('embeddings')
    expect(shipped.profileOf(shipped.default.id)).toBe(shipped.default)
  })

  test('says where and when each price was read, and gives no model for nothing', async () => {
    const { models } = modelCatalogueSchema.parse(JSON.parse(await readFile('config/models.json', 'utf8')))
    for (const model of models) {
      expect(model.priceSource).toMatch(/^https:/)
      expect(model.pricedOn).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(model.inputUsdPerMillion).not.toBe(0)
    }
    const speaking = models.filter((model) => model.capabilities.includes('chat'))
    expect(speaking.map((model) => model.outputUsdPerMillion)).not.toContain(0)
  })

  test('gives no role to a model whose end is announced', async () => {
    expect(retirementNotices(await loadModelCatalogue('config'), Date.parse('2099-01-01'))).toEqual([])
  })

  test('has a JSON Schema that says what the program checks', async () => {
    const written: unknown = JSON.parse(await readFile('config/schemas/models.schema.json', 'utf8'))
    // When this fails, the right content of the file is the first of the two.
    expect(z.toJSONSchema(modelCatalogueSchema, { io: 'input' })).toEqual(written)
  })
})

describe('roles', () => {
  test('become profiles', () => {
    const parsed = parseModelCatalogue(JSON.stringify(catalogue), 'models.json')
    expect(parsed.default).toEqual(aProfile())
    expect(parsed.fallbacks.map(({ id }) => id)).toEqual(['other'])
    expect(parsed.profileOf('nobody')).toBeUndefined()
  })

  test('name models that exist and can do it', () => {
    expect(problemsOf({ ...catalogue, default: 'nobody', router: 'embed', embedding: 'small' })).toEqual([
      'config/models.json: default: wanted the id of a model that can do "chat" (small, other), found "nobody"',
      'config/models.json: router: wanted the id of a model that can do "structured" (small, other), found "embed"',
      'config/models.json: embedding: wanted the id of a model that can do "embeddings" (embed), found "small"',
    ])
  })

  test('are warned of in time', () => {
    const retiring = parseModelCatalogue(
      JSON.stringify({ ...catalogue, models: [aProfile({ retiresOn: '2027-01-14' }), ...catalogue.models.slice(1)] }),
      'm',
    )
    expect(retirementNotices(retiring, Date.parse('2026-10-01'))).toEqual([])
    expect(retirementNotices(retiring, Date.parse('2026-12-01'))).toEqual([
      'acme shuts small down on 2027-01-14: choose another model in models.json',
    ])
    expect(livingProfiles(retiring.profiles, Date.parse('2027-01-14')).map(({ id }) => id)).toEqual(['other', 'embed'])
  })
})

describe('what is wrong', () => {
  test('is told with file, path, wanted and found', () => {
    expect(
      problemsOf({
        ...catalogue,
        router: 7,
        models: [
          { ...aProfile({ id: '' }), contextTokens: 'big', inputUsdPerMillion: 'free', capabilities: [], tpyo: 1 },
        ],
      }),
    ).toEqual([
      'config/models.json: router: wanted string, found 7',
      'config/models.json: models[0].id: wanted at least 1 characters, found ""',
      'config/models.json: models[0].capabilities: wanted at least 1 entries, found []',
      'config/models.json: models[0].inputUsdPerMillion: wanted a number of 0 or more, or "unknown", found "free"',
      'config/models.json: models[0].contextTokens: wanted number, found "big"',
      'config/models.json: models[0]: wanted only known fields, found "tpyo"',
    ])
  })

  test.each([
    ['{', 'wanted JSON, found '],
    ['[]', 'the file: wanted object, found []'],
    ['', 'wanted JSON, found '],
  ])('is told of %j', (text, told) => {
    expect(problemsOf(text)[0]).toContain(told)
  })

  test('is told of ids that come twice', () => {
    expect(problemsOf({ ...catalogue, models: [...catalogue.models, aProfile()] })).toEqual([
      'config/models.json: models[3].id: wanted an id of its own, found "small" again',
    ])
  })

  test('is told of a file that is not there', async () => {
    await expect(loadModelCatalogue('/nowhere')).rejects.toMatchObject({
      code: 'MUR_CONFIG_INVALID',
      details: { problems: '/nowhere/models.json: wanted a readable file, found ENOENT' },
    })
  })
})
