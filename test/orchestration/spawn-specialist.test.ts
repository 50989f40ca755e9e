import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { defaultLimits, LimitBook, type Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { createSpawner, isSpawnRefusal, type SpawnContext } from '../../src/orchestration/spawn-specialist.ts'
import { createAgentStore } from '../../src/storage/agent-store.ts'
import { createBudgetStore } from '../../src/storage/budget-store.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { newAgentId } from '../../src/storage/ids.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { aNewRun } from '../builders.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { createTestDatabase } from '../support/postgres.ts'

const workspaceId = 'T1' as WorkspaceId
const catalogue = createSpecialtyCatalogue()
const planner = catalogue.get('planner')
const dataDir = mkdtempSync(join(tmpdir(), 'murmur-spawn-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

describe.each(['SQLite', 'PostgreSQL'])('spawning on %s', (engine) => {
  let database: Database
  let drop = async (): Promise<void> => {}
  beforeAll(async () => {
    const server = engine === 'PostgreSQL' ? await createTestDatabase() : undefined
    if (server) drop = () => server.drop()
    database = await openDatabase({ dataDir, url: server?.url })
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })

  function aSpawner(limits: Partial<Limits> = {}, clock = new ManualClock(Date.UTC(2025, 10, 21, 22, 30))) {
    const agents = createAgentStore(database)
    const runs = createRunStore(database.db)
    const events = createEventLog(database)
    const book = new LimitBook(createBudgetStore(database), async () => ({ limits: { ...defaultLimits, ...limits }, projectOf: () => undefined }), clock.now)
    const spawnWith = createSpawner({ database, agents, runs, events, limits: book, nowMs: clock.now, onEvent: () => {} })
    const spawn = (goalId: string, over: Partial<SpawnContext> = {}) => spawnWith(planner, { workspaceId, goalId, ...over })
    return { spawn, agents, runs, events, clock }
  }

  test('stores a configuration made of the specialty and what the agent is for, and says so', async () => {
    const { spawn, agents, events } = aSpawner()
    const cursor = await events.lastSeq()
    const parent = await spawn('C-config')
    const agent = await spawn('C-config', { focus: 'the *autumn*\nlaunch', expertise: 'trade fairs', urgency: 'high', parentAgentId: parent.agentId })
    expect(await agents.find(workspaceId, agent.agentId)).toEqual(agent)
    expect(parent.config.prompt).toBe(planner.prompt)
    expect(agent.config.prompt.startsWith(planner.prompt)).toBe(true)
    for (const part of ['the *autumn* launch', 'trade fairs', 'Time is short', 'The Planner of this team called you in']) expect(agent.config.prompt).toContain(part)
    expect(agent).toMatchObject({ name: 'Planner (the autumn launch)', parentAgentId: parent.agentId, config: { temperature: planner.temperature, tools: planner.tools } })
    const [, spawned] = await events.readAfter(cursor)
    expect(spawned).toMatchObject({ type: 'agent_spawned', payload: { agentId: agent.agentId, specialtyId: 'planner', goalId: 'C-config', parentAgentId: parent.agentId } })
  })

  test('numbers the agents of one field', async () => {
    const { spawn } = aSpawner()
    expect([(await spawn('C-names')).name, (await spawn('C-names')).name, (await spawn('C-other')).name]).toEqual(['Planner', 'Planner 2', 'Planner'])
  })

  test('never spawns more for a goal and a day than its limit, and goes on the next day', async () => {
    const { spawn, agents, events, clock } = aSpawner({ agentsPerDay: 5, timeZone: 'Europe/Berlin' })
    const results = await Promise.allSettled(Array.from({ length: 25 }, () => spawn('C-daily')))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(await agents.listGoal(workspaceId, 'C-daily')).toHaveLength(5)
    const cursor = await events.lastSeq()
    const refusal = await spawn('C-daily').catch((error: unknown) => error)
    expect(isSpawnRefusal(refusal, 'agents per day')).toBe(true)
    expect(refusal).toMatchObject({ code: 'MUR_BUDGET_SPENT', details: { scope: 'agents per day', limit: 5, resetsAt: 'at 2025-11-21 23:00 UTC' } })
    expect(await events.readAfter(cursor)).toEqual([])
    clock.advance(30 * 60_000)
    expect((await spawn('C-daily')).name).toBe('Planner 6')
  })

  test('spawns none while as many are at work as may be, in whatever process', async () => {
    const { spawn, runs, agents } = aSpawner({ concurrentAgents: 2 })
    const busy = await Promise.all([aNewRun(), aNewRun(), aNewRun()].map(async (run) => {
      await database.db.transaction().execute((trx) => runs.insertOnce(trx, run, []))
      return run
    }))
    await createTaskStore(database).claim({ owner: 'boot', limit: 10, nowMs: 1e15, leaseMs: 1_000 })
    const spawned = await Promise.allSettled(busy.map(({ runId }) => spawn('C-busy', { runId })))
    expect(spawned.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    const refusal = spawned.find((result) => result.status === 'rejected')
    expect(refusal?.reason).toMatchObject({ details: { scope: 'concurrent agents', limit: 2 } })
    expect(isSpawnRefusal(refusal?.reason, 'agents per day')).toBe(false)
    const [first] = await agents.listGoal(workspaceId, 'C-busy')
    expect((await Promise.all(busy.map(({ runId }) => runs.find(runId)))).some((run) => run?.agentId === first?.agentId)).toBe(true)
    await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    expect((await spawn('C-busy')).goalId).toBe('C-busy')
  })

  test('an agent whose parent is gone is spawned all the same', async () => {
    const { spawn } = aSpawner()
    expect((await spawn('C-orphan', { parentAgentId: newAgentId() })).config.prompt).toBe(planner.prompt)
  })
})
