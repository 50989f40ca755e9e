import { fitOf } from '../agents/performance-profile.ts'
import type { AgentInstance } from '../agents/agent-instance.ts'
import type { AgentPool } from '../agents/agent-pool.ts'
import type { AgentStore, AgentSummary } from '../storage/agent-store.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { ProfileStore } from '../storage/profile-store.ts'
import type { AgentRecord, Profile, WorkspaceId } from '../storage/records.ts'
import type { AgentRegistry } from './agent-registry.ts'

/** An agent as a list shows it. */
export interface RosterLine extends AgentSummary {
  readonly isAtWork: boolean
  readonly profile: Profile
  /** How well suited it has shown itself, 0 to 1. */
  readonly fit: number
}

export interface RosterDeps {
  readonly database: Database
  readonly agents: AgentStore
  readonly profiles: ProfileStore
  readonly registry: AgentRegistry
  readonly pool: AgentPool<AgentInstance>
  readonly events: EventLog
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/** The agents of a goal as people see and manage them. Who may change them is checked by the caller. */
export function createAgentRoster({ database, agents, profiles, registry, pool, events, nowMs, onEvent }: RosterDeps) {
  /** Ends an agent in the store and in this process; others notice within a minute. */
  async function end(workspaceId: WorkspaceId, goalId: string, agentId: string, userId: string, how: 'retire' | 'remove'): Promise<boolean> {
    const isDone = await database.db.transaction().execute(async (trx) => {
      if (!(await agents[how](trx, workspaceId, agentId))) return false
      await events.append(trx, { workspaceId, type: how === 'retire' ? 'agent_retired' : 'agent_removed', payload: { agentId, goalId, userId }, atMs: nowMs() })
      return true
    })
    if (!isDone) return false
    registry.noteRetired(workspaceId, goalId, agentId)
    pool.forget(agentId)
    onEvent()
    return true
  }
  return {
    /** The active agents, last used first, at most 200. */
    async list(workspaceId: WorkspaceId, goalId: string): Promise<readonly RosterLine[]> {
      const [rows, atWork] = await Promise.all([agents.listGoal(workspaceId, goalId), agents.listAtWork(workspaceId)])
      const known = await profiles.read(workspaceId, rows.flatMap(({ agentId, specialtyId }) => [`agent:${agentId}` as const, `specialty:${specialtyId}` as const]))
      return rows.map((row) => {
        const profile = known.get(`agent:${row.agentId}`) ?? {}
        const fit = fitOf(profile, known.get(`specialty:${row.specialtyId}`) ?? {}, nowMs())
        return { ...row, profile, fit, isAtWork: atWork.has(row.agentId) }
      })
    },

    /** Any agent of the workspace, retired ones too. */
    find: (workspaceId: WorkspaceId, agentId: string): Promise<AgentRecord | undefined> => agents.find(workspaceId, agentId),

    /** It gets no work any more; what it has under way it finishes. @returns false when no active agent has this id */
    retire: (workspaceId: WorkspaceId, goalId: string, agentId: string, userId: string): Promise<boolean> => end(workspaceId, goalId, agentId, userId, 'retire'),

    /** Deletes its configuration, profile and mail. @returns false when there is none */
    remove: (workspaceId: WorkspaceId, goalId: string, agentId: string, userId: string): Promise<boolean> => end(workspaceId, goalId, agentId, userId, 'remove'),
  }
}

export type AgentRoster = ReturnType<typeof createAgentRoster>
