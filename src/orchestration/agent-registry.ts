import { addObservation } from '../agents/performance-profile.ts'
import type { AgentStore, AgentSummary } from '../storage/agent-store.ts'
import type { Observation, ProfileStore } from '../storage/profile-store.ts'
import type { AgentId, AgentRecord, Profile, ProfileSubject, WorkspaceId } from '../storage/records.ts'
import type { Choosable } from './choose-agent.ts'

/** An agent as this process knows it. Its prompt stays in the store until an instance is made. */
export interface KnownAgent extends Choosable, Omit<AgentSummary, 'status'> {
  readonly isRetired: boolean
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type OwnAgent = Mutable<KnownAgent>

/** The agents of one goal in one process. */
export interface GoalAgents {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly agents: ReadonlyMap<string, KnownAgent>
  /** Agents with a run under way. */
  readonly atWork: number
  specialtyProfile(specialtyId: string): Profile
}

interface OwnGoal extends GoalAgents {
  agents: Map<string, OwnAgent>
  atWork: number
  profiles: ReadonlyMap<ProfileSubject, Profile>
  readAtMs: number
  isReading: boolean
}

export interface AgentRegistryDeps {
  readonly agents: Pick<AgentStore, 'listGoal'>
  readonly profiles: Pick<ProfileStore, 'read'>
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  /** Goals kept in memory, default 500; those with an agent at work stay in any case. */
  readonly maxGoals?: number
}

/** What other processes did is seen this late at most. */
const staleMs = 60_000

/**
 * Which agents there are and what each has to do, per goal, read from the store on first use. Goals nobody uses are
 * forgotten, so that registered agents cost no memory beyond their rows.
 */
export class AgentRegistry {
  readonly #deps: Required<AgentRegistryDeps>
  /** Least recently used first. */
  readonly #goals = new Map<string, Promise<OwnGoal>>()
  readonly #loaded = new Map<string, OwnGoal>()
  /** Runs under way by workspace and specialty; only those that are not 0. */
  readonly #specialtyLoads = new Map<string, number>()
  #turn = 0

  constructor(deps: AgentRegistryDeps) {
    this.#deps = { maxGoals: 500, ...deps }
  }

  get goalCount(): number {
    return this.#goals.size
  }

  /** The goal's agents; what is a minute old is read again beside the caller. */
  open(workspaceId: WorkspaceId, goalId: string): Promise<GoalAgents> {
    const key = keyOf(workspaceId, goalId)
    const known = this.#goals.get(key)
    const goal = known ?? this.#load(workspaceId, goalId)
    this.#goals.delete(key)
    this.#goals.set(key, goal)
    if (known) this.#refreshStale(key)
    else this.#forgetUnused()
    return goal
  }

  /** What is in memory of a goal, without asking the store. */
  peek(workspaceId: WorkspaceId, goalId: string): GoalAgents | undefined {
    return this.#loaded.get(keyOf(workspaceId, goalId))
  }

  /** Runs of a specialty that are under way in this process. */
  specialtyLoad(workspaceId: WorkspaceId, specialtyId: string): number {
    return this.#specialtyLoads.get(keyOf(workspaceId, specialtyId)) ?? 0
  }

  /** A newly spawned agent. */
  add(goal: GoalAgents, record: AgentRecord): KnownAgent {
    const { config: _, status, ...agent } = record
    const known = this.#own(goal).agents.get(agent.agentId)
    if (known) return known
    const added: OwnAgent = { ...agent, hasMail: false, isRetired: status === 'retired', load: 0, lastTurn: 0, profile: {} }
    this.#own(goal).agents.set(agent.agentId, added)
    return added
  }

  /** @returns a function that takes the run off the agent again */
  begin(goal: GoalAgents, { agentId }: KnownAgent): () => void {
    const own = this.#own(goal)
    const agent = own.agents.get(agentId)
    if (!agent) throw new RangeError('an agent begins to work in its own goal')
    if (agent.load++ === 0) own.atWork++
    agent.lastTurn = ++this.#turn
    this.#countLoad(agent, 1)
    return () => {
      this.#countLoad(agent, -1)
      if (--agent.load > 0) return
      own.atWork--
      if (agent.isRetired) own.agents.delete(agentId)
    }
  }

  /** What the store was told of an ended run, so that the next choice knows it without asking. */
  noteEnded(workspaceId: WorkspaceId, goalId: string, agentId: AgentId, observations: readonly Observation[], atMs: number): void {
    const agent = this.#loaded.get(keyOf(workspaceId, goalId))?.agents.get(agentId)
    if (!agent) return
    agent.runsEnded++
    agent.lastUsedAtMs = atMs
    for (const { subject, metric, value } of observations) {
      if (subject === `agent:${agentId}`) agent.profile = { ...agent.profile, [metric]: addObservation(agent.profile[metric], value, atMs) }
    }
  }

