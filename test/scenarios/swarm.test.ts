import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { alice, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario

beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())

/** Starts a swarm by a command. @returns its thread, once the root stands there */
async function swarm(text: string, channel = scenario.freshChannel()): Promise<Asked> {
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text })
  expect(body ?? '').toBe('')
  const root = await waitUntil('the root of a swarm', () => scenario.store.rows('runs').findLast((row) => row['channel_id'] === channel)?.['thread_id'] ?? undefined)
  return { channel, ts: String(root) }
}

test('a debate of three in two rounds is a thread with three voices and seven messages, and ends with the verdict', async () => {
  const { channel, ts } = await swarm('debate Shall we rewrite the billing service in Rust? --agents 3 --rounds 2')
  await scenario.waitForAnswer(channel, ts)
  const thread = scenario.answers(channel, ts)
  const voices = thread.flatMap(({ username }) => (username === undefined ? [] : [username]))
  expect(new Set(voices).size).toBe(3)
  expect(voices).toHaveLength(6)
  expect(thread.length).toBeGreaterThanOrEqual(7)
  const last = thread.at(-1)
  expect(last?.text).toMatch(/^# Verdict\n/)
  expect(JSON.stringify(last?.blocks)).toContain('Why this agent?')
  expect(thread.filter(({ files = [] }) => files.length > 0)).toHaveLength(1)
})

test.each([
  ['debate', /Expected an objective after `\/swarm debate`/],
  ['debate Tea or coffee? --agents 1', /a whole number from 2 to 40 after `--agents`, got `1`/],
  ['debate Tea or coffee? --team nobody', /`review` after `--team`, got `nobody`/],
  ['debate Tea or coffee? --model gpt-99', /after `--model`, got `gpt-99`/],
  ['debate Tea or coffee? --budget 0', /more than 0 dollars/],
])('"/swarm %s" says what is wrong and starts nothing', async (text, told) => {
  const channel = scenario.freshChannel()
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text })
  expect(JSON.stringify(body)).toMatch(told)
  expect(scenario.store.rows('runs').filter((row) => row['channel_id'] === channel)).toEqual([])
})
