import { createAgentInstance, type AgentInstance, type InstanceParts } from '../agents/agent-instance.ts'
import type { AgentPool, PoolLease } from '../agents/agent-pool.ts'
import { buildStoredConfig } from '../agents/stored-config.ts'
import type { AgentStore } from '../storage/agent-store.ts'
import type { KnownAgent } from './agent-registry.ts'

export interface AgentOpenerDeps {
  readonly pool: AgentPool<AgentInstance>
  readonly agents: Pick<AgentStore, 'find'>
}

type Openable = Pick<KnownAgent, 'agentId' | 'workspaceId' | 'name'>

/** Brings stored agents to life: the instance from the pool, on first use made of the stored configuration. */
export class AgentOpener {
  readonly #deps: AgentOpenerDeps

  constructor(deps: AgentOpenerDeps) {
    this.#deps = deps
  }

  /**
   * Waits while all instances that the pool may hold are at work.
   * @throws {MurmurError} MUR_AGENTS_BUSY; the signal's reason
   */
  async open(agent: Openable, parts: InstanceParts, signal: AbortSignal): Promise<PoolLease<AgentInstance>> {
    const { pool } = this.#deps
    const lease = await pool.acquire(agent.agentId, () => this.#make(agent, parts), signal)
    if (!this.#isOutdated(lease, agent, parts)) return lease
    return pool.acquire(agent.agentId, () => this.#make(agent, parts), signal)
  }

  /** Undefined instead of waiting. */
  async tryOpen(agent: Openable, parts: InstanceParts): Promise<PoolLease<AgentInstance> | undefined> {
    const { pool } = this.#deps
    const lease = await pool.tryAcquire(agent.agentId, () => this.#make(agent, parts))
    if (!lease || !this.#isOutdated(lease, agent, parts)) return lease
    return pool.tryAcquire(agent.agentId, () => this.#make(agent, parts))
  }

  /** A change of the configuration gives a specialty a new object; an instance of the old one is given back and dropped. */
  #isOutdated(lease: PoolLease<AgentInstance>, { agentId }: Openable, { specialty }: InstanceParts): boolean {
    if (lease.instance.specialty === specialty) return false
    lease.release()
    this.#deps.pool.forget(agentId)
    return true
  }

  async #make({ agentId, workspaceId, name }: Openable, parts: InstanceParts): Promise<AgentInstance> {
    const record = await this.#deps.agents.find(workspaceId, agentId)
    // One that was removed a moment ago does the run it was given already, as its specialty would.
    return createAgentInstance(record ?? { agentId, name, config: buildStoredConfig(parts.specialty, {}) }, parts)
  }
}
