import { expect, test } from '@jest/globals'
import { askChange, checkChanges } from '../../../src/orchestration/improvements/ask-change.ts'
import { aProfile } from '../../fakes/model-profile.ts'
import { ScriptedModel } from '../../fakes/scripted-model.ts'

const known = { specialties: [{ id: 'writer', name: 'Writer' }, { id: 'legal-reviewer', name: 'Legal Reviewer' }], models: ['small', 'large'], tools: ['calculator', 'recall'], topologies: ['debate', 'plan'] }
const remark = 'Use a stronger model, and ask  the lawyer agent'
const asked = { remark, fields: ['who', 'model'] as const, known }

test('a change counts for a field that was asked about, to what there is, backed by words of the remark', () => {
  const changes = [
    { field: 'model' as const, values: ['large'], quote: 'a stronger model' },
    { field: 'who' as const, values: ['legal-reviewer'], quote: 'ask the lawyer agent' },
  ]
  expect(checkChanges(changes, asked)).toEqual({ change: { modelId: 'large', specialtyId: 'legal-reviewer' }, told: [] })
})

test.each([
  ['a field nobody asked about', { field: 'topology' as const, values: ['debate'], quote: 'the lawyer agent' }],
  ['words that are not in the remark', { field: 'model' as const, values: ['large'], quote: 'the best model' }],
  ['words that speak of something else', { field: 'model' as const, values: ['large'], quote: 'ask the lawyer' }],
  ['no words', { field: 'model' as const, values: ['large'], quote: ' ' }],
  ['no value', { field: 'model' as const, values: [], quote: 'a stronger model' }],
])('a babbling model changes nothing by %s', (_what, change) => {
  expect(checkChanges([change], asked)).toEqual({ change: {}, told: [] })
})

test('what is not there is told and left out, and of two changes of one field the first counts', () => {
  const quote = 'a stronger model'
  expect(checkChanges([{ field: 'model', values: ['huge`\n'], quote }, { field: 'model', values: ['large'], quote }], asked)).toEqual({ change: {}, told: ['There is no model `huge ` here, so it is left out.'] })
  const tools = { remark: 'use other tools', fields: ['tools'] as const, known }
  expect(checkChanges([{ field: 'tools', values: ['recall', 'shell'], quote: 'other tools' }], tools)).toEqual({ change: { tools: ['recall'] }, told: ['There is no tool `shell` here, so it is left out.'] })
})

test('the model is asked with a schema and the lists, and an answer that does not fit is an error', async () => {
  const { signal } = new AbortController()
  const good = new ScriptedModel([{ text: JSON.stringify({ changes: [{ field: 'model', values: ['large'], quote: 'a stronger model' }] }) }], aProfile())
  expect(await askChange({ ...asked, model: good, signal })).toEqual({ change: { modelId: 'large' }, told: [] })
  expect(JSON.stringify(good.requests[0])).toMatch(/recipe_change[\s\S]*|small, large/)
  const garbage = new ScriptedModel([{ text: 'bla' }, { text: 'bla bla' }], aProfile())
  await expect(askChange({ ...asked, model: garbage, signal })).rejects.toMatchObject({ code: 'MUR_MODEL_MALFORMED' })
})
