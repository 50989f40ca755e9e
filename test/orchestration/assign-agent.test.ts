import { describe, expect, test } from '@jest/globals'
import { planner } from '../../src/agents/specialties/planner.ts'
import { specialtyId as specialtyIdOf } from '../../src/agents/specialty.ts'
import { MurmurError } from '../../src/errors.ts'
import { ownPlaces } from '../../src/orchestration/agent-places.ts'
import { AgentRegistry } from '../../src/orchestration/agent-registry.ts'
import { AgentAssigner, type AssignerDeps, type Assignment, type AssignWish } from '../../src/orchestration/assign-agent.ts'
import { defaultLimits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import type { AgentSummary } from '../../src/storage/agent-store.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { AgentRecord, WorkspaceId } from '../../src/storage/records.ts'
import { anAgent } from '../builders.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

const never = new AbortController().signal
const workspaceId = 'T1' as WorkspaceId
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
interface Wanted extends Partial<Omit<AssignWish, 'specialty'>> {
  readonly specialtyId?: string
}
const wish = ({ specialtyId = 'planner', ...over }: Wanted = {}): AssignWish => ({
  workspaceId,
  goalId: 'C1',
  specialty: { ...planner, id: specialtyIdOf(specialtyId) },
  runId: newRunId(),
  signal: never,
  ...over,
})
const refused = (scope: string) => new MurmurError('MUR_BUDGET_SPENT', { scope, unit: 'agents', limit: 1 })

interface Setup extends Partial<Omit<AssignerDeps, 'registry' | 'limits' | 'nowMs' | 'delay'>> {
  readonly concurrentAgents?: number
  readonly stored?: AgentRecord[]
}

function anAssigner({ concurrentAgents = 10, stored = [], ...over }: Setup = {}) {
  const clock = new ManualClock()
  const reads = { goals: 0 }
  const listGoal = async (_: WorkspaceId, goalId: string): Promise<AgentSummary[]> => {
    if (reads.goals++ > 0) await settle()
    return stored.filter((agent) => agent.goalId === goalId && agent.status === 'active').map(({ config: _config, ...agent }) => ({ ...agent, hasMail: false }))
  }
  const registry = new AgentRegistry({ agents: { listGoal }, profiles: { read: async () => new Map() }, nowMs: clock.now, onError: () => {} })
  const spawn: AssignerDeps['spawn'] = async ({ id: specialtyId }, { goalId }) => {
    await settle()
    const agent = anAgent({ specialtyId, goalId, createdAtMs: clock.now() })
    stored.push(agent)
    return agent
  }
  const limits = { limits: async () => ({ ...defaultLimits, concurrentAgents }) }
  const assigner = new AgentAssigner({ registry, spawn, limits, places: ownPlaces, nowMs: clock.now, delay: clock.delay, ...over })
  return { assigner, registry, clock, stored, reads }
}

test('spawns an agent where there is none, and uses it from then on', async () => {
  const { assigner, stored, reads } = anAssigner()
  const first = await assigner.assign(wish())
  first.release()
  const second = await assigner.assign(wish())
  expect(second.agent.agentId).toBe(first.agent.agentId)
  expect([stored.length, reads.goals]).toEqual([1, 1])
})

test('many runs at once share one new agent before there is a second', async () => {
  const { assigner, stored } = anAssigner()
  const taken = await Promise.all(Array.from({ length: 8 }, () => assigner.assign(wish())))
  expect(stored).toHaveLength(1)
  expect(taken[0]?.agent.load).toBe(8)
  const ninth = await assigner.assign(wish())
  expect(stored).toHaveLength(2)
  expect(ninth.agent.load).toBe(1)
})

test('a thread keeps its own agent, as long as that may have one more and is of the field asked for', async () => {
  const stored = [anAgent(), anAgent(), anAgent({ specialtyId: 'writer' })]
  const { assigner } = anAssigner({ stored, maxLoad: 2 })
  const preferredAgentId = stored[1]?.agentId
  for (let run = 0; run < 2; run++) expect((await assigner.assign(wish({ preferredAgentId }))).agent.agentId).toBe(preferredAgentId)
  expect((await assigner.assign(wish({ preferredAgentId }))).agent.agentId).toBe(stored[0]?.agentId)
  expect((await assigner.assign(wish({ preferredAgentId, specialtyId: 'writer' }))).agent.specialtyId).toBe('writer')
})

test('at its limit of agents at work a goal shares those, and lets other fields wait for one to end', async () => {
  const { assigner } = anAssigner({ concurrentAgents: 1 })
  const planner = await assigner.assign(wish())
  const other = await assigner.assign(wish())
  expect(other.agent.agentId).toBe(planner.agent.agentId)
  let writer: Assignment | undefined
  void assigner.assign(wish({ specialtyId: 'writer' })).then((taken) => (writer = taken))
  other.release()
  await settle()
  expect(writer).toBeUndefined()
  expect(await assigner.tryAssign(wish({ specialtyId: 'researcher' }))).toBeUndefined()
  planner.release()
  planner.release()
  while (!writer) await settle()
  expect(writer.agent.specialtyId).toBe('writer')
})

test('nobody passes those who wait', async () => {
  const { assigner } = anAssigner({ concurrentAgents: 1 })
  const first = await assigner.assign(wish())
  const order: string[] = []
  const ask = async (specialtyId: string) => {
    const taken = await assigner.assign(wish({ specialtyId }))
    order.push(specialtyId)
    return taken
  }
  const writer = ask('writer')
  await settle()
  const planner = ask('planner')
  await settle()
  expect(order).toEqual([])
  first.release()
  ;(await writer).release()
  await planner
  expect(order).toEqual(['writer', 'planner'])
})

test('an agent of another process that ends its work is noticed without being told', async () => {
  let isFree = false
  const { assigner, clock } = anAssigner({
    spawn: async ({ id: specialtyId }, { goalId }) => {
      if (!isFree) throw refused('concurrent agents')
      return anAgent({ specialtyId, goalId })
    },
  })
  const taken = assigner.assign(wish())
  while (clock.waiting === 0) await settle()
  isFree = true
  clock.advance(1_000)
  expect((await taken).agent.specialtyId).toBe('planner')
  await settle()
  expect(clock.waiting).toBe(0)
})

test('without another agent for today the busy ones are waited for, and where there is none the person is told', async () => {
  const stored = [anAgent()]
  const { assigner } = anAssigner({ stored, maxLoad: 1, spawn: async () => Promise.reject(refused('agents per day')) })
  await expect(assigner.assign(wish({ specialtyId: 'writer' }))).rejects.toMatchObject({ code: 'MUR_BUDGET_SPENT', details: { scope: 'agents per day' } })
  const busy = await assigner.assign(wish())
  const waiting = assigner.assign(wish())
  await settle()
  busy.release()
  expect((await waiting).agent.agentId).toBe(stored[0]?.agentId)
})

test('who waits can be stopped, and too many are sent away', async () => {
  const { assigner } = anAssigner({ concurrentAgents: 1, maxWaiting: 1 })
  await assigner.assign(wish())
  const cancel = new AbortController()
  const waiting = assigner.assign(wish({ specialtyId: 'writer', signal: cancel.signal }))
  await settle()
  await expect(assigner.assign(wish({ specialtyId: 'writer' }))).rejects.toMatchObject({ code: 'MUR_AGENTS_BUSY' })
  cancel.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})

test('a retired agent finishes what it has and gets nothing more', async () => {
  const { assigner, registry } = anAssigner({ stored: [anAgent()] })
  const busy = await assigner.assign(wish())
  registry.noteRetired(workspaceId, 'C1', busy.agent.agentId)
  const next = await assigner.assign(wish())
  expect(next.agent.agentId).not.toBe(busy.agent.agentId)
  busy.release()
  expect(registry.peek(workspaceId, 'C1')?.agents.has(busy.agent.agentId)).toBe(false)
})

test('what other processes spawned or retired is seen after a minute, and no run waits for that', async () => {
  const stored = [anAgent()]
  const { assigner, registry, clock, reads } = anAssigner({ stored })
  ;(await assigner.assign(wish())).release()
  const [gone] = stored.splice(0, 1, anAgent())
  clock.advance(60_000)
  expect((await assigner.assign(wish())).agent.agentId).toBe(gone?.agentId)
  await settle()
  expect(reads.goals).toBe(2)
  expect(registry.peek(workspaceId, 'C1')?.agents.get(gone?.agentId ?? '')?.isRetired).toBe(true)
  expect((await assigner.assign(wish())).agent.agentId).toBe(stored[0]?.agentId)
})

test('goals nobody uses are forgotten, those at work are not', async () => {
  const clock = new ManualClock()
  const registry = new AgentRegistry({ agents: { listGoal: async () => [] }, profiles: { read: async () => new Map() }, nowMs: clock.now, onError: () => {}, maxGoals: 3 })
  const goal = await registry.open(workspaceId, 'C-busy')
  registry.begin(goal, registry.add(goal, anAgent({ goalId: 'C-busy' })))
  for (let index = 0; index < 20; index++) await registry.open(workspaceId, `C${index}`)
  expect(registry.goalCount).toBeLessThanOrEqual(4)
  expect(registry.peek(workspaceId, 'C-busy')?.atWork).toBe(1)
})

describe('under random use', () => {
  const seeds = Array.from({ length: 25 }, (_, index) => index + 1)
  test.each(seeds)('keeps every limit and leaves nobody standing (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const concurrentAgents = 1 + pickNumber(random, 4)
    const maxLoad = 1 + pickNumber(random, 3)
    const { assigner, registry } = anAssigner({ concurrentAgents, maxLoad })
    const out: Assignment[] = []
    const cancels: AbortController[] = []
    let open = 0
    for (let step = 0; step < 200; step++) {
      const dice = random()
      if (dice < 0.55) {
        const cancel = new AbortController()
        cancels.push(cancel)
        open++
        void assigner
          .assign(wish({ specialtyId: `field-${pickNumber(random, 5)}`, signal: cancel.signal }))
          .then((taken) => out.push(taken), () => {})
          .finally(() => open--)
      } else if (dice < 0.95) out.splice(pickNumber(random, out.length), 1)[0]?.release()
      else cancels[pickNumber(random, cancels.length)]?.abort(new Error('gone'))
      if (random() < 0.7) await settle()
      const atWork = new Map<string, number>()
      for (const { agent } of out) atWork.set(agent.agentId, (atWork.get(agent.agentId) ?? 0) + 1)
      expect(atWork.size).toBeLessThanOrEqual(concurrentAgents)
      expect(Math.max(0, ...atWork.values())).toBeLessThanOrEqual(maxLoad)
      expect(registry.peek(workspaceId, 'C1')?.atWork ?? 0).toBeLessThanOrEqual(concurrentAgents)
    }
    for (let round = 0; open > 0 && round < 2_000; round++) {
      out.splice(0).forEach((taken) => taken.release())
      await settle()
    }
    expect(open).toBe(0)
    out.forEach((taken) => taken.release())
    expect(registry.peek(workspaceId, 'C1')?.atWork).toBe(0)
  })
})

test('where other processes have all places, nobody begins and no agent is made, until one is free', async () => {
  let isFull = true
  const left: string[] = []
  const places = { take: async () => !isFull, leave: ({ agentId }: { agentId: string }) => void left.push(agentId) }
  const { assigner, stored, registry, clock } = anAssigner({ stored: [anAgent(), anAgent()], places })
  expect(await assigner.tryAssign(wish())).toBeUndefined()
  const waits = assigner.assign(wish())
  await settle()
  expect([stored.length, registry.peek(workspaceId, 'C1')?.atWork]).toEqual([2, 0])
  isFull = false
  const taken = await Promise.race([waits, advanceUntilDone(clock)])
  expect(taken?.agent.load).toBe(1)
  left.length = 0
  taken?.release()
  expect(left).toEqual([taken?.agent.agentId])
})

/** Never ends by itself: time goes on until somebody else has. */
async function advanceUntilDone(clock: ManualClock): Promise<undefined> {
  for (let tick = 0; tick < 100; tick++) {
    await settle()
    clock.advance(1_000)
  }
  return undefined
}
