import type { Specialty } from '../agents/specialty.ts'
import { buildStoredConfig } from '../agents/stored-config.ts'
import { MurmurError } from '../errors.ts'
import type { AgentStore } from '../storage/agent-store.ts'
import type { Database, Trx } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import { newAgentId } from '../storage/ids.ts'
import type { AgentContext, AgentId, AgentRecord, RunId, WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { LimitBook, Limits } from './paid-calls/budget-limits.ts'
import { nextMidnightMs } from './paid-calls/next-midnight.ts'
import { utcTime } from './utc-time.ts'

/** Whom an agent is spawned for, and what it is to be good at. */
export interface SpawnContext extends Pick<AgentContext, 'focus' | 'expertise' | 'urgency'> {
  readonly workspaceId: WorkspaceId
  /** The goal whose limits count. */
  readonly goalId: string
  /** The agent that calls it in. */
  readonly parentAgentId?: AgentId | undefined
  /** The run it is spawned for. */
  readonly runId?: RunId | undefined
}

export interface SpawnDeps {
  readonly database: Database
  readonly agents: AgentStore
  readonly runs: RunStore
  readonly events: EventLog
  readonly limits: Pick<LimitBook, 'limits' | 'dayOf'>
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/**
 * Stores the configuration of a new agent; its instance is made on first use. Limits are checked first, in the same
 * transaction, so that however many ask in however many processes, a goal never has more agents a day than its limit.
 * @throws {MurmurError} MUR_BUDGET_SPENT with scope `agents per day` or `concurrent agents`; nothing is stored then
 */
export type SpawnSpecialist = (specialty: Specialty, context: SpawnContext) => Promise<AgentRecord>

const maxNameFocus = 40

export function createSpawner({ database, agents, runs, events, limits, nowMs, onEvent }: SpawnDeps): SpawnSpecialist {
  return async (specialty, context) => {
    const { workspaceId, goalId, parentAgentId, runId } = context
    const effective = await limits.limits(workspaceId, goalId)
    const parent = parentAgentId === undefined ? undefined : await agents.find(workspaceId, parentAgentId)
    const atMs = nowMs()
    const agent = await database.db.transaction().execute(async (trx) => {
      const day = limits.dayOf(atMs, effective.timeZone)
      if (!(await agents.countSpawn(trx, { workspaceId, goalId, day }, effective.agentsPerDay))) throw spent('agents per day', effective, atMs)
      const atWork = await agents.countAtWork(trx, workspaceId, goalId, runId)
      if (atWork >= effective.concurrentAgents) throw spent('concurrent agents', effective, atMs)
      const made = makeRecord(specialty, context, parent?.name, await nameOf(trx, agents, specialty, context), atMs)
      await agents.insert(trx, made)
      // From here on it counts as at work for other processes, too.
      if (runId !== undefined && parentAgentId === undefined) await runs.setAgent(trx, runId, made.agentId)
      const payload = { agentId: made.agentId, specialtyId: specialty.id, name: made.name, goalId, ...(parentAgentId === undefined ? {} : { parentAgentId }) }
      await events.append(trx, { workspaceId, ...(runId === undefined ? {} : { runId }), type: 'agent_spawned', payload, atMs })
      return made
    })
    onEvent()
    return agent
  }
}

/** True for the refusal of a spawn, which unlike one of money nobody can approve for a single run. */
export function isSpawnRefusal(error: unknown, scope?: 'agents per day' | 'concurrent agents'): error is MurmurError {
  if (!(error instanceof MurmurError) || error.code !== 'MUR_BUDGET_SPENT' || error.details['unit'] !== 'agents') return false
  return scope === undefined || error.details['scope'] === scope
}

function makeRecord(specialty: Specialty, context: SpawnContext, parentName: string | undefined, name: string, atMs: number): AgentRecord {
  const { focus, expertise, urgency } = context
  const kept: AgentContext = {
    ...(focus === undefined ? {} : { focus }),
    ...(expertise === undefined ? {} : { expertise }),
    ...(urgency === undefined ? {} : { urgency }),
    ...(parentName === undefined ? {} : { parentName }),
  }
  return {
    agentId: newAgentId(),
    workspaceId: context.workspaceId,
    goalId: context.goalId,
    specialtyId: specialty.id,
    name,
    config: buildStoredConfig(specialty, kept),
    parentAgentId: context.parentAgentId,
    status: 'active',
    runsEnded: 0,
    judgedAtRun: 0,
    createdAtMs: atMs,
    lastUsedAtMs: atMs,
  }
}

/** `Planner`, then `Planner 2`; with a focus `Planner (pricing)`. */
async function nameOf(trx: Trx, agents: AgentStore, { id, name }: Specialty, { workspaceId, goalId, focus }: SpawnContext): Promise<string> {
  const about = focus?.replaceAll(/[\s()*_`<>]+/g, ' ').trim().slice(0, maxNameFocus)
  if (about) return `${name} (${about})`
  const earlier = await agents.countOf(trx, workspaceId, goalId, id)
  return earlier === 0 ? name : `${name} ${earlier + 1}`
}

function spent(scope: 'agents per day' | 'concurrent agents', { agentsPerDay, concurrentAgents, timeZone }: Limits, atMs: number): MurmurError {
  const isDaily = scope === 'agents per day'
  const resetsAtMs = nextMidnightMs(atMs, timeZone)
  return new MurmurError('MUR_BUDGET_SPENT', {
    scope,
    unit: 'agents',
    limit: isDaily ? agentsPerDay : concurrentAgents,
    spent: 'all of it',
    needed: 'one more agent',
    resetsAt: isDaily ? `at ${utcTime(resetsAtMs)}` : 'when one of them is done',
    ...(isDaily ? { resetsAtMs } : {}),
  })
}
