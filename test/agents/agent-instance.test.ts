import { expect, test } from '@jest/globals'
import { createAgentInstance } from '../../src/agents/agent-instance.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { buildStoredConfig, currentConfig } from '../../src/agents/stored-config.ts'
import { createTools } from '../../src/agents/tools/create-tools.ts'
import { anAgent } from '../builders.ts'

const catalogue = createSpecialtyCatalogue()
const planner = catalogue.get('planner')
const parts = { specialty: planner, tools: createTools(), specialties: catalogue.list() }

test('an instance has the stored prompt and temperature, and its tools bound and described', () => {
  const config = buildStoredConfig(planner, { focus: 'trade fairs' })
  const instance = createAgentInstance(anAgent({ config }), parts)
  expect(instance).toMatchObject({ name: 'Planner', prompt: config.prompt, temperature: planner.temperature, specialty: planner })
  expect(instance.tools.map(({ name }) => name)).toEqual(expect.arrayContaining([...planner.tools]))
  expect(instance.toolSpecs.map(({ name }) => name)).toEqual(instance.tools.map(({ name }) => name))
})

test('the tool for help names everybody but oneself', () => {
  const instance = createAgentInstance(anAgent({ config: buildStoredConfig(planner, {}) }), parts)
  const help = instance.toolSpecs.find(({ name }) => name === 'request_assistance')
  const ids = JSON.stringify(help?.parameters)
  expect(ids).toContain('"data-analyst"')
  expect(ids).not.toContain('"planner"')
  const question = { question: 'How?' }
  const tool = instance.tools.find(({ name }) => name === 'request_assistance')
  expect(tool?.input.safeParse({ specialty: 'planner', ...question }).success).toBe(false)
  expect(tool?.input.safeParse({ specialty: 'writer', ...question }).success).toBe(true)
})

test('what was stored from an older version of the specialty is made anew, for what the agent is for', () => {
  const old = buildStoredConfig({ ...planner, prompt: 'You planned.', tools: [] }, { focus: 'trade fairs' })
  const current = currentConfig(old, planner)
  expect(current.prompt.startsWith(planner.prompt)).toBe(true)
  expect(current.prompt).toContain('trade fairs')
  expect(current.tools).toEqual(planner.tools)
  expect(currentConfig(current, planner)).toBe(current)
})

test('a context is one line each, cut, and changes nothing that the specialty says', () => {
  const { prompt } = buildStoredConfig(planner, { focus: `a\n\nb ${'x'.repeat(1_000)}`, expertise: 'fairs', urgency: 'low', parentName: 'Writer' })
  const added = prompt.slice(planner.prompt.length).trim().split('\n')
  expect(added).toHaveLength(4)
  expect(Math.max(...added.map((line) => line.length))).toBeLessThan(400)
  expect(buildStoredConfig(planner, { urgency: 'normal' }).prompt).toBe(planner.prompt)
})
