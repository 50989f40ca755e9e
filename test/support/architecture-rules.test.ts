import { expect, test } from '@jest/globals'
import { forcedDoors, importCycles, median, misplacements, strayPackages, wrongDirections } from './architecture-rules.ts'
import { sourceFile } from './source-tree.ts'

function importing(path: string, ...specifiers: string[]) {
  return sourceFile(path, specifiers.map((specifier) => `import type { X } from '${specifier}'`).join('\n'))
}

test.each([
  ['src/app/main.ts', '../storage/records.ts'],
  ['src/app/slack/on-message.ts', '../../errors.ts'],
  ['src/commands/swarm-command.ts', './permissions.ts'],
  ['src/learning/feedback.ts', '../agents/agent.ts'],
])('%s may import %s', (path, specifier) => {
  expect(wrongDirections(importing(path, specifier))).toEqual([])
})

test.each([
  ['src/storage/records.ts', '../agents/agent.ts'],
  ['src/commands/swarm-command.ts', '../app/main.ts'],
  ['src/errors.ts', './storage/records.ts'],
  ['src/app/main.ts', '../../playground/demo.ts'],
  ['src/app/main.ts', '../stray.ts'],
])('%s must not import %s', (path, specifier) => {
  expect(wrongDirections(importing(path, specifier))).toHaveLength(1)
})

test.each([
  ['src/orchestration/intake.ts', '@slack/bolt'],
  ['src/app/compose.ts', 'pg'],
  ['src/learning/embeddings.ts', '@langchain/core/messages'],
  ['src/app/config.ts', 'openai/resources'],
  ['src/errors.ts', 'node:sqlite'],
])('%s must not import the package %s', (path, name) => {
  expect(strayPackages(importing(path, name))).toHaveLength(1)
})

test('packages are free in their own folder, and packages without one are free everywhere', () => {
  expect(strayPackages(importing('src/storage/database.ts', 'kysely', 'kysely/migration', 'node:sqlite', 'pg'))).toEqual([])
  expect(strayPackages(importing('src/agents/agent.ts', 'langchain', '@langchain/core/messages', 'zod', 'pino', 'pgvector'))).toEqual([])
})

test('outside src only the public door is open', () => {
  const file = importing('playground/demo.ts', '../src/app/create-murmur.ts', './page.ts', '../src/app/main.ts')
  expect(forcedDoors(file)).toEqual(['playground/demo.ts must import src/app/create-murmur.ts instead of src/app/main.ts'])
})

test('a circle of imports is found once, and a diamond is none', () => {
  const circle = [importing('src/a.ts', './b.ts'), importing('src/b.ts', './c.ts'), importing('src/c.ts', './a.ts')]
  expect(importCycles(circle)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']])
  const diamond = [importing('src/a.ts', './b.ts', './c.ts'), importing('src/b.ts', './d.ts'), importing('src/c.ts', './d.ts')]
  expect(importCycles(diamond)).toEqual([])
})

test.each([
  'src/errors.ts',
  'src/orchestration/paid-calls/metered-model.ts',
  'src/storage/migrations/0001-first-slice.ts',
  'test/support/closing-line-reporter.test.ts',
  'playground/page/page.css',
])('%s lies well', (path) => {
  expect(misplacements(path)).toEqual([])
})

test.each([
  'src/agents/chatModel.ts',
  'src/agents/index.ts',
  'src/agents/providers/openai/deep/client.ts',
  'src/agents/agent-manager.ts',
  'src/utils/text.ts',
  'src/main.ts',
  'test/helpers/wait.ts',
])('%s lies badly', (path) => {
  expect(misplacements(path)).not.toEqual([])
})

test('the median of an even number of values is between the middle two', () => {
  expect([median([]), median([5]), median([9, 1, 5]), median([1, 4, 2, 100])]).toEqual([0, 5, 5, 3])
})
