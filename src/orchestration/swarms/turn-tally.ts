import type { KnownAgent } from '../agent-registry.ts'
import type { RunWork } from '../run-work.ts'
import type { Answered } from './topology.ts'

interface AgentTurns {
  readonly agent: KnownAgent
  turns: number
  failed: number
  latencyMs: number
}

/** How the agents of a swarm did, and how long turns took; turns that were read back say nothing. */
export class TurnTally {
  readonly #nowMs: () => number
  readonly #byAgent = new Map<string, AgentTurns>()
  #slowestMs = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get slowestMs(): number {
    return this.#slowestMs
  }

  async of<T>(agent: KnownAgent | undefined, isReadBack: boolean, turn: Promise<Answered<T>>): Promise<Answered<T>> {
    const startedAtMs = this.#nowMs()
    const answered = await turn
    if (!isReadBack) this.#note(agent, answered, this.#nowMs() - startedAtMs)
    return answered
  }

  /** One entry an agent, however many turns it took. A member that a cap kept from speaking did not fail. */
  tell(work: RunWork): void {
    for (const { agent, turns, failed, latencyMs } of this.#byAgent.values()) {
      work.noteAssist({ agent, isSuccess: failed * 2 < turns, latencyMs: latencyMs / turns })
    }
  }

  #note<T>(agent: KnownAgent | undefined, answered: Answered<T>, tookMs: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, tookMs)
    if (!agent || (!answered.isThere && answered.reason === 'budget')) return
    const known = this.#byAgent.get(agent.agentId) ?? { agent, turns: 0, failed: 0, latencyMs: 0 }
    known.turns++
    known.latencyMs += tookMs
    if (!answered.isThere) known.failed++
    this.#byAgent.set(agent.agentId, known)
  }
}
