import type { AgentPlaceStore } from '../storage/agent-place-store.ts'

/** An agent of a goal. */
export interface PlacedAgent {
  readonly workspaceId: string
  readonly goalId: string
  readonly agentId: string
}

/** The places of a goal's agents at work, among all processes. */
export interface AgentPlaces {
  /** An agent begins to work here. @returns false when other processes have all places that are left */
  take(agent: PlacedAgent, limit: number): Promise<boolean>
  /** It has nothing more to do here. */
  leave(agent: PlacedAgent): void
}

/** Where one process is alone it counts for itself. */
export const ownPlaces: AgentPlaces = { take: async () => true, leave: () => {} }

/** A place whose process died is free again after this; longer than the lease of a run, so that it is not given away while the run may still be at work. */
const placeMs = 30_000

export interface SharedPlacesDeps {
  readonly store: AgentPlaceStore
  /** Names this boot of this process. */
  readonly owner: string
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** Keeps this process's places as long as it lives. */
export class SharedPlaces implements AgentPlaces {
  readonly #deps: SharedPlacesDeps
  /** What was last asked of the store for each goal: one after the other, so that a place that was left is free for whoever comes next here. */
  readonly #last = new Map<string, Promise<unknown>>()
  readonly #timer: NodeJS.Timeout

  constructor(deps: SharedPlacesDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => void this.#keep(), placeMs / 3)
    this.#timer.unref()
  }

  take(agent: PlacedAgent, limit: number): Promise<boolean> {
    const { store, owner, nowMs } = this.#deps
    return this.#inTurn(agent, () => store.take({ ...agent, owner }, { limit, nowMs: nowMs(), untilMs: nowMs() + placeMs }))
  }

  leave(agent: PlacedAgent): void {
    const { store, owner, onError } = this.#deps
    this.#inTurn(agent, () => store.leave({ ...agent, owner })).catch(onError)
  }

  /** @returns when the store knows of all that was left */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.allSettled(this.#last.values())
  }

  async #inTurn<T>({ workspaceId, goalId }: PlacedAgent, work: () => Promise<T>): Promise<T> {
    const goal = `${workspaceId} ${goalId}`
    const before = this.#last.get(goal)
    const done = before ? before.then(work, work) : work()
    this.#last.set(goal, done)
    try {
      return await done
    } finally {
      if (this.#last.get(goal) === done) this.#last.delete(goal)
    }
  }

  async #keep(): Promise<void> {
    const { store, owner, nowMs, onError } = this.#deps
    try {
      await store.keep(owner, nowMs() + placeMs)
      await store.dropLapsed(nowMs() - placeMs)
    } catch (error) {
      onError(error)
    }
  }
}
