import type { Specialty } from '../agents/specialty.ts'
import { MurmurError } from '../errors.ts'
import type { AgentId, AgentRecord, RunId, WorkspaceId } from '../storage/records.ts'
import type { AgentRegistry, GoalAgents, KnownAgent } from './agent-registry.ts'
import type { AgentPlaces } from './agent-places.ts'
import { chooseAgent } from './choose-agent.ts'
import type { LimitBook } from './paid-calls/budget-limits.ts'
import { isSpawnRefusal, type SpawnSpecialist } from './spawn-specialist.ts'

/** What a run needs an agent for. */
export interface AssignWish {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly specialty: Specialty
  /** Unset where an agent is made ready for whoever comes. */
  readonly runId?: RunId | undefined
  /** The thread's own agent, or the one an earlier attempt of this run had. */
  readonly preferredAgentId?: string | undefined
  /** The agent that asks for help. */
  readonly parentAgentId?: AgentId
  readonly signal: AbortSignal
}

/** An agent that counts this run until it is released. */
export interface Assignment {
  readonly agent: KnownAgent
  /** More than once is once. */
  release(): void
}

export interface AssignerDeps {
  readonly registry: AgentRegistry
  readonly spawn: SpawnSpecialist
  readonly limits: Pick<LimitBook, 'limits'>
  readonly places: AgentPlaces
  readonly nowMs: () => number
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** Runs one agent has at once, default 8: a busy channel shares its agents before it gets more of them. */
  readonly maxLoad?: number
  /** Runs of one goal that may wait for an agent, default 500. */
  readonly maxWaiting?: number
}

/** Idle agents that are tried one after the other where places are shared. */
const maxWoken = 10

/** Agents of other processes end their work without telling this one. */
const lookAgainMs = 1_000

/** Who stands in line for the agents of one goal. */
interface Line {
  readonly waiting: Set<() => void>
  /** Spawns under way, by specialty: who comes meanwhile waits for that agent instead of making another. */
  readonly spawning: Map<string, Promise<AgentRecord>>
}

/** A goal as one attempt to find an agent sees it. */
interface Look {
  readonly goal: GoalAgents
  readonly maxAtWork: number
}

/** Decides which agent does a run. */
export class AgentAssigner {
  readonly #deps: Required<AssignerDeps>
  /** Only goals where somebody waits or an agent is on its way. */
  readonly #lines = new Map<string, Line>()
  /** Whether an agent at work here has a place; asked by its first run, for those that join it, too. */
  readonly #asked = new Map<string, Promise<boolean>>()

  constructor(deps: AssignerDeps) {
    this.#deps = { maxLoad: 8, maxWaiting: 500, ...deps }
  }

  /**
   * Gives a run its agent: the preferred one, else the best suited of the goal and specialty with the least to do, else a
   * new one. When the goal has as many agents at work as it may, runs share those or wait, first come, first served.
   * @throws {MurmurError} MUR_BUDGET_SPENT (agents per day), MUR_AGENTS_BUSY; the signal's reason
   */
  async assign(wish: AssignWish): Promise<Assignment> {
    const look = await this.#look(wish)
    const taken = this.#lineOf(look.goal).waiting.size === 0 ? await this.#takeAny(look, wish) : undefined
    return taken ?? this.#waitInLine(look, wish)
  }

  /** The same, but undefined where {@link assign} would wait: for who holds an agent already, who must not wait for another. */
  async tryAssign(wish: AssignWish): Promise<Assignment | undefined> {
    return this.#takeAny(await this.#look(wish), wish)
  }

