import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import { startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  // The shipped configuration: texts are embedded by the model server.
  scenario = await startScenario({ environment: { MURMUR_CONFIG_DIR: undefined } })
})
afterAll(() => scenario.close())

const finding = 'the launch of Project Heron moved to 14 March because of the audit'
const question = 'What did we decide about the launch of Project Heron? Please recall it.'

/** What the recall tool gave a run, as its model read it. */
async function recalled(asked: Asked): Promise<string> {
  const run = await scenario.waitForEnd(asked)
  const [step] = scenario.store.rows('steps').filter((row) => row['run_id'] === run.runId && String(row['step_key']).includes('tool') && /Remembered in|Nothing like/.test(String(row['result'])))
  return String(step?.['result'] ?? '')
}

const memories = () => scenario.store.rows('memory_items')

test('what a person lets an agent remember is recalled in the same channel only', async () => {
  const { ask, freshChannel, waitForEnd } = scenario
  const channel = freshChannel()
  const told = await waitForEnd(await ask(`Remember that ${finding}`, { channel }))
  expect(memories()).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'position', text: expect.stringContaining('14 March'), goal_id: channel, run_id: told.runId })]))

  const found = await recalled(await ask(question, { channel }))
  expect(found).toMatch(/Remembered in this channel/)
  expect(found).toMatch(/> .*14 March/)
  expect(await recalled(await ask(question))).toMatch(/Nothing like that was found/)
})

test('embeddings are paid under the budget and stand in the ledger', async () => {
  await waitUntil('the ledger', () => scenario.store.rows('ledger').some((row) => row['model_id'] === 'text-embedding-3-small' && row['outcome'] === 'ok' && Number(row['input_tokens']) > 0))
  expect(scenario.model.requests().filter(({ kind }: JournalEntry) => kind === 'embeddings').length).toBeGreaterThan(0)
  expect(scenario.store.rows('memory_spaces')).toEqual([expect.objectContaining({ embedder: 'openai/text-embedding-3-small', dimension: 1_536 })])
})

test('another embedder moves the memory to its space, and everything is found again', async () => {
  const { ask, start, kill, store } = scenario
  const [kept] = memories().filter((row) => row['kind'] === 'position')
  const before = memories().length
  await kill()
  // The scenario's own configuration names no embedding model.
  await start({ MURMUR_CONFIG_DIR: `${scenario.dataDir}/config` })
  const channel = String(kept?.['goal_id'])
  await ask('What did we say last time about Project Heron?', { channel })
  await waitUntil('the memory to be moved', () => memories().length >= before && memories().every((row) => row['space'] === 'murmur/lexical-2 (1024)'))
  expect(store.rows('memory_spaces')).toEqual([expect.objectContaining({ embedder: 'murmur/lexical-2', dimension: 1_024 })])
  expect(await recalled(await ask(question, { channel }))).toMatch(/> .*14 March/)
})

test('where embedding is free, answers are remembered too, also when a crash cut that off', async () => {
  const { ask, waitForEnd, kill, start } = scenario
  const run = await waitForEnd(await ask('Plan the move of the archive'))
  await kill()
  await start({ MURMUR_CONFIG_DIR: `${scenario.dataDir}/config` })
  const isRemembered = await waitUntil('the answer to be remembered', () => memories().some((row) => row['item_id'] === `result-${run.runId}`))
  expect(isRemembered).toBe(true)
})
