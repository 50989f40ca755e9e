import { expect, test } from '@jest/globals'
import { readTemplates } from '../../src/commands/read-templates.ts'

const known = { specialties: [{ id: 'writer', name: 'Writer' }], models: ['small'], tools: ['calculator'], topologies: ['debate'] }
const template = { name: 'Sales', like: 'Summarise the sales of {date}', recipe: { specialtyId: 'writer', tools: ['calculator'], guidance: ['shorter'] } }

test('templates of a known form are taken as they are', () => {
  expect(readTemplates({ workflows: [template] }, known)).toEqual([template])
})

test.each([
  ['no object', 7, /`the whole`: wanted object[\s\S]*found `7`/],
  ['no workflows', { workflows: [] }, /`workflows`: wanted[\s\S]*found `\[\]`/],
  ['an id in it', { workflows: [{ ...template, workflowId: 'x' }] }, /`workflows\[0\]`: wanted Unrecognized key/],
  ['no name', { workflows: [{ ...template, name: ' ' }] }, /`workflows\[0\]\.name`: wanted[\s\S]*found `" "`/],
  ['a specialist that is not here', { workflows: [{ ...template, recipe: { guidance: [], specialtyId: 'law`yer' } }] }, /`workflows\[0\]\.recipe\.specialtyId`: wanted one of writer; found `"law'yer"`/],
  ['a tool that is not here', { workflows: [template, { ...template, recipe: { guidance: [], tools: ['calculator', 'shell'] } }] }, /`workflows\[1\]\.recipe\.tools\[1\]`: wanted one of calculator; found `"shell"`/],
  ['a temperature that is none', { workflows: [{ ...template, recipe: { guidance: [], temperature: 9 } }] }, /`workflows\[0\]\.recipe\.temperature`/],
  ['a remark without end', { workflows: [{ ...template, recipe: { guidance: ['x'.repeat(5_000)] } }] }, /`workflows\[0\]\.recipe\.guidance\[0\]`/],
])('with %s nothing is taken, and path, wanted and found are named', (_what, pasted, message) => {
  expect(() => readTemplates(pasted, known)).toThrow(message)
})
