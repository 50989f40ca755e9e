import { expect, test } from '@jest/globals'
import type { AgentInstance } from '../../src/agents/agent-instance.ts'
import { AgentPool } from '../../src/agents/agent-pool.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { buildStoredConfig } from '../../src/agents/stored-config.ts'
import { createTools } from '../../src/agents/tools/create-tools.ts'
import { AgentOpener } from '../../src/orchestration/open-agent.ts'
import { anAgent } from '../builders.ts'

const never = new AbortController().signal
const catalogue = createSpecialtyCatalogue()
const planner = catalogue.get('planner')
const parts = { specialty: planner, tools: createTools(), specialties: catalogue.list() }

function anOpener(maxActive = 50) {
  const stored = new Map([anAgent(), anAgent()].map((agent) => [agent.agentId as string, { ...agent, config: buildStoredConfig(planner, {}) }]))
  const reads: string[] = []
  const pool = new AgentPool<AgentInstance>({ nowMs: () => 0, maxActive })
  const find = async (_: string, agentId: string) => (reads.push(agentId), stored.get(agentId))
  return { opener: new AgentOpener({ pool, agents: { find } }), agents: [...stored.values()], reads, pool }
}

test('reads the stored configuration on first use and not again while the instance is there', async () => {
  const { opener, agents, reads } = anOpener()
  const agent = agents[0] ?? anAgent()
  const leases = await Promise.all([opener.open(agent, parts, never), opener.open(agent, parts, never)])
  for (const lease of leases) lease.release()
  ;(await opener.open(agent, parts, never)).release()
  expect(reads).toEqual([agent.agentId])
  expect(leases[0]?.instance).toMatchObject({ agentId: agent.agentId, specialty: planner })
})

test('makes the instance anew when the configuration of its specialty changed', async () => {
  const { opener, agents, reads } = anOpener()
  const agent = agents[0] ?? anAgent()
  ;(await opener.open(agent, parts, never)).release()
  const changed = { ...parts, specialty: { ...planner, prompt: 'You plan otherwise.' } }
  const lease = await opener.open(agent, changed, never)
  expect(lease.instance.prompt).toBe('You plan otherwise.')
  expect((await opener.tryOpen(agent, parts))?.instance.prompt).toBe(planner.prompt)
  expect(reads).toHaveLength(3)
})

test('gives nothing instead of waiting where the pool is at work', async () => {
  const { opener, agents } = anOpener(1)
  const [first, second] = agents
  await opener.open(first ?? anAgent(), parts, never)
  expect(await opener.tryOpen(second ?? anAgent(), parts)).toBeUndefined()
})

test('an agent that was removed a moment ago does what it was given as its specialty would', async () => {
  const { opener } = anOpener()
  const lease = await opener.open(anAgent({ name: 'Planner (gone)' }), parts, never)
  expect(lease.instance).toMatchObject({ name: 'Planner (gone)', prompt: planner.prompt })
})