  async #look({ workspaceId, goalId }: AssignWish): Promise<Look> {
    const { registry, limits } = this.#deps
    const [goal, { concurrentAgents }] = await Promise.all([registry.open(workspaceId, goalId), limits.limits(workspaceId, goalId)])
    return { goal, maxAtWork: concurrentAgents }
  }

  #lineOf({ workspaceId, goalId }: GoalAgents): Line {
    return this.#lines.get(`${workspaceId} ${goalId}`) ?? { waiting: new Set(), spawning: new Map() }
  }

  /** Lines are kept only while there is something in them. */
  #keep({ workspaceId, goalId }: GoalAgents, line: Line): void {
    const key = `${workspaceId} ${goalId}`
    if (line.waiting.size + line.spawning.size > 0) this.#lines.set(key, line)
    else if (this.#lines.get(key) === line) this.#lines.delete(key)
  }

  async #takeAny(look: Look, wish: AssignWish): Promise<Assignment | undefined> {
    const known = await this.#takeKnown(look, wish)
    if (known) return known === 'full' ? undefined : known
    try {
      return await this.#takeNew(look, wish)
    } catch (error) {
      if (isSpawnRefusal(error, 'concurrent agents')) return undefined
      // No further agent today: those there are share the work, and where there is none, the person is told.
      if (isSpawnRefusal(error, 'agents per day') && ofSpecialty(look.goal, wish).length > 0) return undefined
      throw error
    }
  }

  /** @returns 'full' where other processes have all places for another agent at work */
  async #takeKnown({ goal, maxAtWork }: Look, wish: AssignWish): Promise<Assignment | 'full' | undefined> {
    const { maxLoad, nowMs } = this.#deps
    const refused = new Set<string>()
    for (;;) {
      const able = ofSpecialty(goal, wish).filter(({ agentId }) => !refused.has(agentId))
      const mayWake = refused.size < maxWoken && this.#hasRoom(goal, maxAtWork)
      const rules = { maxLoad, mayWake, specialty: goal.specialtyProfile(wish.specialty.id), nowMs: nowMs() }
      const preferred = able.filter(({ agentId }) => agentId === wish.preferredAgentId)
      const chosen = chooseAgent(preferred, rules) ?? chooseAgent(able, rules)
      if (!chosen) return refused.size > 0 ? 'full' : undefined
      const taken = await this.#take(goal, chosen, maxAtWork)
      if (taken) return taken
      // Another one may be at work elsewhere already, and then counts once.
      refused.add(chosen.agentId)
    }
  }

  async #takeNew({ goal, maxAtWork }: Look, wish: AssignWish): Promise<Assignment | undefined> {
    const { workspaceId, goalId, specialty, parentAgentId, runId } = wish
    const specialtyId = specialty.id
    const line = this.#lineOf(goal)
    const underWay = line.spawning.get(specialtyId)
    if (!underWay && !this.#hasRoom(goal, maxAtWork)) return undefined
    const spawned = underWay ?? this.#deps.spawn(specialty, { workspaceId, goalId, parentAgentId, runId })
    line.spawning.set(specialtyId, spawned)
    this.#keep(goal, line)
    try {
      const agent = this.#deps.registry.add(goal, await spawned)
      return agent.load < this.#deps.maxLoad && !agent.isRetired ? await this.#take(goal, agent, maxAtWork) : undefined
    } finally {
      if (line.spawning.get(specialtyId) === spawned) line.spawning.delete(specialtyId)
      this.#keep(goal, line)
    }
  }

  /** Agents on their way count: each will begin to work. */
  #hasRoom(goal: GoalAgents, maxAtWork: number): boolean {
    return goal.atWork + this.#lineOf(goal).spawning.size < maxAtWork
  }

  /** Counted here at once, so that nobody else counts on the place; given back where other processes were first. */
  async #take(goal: GoalAgents, agent: KnownAgent, maxAtWork: number): Promise<Assignment | undefined> {
    const { registry, places } = this.#deps
    const placed = { workspaceId: goal.workspaceId, goalId: goal.goalId, agentId: agent.agentId }
    const isFirst = agent.load === 0
    const end = registry.begin(goal, agent)
    let isHeld = true
    const giveBack = (): void => {
      isHeld = false
      end()
      if (agent.load > 0) return
      this.#asked.delete(agent.agentId)
      places.leave(placed)
    }
    const release = (): void => {
      if (!isHeld) return
      giveBack()
      wakeFirst(this.#lineOf(goal))
    }
    if (isFirst) this.#asked.set(agent.agentId, places.take(placed, maxAtWork))
    try {
      if (await this.#asked.get(agent.agentId)) return { agent, release }
    } catch (error) {
      giveBack()
      throw error
    }
    // Nobody is woken: whoever waits would only be refused the same.
    giveBack()
    return undefined
  }

  async #waitInLine({ goal }: Look, wish: AssignWish): Promise<Assignment> {
    const line = this.#lineOf(goal)
    const { waiting } = line
    if (waiting.size >= this.#deps.maxWaiting) throw new MurmurError('MUR_AGENTS_BUSY', { limit: goal.atWork, waiting: waiting.size })
    let turn = Promise.withResolvers<void>()
    const wake = (): void => turn.resolve()
    waiting.add(wake)
    this.#keep(goal, line)
    try {
      for (;;) {
        wish.signal.throwIfAborted()
        // Only the first in line may take what there is, so that nobody is passed over for ever.
        const taken = waiting.values().next().value === wake ? await this.#takeAny(await this.#look(wish), wish) : undefined
        if (taken) return taken
        await this.#turnOrTick(turn.promise, wish.signal)
        turn = Promise.withResolvers()
      }
    } finally {
      waiting.delete(wake)
      this.#keep(goal, line)
      wakeFirst(line)
    }
  }

  async #turnOrTick(turn: Promise<void>, signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const tick = this.#deps.delay(lookAgainMs, AbortSignal.any([signal, stop.signal]))
    // The one that is not waited for any more ends by the stop below.
    tick.catch(() => {})
    try {
      await Promise.race([turn, tick])
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      stop.abort()
    }
  }
}

const ofSpecialty = ({ agents }: GoalAgents, { specialty }: AssignWish): KnownAgent[] =>
  [...agents.values()].filter((agent) => agent.specialtyId === specialty.id && !agent.isRetired)

function wakeFirst({ waiting }: Line): void {
  for (const wake of waiting) return wake()
}
