import { expect, test } from '@jest/globals'
import { readChange, type KnownNames } from '../../../src/orchestration/improvements/read-change.ts'

const known: KnownNames = {
  specialties: [{ id: 'writer', name: 'Writer' }, { id: 'data-analyst', name: 'Data Analyst' }, { id: 'support', name: 'Support Specialist' }],
  models: ['gpt-6-luna', 'gpt-6', 'House.Model-1'],
  tools: ['calculator', 'fetch_url', 'recall'],
  topologies: ['debate', 'collaborate', 'compete', 'plan'],
}

test.each([
  ['use the writer', { specialtyId: 'writer' }],
  ['let our data analyst answer', { specialtyId: 'data-analyst' }],
  ['The Support Specialist should handle these', { specialtyId: 'support' }],
  ['ask the writer, not the data analyst', { specialtyId: 'writer' }],
  ['with gpt-6-luna please', { modelId: 'gpt-6-luna' }],
  ['switch to `House.Model-1`.', { modelId: 'House.Model-1' }],
  ['use gpt-6', { modelId: 'gpt-6' }],
  ['as a table', { format: 'a table' }],
  ['make it two sentences and use a table', { format: 'two sentences, a table' }],
  ['not as a list, but as a table', { format: 'a table' }],
  ['shorter, in three bullet points', { format: 'three bullet points' }],
  ['without the web', { dropTools: ['fetch_url'] }],
  ['use only the calculator', { tools: ['calculator'] }],
  ['no tools', { tools: [] }],
  ['let three debate it', { topology: 'debate' }],
  ['have several agents vote', { topology: 'collaborate' }],
  ['one agent is enough', { clear: ['topology'] }],
  ['use the writer with gpt-6, as a list, and let two argue', { specialtyId: 'writer', modelId: 'gpt-6', format: 'a list', topology: 'debate' }],
])('%j changes the recipe, and no model is asked', (remark, change) => {
  expect(readChange(remark, known)).toEqual({ change, told: [], open: [] })
})

test.each(['shorter, with sources', 'answer in rhymes', 'the writer of the letter is Ann', 'use the writer\'s words', 'not as a table', 'do not use the writer', 'explain the linear model', 'mention the calculator and the plan', 'add the prices of all tools'])('%j is guidance and nothing else', (remark) => {
  expect(readChange(remark, known)).toEqual({ change: {}, told: [], open: [] })
})

test('a model that is not there is told, and stays', () => {
  expect(readChange('use gpt-9.5-max', known)).toEqual({ change: {}, told: ['There is no model `gpt-9.5-max` here, so the model stays as it is.'], open: [] })
})

test.each([
  ['use a stronger model', ['model']],
  ['ask the lawyer agent', ['who']],
  ['somebody who knows law should do it', ['who']],
  ['use the writer or use the data analyst', ['who']],
  ['with better tools', ['tools']],
  ['use a team of experts', ['topology']],
])('%j names a field that the rules cannot read', (remark, open) => {
  expect(readChange(remark, known)).toEqual({ change: {}, told: [], open })
})

test('hostile remarks are read in linear time, and names with signs of patterns are names', () => {
  const odd: KnownNames = { ...known, specialties: [{ id: 'a.*b', name: '(c|d)+' }], models: ['m[1]'] }
  expect(readChange('use the axxb', odd).change).toEqual({})
  expect(readChange('use m[1]', odd).change).toEqual({ modelId: 'm[1]' })
  for (const part of ['use the ', 'let three ', 'as a ', 'not ', 'with gpt-', 'without '] as const) expect(readChange(part.repeat(20_000), known).change).toBeDefined()
})

test('a workspace without names changes nothing but the form', () => {
  expect(readChange('use the writer with gpt-6 as a table', { specialties: [], models: [], tools: [], topologies: [] })).toMatchObject({ change: { format: 'a table' }, open: [] })
})
