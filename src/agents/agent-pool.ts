import { MurmurError } from '../errors.ts'

export interface AgentPoolOptions {
  readonly nowMs: () => number
  /** Instances at once, 1 or more; default 50. */
  readonly maxActive?: number
  /** Callers that may wait for room, default 1,000. */
  readonly maxWaiting?: number
  /** An instance nobody used for so long is dropped; default 24 h. */
  readonly idleMs?: number
}

/** An instance at work; it stays in the pool until it is given back. */
export interface PoolLease<Instance> {
  readonly instance: Instance
  /** Gives it back; more than once is once. */
  release(): void
}

interface Slot<Instance> {
  readonly id: string
  readonly made: Promise<Instance>
  /** Leases that are out. */
  work: number
  lastUsedMs: number
}

interface Waiter<Instance> {
  readonly id: string
  readonly make: () => Promise<Instance>
  readonly grant: (slot: Slot<Instance>) => void
}

/**
 * Instances of agents, made on first use. At most `maxActive` exist at once: when there is no room the idle one that was
 * used least recently goes, one at work never does, and when all are at work a caller waits for its turn, first come,
 * first served. One agent may be leased several times at once; it is one instance.
 */
export class AgentPool<Instance> {
  readonly #options: Required<AgentPoolOptions>
  /** Least recently used first. */
  readonly #slots = new Set<Slot<Instance>>()
  /** Without those that are forgotten and only finish their work. */
  readonly #byId = new Map<string, Slot<Instance>>()
  readonly #waiting = new Set<Waiter<Instance>>()

  constructor(options: AgentPoolOptions) {
    this.#options = { maxActive: 50, maxWaiting: 1_000, idleMs: 24 * 3_600_000, ...options }
  }

  get size(): number {
    return this.#slots.size
  }

  get atWork(): number {
    return [...this.#slots].filter(({ work }) => work > 0).length
  }

  get waiting(): number {
    return this.#waiting.size
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  /**
   * Leases an agent's instance, made by `make` unless it is there; waits while all are at work.
   * @throws what `make` throws, the signal's reason, and {@link MurmurError} MUR_AGENTS_BUSY when too many wait
   */
  async acquire(id: string, make: () => Promise<Instance>, signal: AbortSignal): Promise<PoolLease<Instance>> {
    signal.throwIfAborted()
    // Who comes later does not pass those who wait, so that agents in constant demand keep nobody out.
    const slot = (this.#waiting.size === 0 ? this.#take(id, make) : undefined) ?? (await this.#wait(id, make, signal))
    return this.#lease(slot)
  }

  /** Like {@link acquire}, but gives undefined instead of waiting: for who holds a lease already, who must not wait for another. */
  async tryAcquire(id: string, make: () => Promise<Instance>): Promise<PoolLease<Instance> | undefined> {
    const slot = this.#take(id, make)
    return slot && this.#lease(slot)
  }

  /** Drops what was idle too long. @returns how many went */
  dropIdle(): number {
    const limitMs = this.#options.nowMs() - this.#options.idleMs
    const due = [...this.#slots].filter(({ work, lastUsedMs }) => work === 0 && lastUsedMs <= limitMs)
    for (const slot of due) this.#drop(slot)
    return due.length
  }

  /** The next lease makes a new instance; leases that are out keep theirs. Without an id: all. */
  forget(id?: string): void {
    for (const slot of id === undefined ? [...this.#slots] : [this.#byId.get(id)]) if (slot) this.#drop(slot)
    this.#serve()
  }

  #take(id: string, make: () => Promise<Instance>): Slot<Instance> | undefined {
    this.dropIdle()
    const known = this.#byId.get(id)
    if (!known && !this.#makeRoom()) return undefined
    const slot = known ?? { id, made: make(), work: 0, lastUsedMs: 0 }
    this.#byId.set(id, slot)
    slot.work++
    this.#touch(slot)
    return slot
  }

  #makeRoom(): boolean {
    if (this.#slots.size < this.#options.maxActive) return true
    const idle = [...this.#slots].find(({ work }) => work === 0)
    if (idle) this.#drop(idle)
    return idle !== undefined
  }

  /** One at work still counts until its last lease is back. */
  #drop(slot: Slot<Instance>): void {
    if (this.#byId.get(slot.id) === slot) this.#byId.delete(slot.id)
    if (slot.work === 0) this.#slots.delete(slot)
  }

  #wait(id: string, make: () => Promise<Instance>, signal: AbortSignal): Promise<Slot<Instance>> {
    const { maxWaiting, maxActive } = this.#options
    if (this.#waiting.size >= maxWaiting) throw new MurmurError('MUR_AGENTS_BUSY', { limit: maxActive, waiting: this.#waiting.size })
    const { promise, resolve, reject } = Promise.withResolvers<Slot<Instance>>()
    const leave = (): void => {
      this.#waiting.delete(waiter)
      reject(signal.reason)
      // The one behind may want what is there.
      this.#serve()
    }
    const waiter: Waiter<Instance> = {
      id,
      make,
      grant(slot) {
        signal.removeEventListener('abort', leave)
        resolve(slot)
      },
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#waiting.add(waiter)
    return promise
  }

  async #lease(slot: Slot<Instance>): Promise<PoolLease<Instance>> {
    let isOut = true
    const release = (): void => {
      if (isOut) this.#giveBack(slot)
      isOut = false
    }
    try {
      return { instance: await slot.made, release }
    } catch (error) {
      // What could not be made is not kept: the next caller tries again.
      this.#drop(slot)
      release()
      throw error
    }
  }

  #giveBack(slot: Slot<Instance>): void {
    slot.work--
    if (this.#byId.get(slot.id) === slot) this.#touch(slot)
    else this.#drop(slot)
    this.#serve()
  }

  #touch(slot: Slot<Instance>): void {
    slot.lastUsedMs = this.#options.nowMs()
    this.#slots.delete(slot)
    this.#slots.add(slot)
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      const slot = this.#take(waiter.id, waiter.make)
      if (!slot) return
      this.#waiting.delete(waiter)
      waiter.grant(slot)
    }
  }
}
