import { expect, test } from '@jest/globals'
import { parseOwnSpecialties } from '../../src/agents/own-specialties.ts'
import { toolNames } from '../../src/agents/tools/tool-names.ts'

const sommelier = { id: 'sommelier', name: 'Sommelier', purpose: 'Recommends wines.', prompt: 'You are a sommelier.' }
const parse = (...specialties: object[]) => parseOwnSpecialties(JSON.stringify({ specialties }), 'agents.json')

test('a specialty needs only an id, a name, a purpose and a prompt', () => {
  expect(parse(sommelier)).toEqual([
    { ...sommelier, icon: ':bust_in_silhouette:', keywords: [], capabilities: [], temperature: 0.3, tools: [], examples: [] },
  ])
})

test('what is wrong is told with file, path, wanted and found', () => {
  expect(() => parse({ ...sommelier, id: 'Wine!', icon: 'wine', temperature: 3, tools: ['corkscrew'], flavour: 1 })).toThrow(
    expect.objectContaining({
      code: 'MUR_CONFIG_INVALID',
      details: {
        problems: [
          'agents.json: specialties[0].id: wanted lower-case letters, digits and hyphens, 2 to 60, found "Wine!"',
          'agents.json: specialties[0].icon: wanted an emoji code such as :bar_chart:, found "wine"',
          'agents.json: specialties[0].temperature: wanted at most 1, found 3',
          'agents.json: specialties[0].tools[0]: wanted one of ' + toolNames.map((name) => `"${name}"`).join(', ') + ', found "corkscrew"',
          'agents.json: specialties[0]: wanted only known fields, found "flavour"',
        ].join('\n'),
      },
    }),
  )
})