  /** Whether the next run of an agent has mail to read. */
  noteMail(workspaceId: WorkspaceId, goalId: string, agentId: string, hasMail: boolean): void {
    const agent = this.#loaded.get(keyOf(workspaceId, goalId))?.agents.get(agentId)
    if (agent) agent.hasMail = hasMail
  }

  noteJudged(workspaceId: WorkspaceId, goalId: string, agentId: string): void {
    const agent = this.#loaded.get(keyOf(workspaceId, goalId))?.agents.get(agentId)
    if (agent) agent.judgedAtRun = agent.runsEnded + 1
  }

  /** It gets no further run; those it has are finished. */
  noteRetired(workspaceId: WorkspaceId, goalId: string, agentId: string): void {
    const own = this.#loaded.get(keyOf(workspaceId, goalId))
    const agent = own?.agents.get(agentId)
    if (!own || !agent) return
    agent.isRetired = true
    if (agent.load === 0) own.agents.delete(agentId)
  }

  #countLoad({ workspaceId, specialtyId }: OwnAgent, by: number): void {
    const key = keyOf(workspaceId, specialtyId)
    const load = (this.#specialtyLoads.get(key) ?? 0) + by
    if (load > 0) this.#specialtyLoads.set(key, load)
    else this.#specialtyLoads.delete(key)
  }

  /** The goal that counts; one that was forgotten between two steps of its user comes back. */
  #own(goal: GoalAgents): OwnGoal {
    const key = keyOf(goal.workspaceId, goal.goalId)
    const own = this.#loaded.get(key) ?? (goal as OwnGoal)
    if (!this.#loaded.has(key)) {
      this.#loaded.set(key, own)
      this.#goals.set(key, Promise.resolve(own))
    }
    return own
  }

  async #load(workspaceId: WorkspaceId, goalId: string): Promise<OwnGoal> {
    const key = keyOf(workspaceId, goalId)
    const goal: OwnGoal = {
      workspaceId,
      goalId,
      agents: new Map(),
      atWork: 0,
      profiles: new Map(),
      readAtMs: 0,
      isReading: false,
      specialtyProfile: (specialtyId) => goal.profiles.get(`specialty:${specialtyId}`) ?? {},
    }
    try {
      await this.#read(goal)
      this.#loaded.set(key, goal)
      return goal
    } catch (error) {
      this.#goals.delete(key)
      throw error
    }
  }

  /** Brings a goal in line with the store; what its agents have to do is known only here, and kept. */
  async #read(goal: OwnGoal): Promise<void> {
    const { agents, profiles, nowMs } = this.#deps
    goal.readAtMs = nowMs()
    const rows = await agents.listGoal(goal.workspaceId, goal.goalId)
    const specialties = new Set(rows.map(({ specialtyId }) => specialtyId))
    const subjects = [...rows.map(({ agentId }): ProfileSubject => `agent:${agentId}`), ...[...specialties].map((id): ProfileSubject => `specialty:${id}`)]
    goal.profiles = await profiles.read(goal.workspaceId, subjects)
    const listed = new Set<string>(rows.map(({ agentId }) => agentId))
    for (const { status: _, ...row } of rows) {
      const known = goal.agents.get(row.agentId)
      const profile = goal.profiles.get(`agent:${row.agentId}`) ?? {}
      if (known) Object.assign(known, { ...row, profile, hasMail: row.hasMail || known.hasMail })
      else goal.agents.set(row.agentId, { ...row, profile, isRetired: false, load: 0, lastTurn: 0 })
    }
    for (const [agentId, agent] of goal.agents) {
      // One that was spawned while the rows were read is not among them yet.
      if (listed.has(agentId) || agent.createdAtMs >= goal.readAtMs) continue
      this.noteRetired(goal.workspaceId, goal.goalId, agentId)
    }
  }

  #refreshStale(key: string): void {
    const goal = this.#loaded.get(key)
    if (!goal || goal.isReading || this.#deps.nowMs() - goal.readAtMs < staleMs) return
    goal.isReading = true
    void this.#read(goal)
      .catch(this.#deps.onError)
      .finally(() => (goal.isReading = false))
  }

  #forgetUnused(): void {
    for (const key of this.#goals.keys()) {
      if (this.#goals.size <= this.#deps.maxGoals) return
      const goal = this.#loaded.get(key)
      // One that is still being read has somebody who waits for it.
      if (!goal || goal.atWork > 0) continue
      this.#goals.delete(key)
      this.#loaded.delete(key)
    }
  }
}

const keyOf = (workspaceId: string, goalId: string): string => `${workspaceId} ${goalId}`
