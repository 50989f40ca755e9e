import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { shownText } from './shown-text.ts'
import { alice, bob, general, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

const configDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-config-'))
const specialist = (id: string, name: string, keyword: string) => ({
  id,
  name,
  purpose: `Knows everything about ${keyword}.`,
  prompt: `You know everything about ${keyword}.`,
  keywords: [keyword, `${keyword} pairing`, `vintage ${keyword}`],
  examples: [`Which ${keyword} goes with ramen?`],
})
const writeAgents = (...specialties: object[]): void => writeFileSync(join(configDir, 'agents.json'), JSON.stringify({ specialties }))

let scenario: Scenario
beforeAll(async () => {
  writeAgents(specialist('sommelier', 'Sommelier', 'wine'))
  scenario = await startScenario({ environment: { MURMUR_CONFIG_DIR: configDir } })
})
afterAll(async () => {
  await scenario.close()
  rmSync(configDir, { recursive: true, force: true })
})

/** What `/swarm ...` answers. */
async function swarm(text: string, user = alice): Promise<string> {
  const { body } = await scenario.workspace.command({ user, channel: general, command: '/swarm', text })
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** Reads the files anew and waits for the line of the log that says what came of it. */
async function reload(line: string): Promise<void> {
  process.kill(scenario.app.pid, 'SIGHUP')
  await waitUntil(line, () => scenario.app.log.some((logged) => logged.includes(line)))
}

test('a folder with one file of its own works beside the shipped ones', async () => {
  expect(await swarm('agents')).toContain('Sommelier')
  expect(await swarm('models')).toContain('gpt-6-luna')
  expect(await swarm('teams')).toContain('launch')
})

test('a changed file counts at once after SIGHUP, and a wrong one changes nothing', async () => {
  writeAgents(specialist('sommelier', 'Sommelier', 'wine'), specialist('barista', 'Barista', 'espresso'))
  await reload('the configuration changed and counts for new runs')
  expect(await swarm('agents')).toContain('Barista')
  writeFileSync(join(configDir, 'agents.json'), '{ "specialties": [ { "id": 7 } ] }')
  await reload('specialties[0].id: wanted string, found 7')
  expect(await swarm('agents')).toContain('Barista')
})

test('what an admin imports answers the next request; others may not', async () => {
  const files = JSON.stringify({ 'agents.json': { specialties: [specialist('falconer', 'Falconer', 'falcon')] } })
  expect(await swarm(`import ${files}`, bob)).toContain('is for admins')
  expect(await swarm('agents')).not.toContain('Falconer')
  expect(await swarm(`import ${files}`)).toContain('Imported `agents.json`')
  expect(await swarm('agents')).toContain('Falconer')
  expect(await swarm('export agents')).toContain('falconer')
  const asked = await scenario.ask('vintage falcon: which falcon for falcon pairing?', { channel: general })
  const answer = await scenario.waitForAnswer(general, asked.ts)
  expect(`${shownText(answer)} ${answer.deliveredText ?? ''}`).toContain('Falconer')
})

test('an import that is wrong says where, and nothing changes', async () => {
  expect(await swarm('import {"budgets.json":{"goalDailyUsd":"much"}}')).toContain('budgets.json: goalDailyUsd: wanted number, found')
  expect(await swarm('export budgets')).toContain("the installation's")
})
