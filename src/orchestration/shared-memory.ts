import type { ModelProfile } from '../agents/chat-model.ts'
import type { Embedder, EmbeddingCache } from '../agents/embeddings.ts'
import { lexicalEmbedder } from '../agents/lexical-embedder.ts'
import { MurmurError } from '../errors.ts'
import { newEntryId } from '../storage/ids.ts'
import type { RunId, WorkspaceId } from '../storage/records.ts'
import { memoryKinds, type MemoryCheck, type MemoryFilter, type MemoryHit, type MemoryItem, type MemoryKind, type VectorMemory, type VectorSpace } from '../storage/vectors/vector-memory.ts'
import type { Payer } from './paid-calls/budget-limits.ts'
import type { EmbedPaid } from './paid-calls/metered-embedder.ts'

/** Something to keep, under the goal and the run of whoever pays. */
export interface MemoryNote {
  /** The same again replaces. */
  readonly id: string
  readonly kind: MemoryKind
  readonly text: string
  readonly agentId?: string | undefined
}

/** What a question is narrowed to; the goal is always that of whoever asks. */
export type RecallFilter = Omit<MemoryFilter, 'goalId'>

export interface MemorySummary {
  /** Undefined while the workspace remembers nothing. */
  readonly space: VectorSpace | undefined
  readonly kinds: readonly { readonly kind: MemoryKind; readonly count: number }[]
  readonly vectorBytes: number
}

export interface SharedMemoryDeps {
  readonly vectors: VectorMemory
  /** What a workspace's texts are embedded with. */
  readonly embedderOf: (workspaceId: WorkspaceId) => Promise<Embedder>
  readonly embedPaid: EmbedPaid
  readonly cache: EmbeddingCache
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** How a text was embedded. */
interface InSpace {
  readonly embedder: Embedder
  readonly space: VectorSpace
  readonly vectors: readonly Float32Array[]
}

const dayMs = 24 * 3_600_000
/** From when it was written, or from a document's last use: what nobody asks for any more goes. */
const keptMs: Readonly<Record<MemoryKind, number>> = { result: 180 * dayMs, position: 180 * dayMs, message: 180 * dayMs, document: 30 * dayMs }
/** How a server says that it has no embeddings, or not these. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 403, 404, 405, 422, 501])
const maxKnown = 1_000

/** What the agents of a workspace know together: kept and found by meaning, always within one goal. */
export class SharedMemory {
  readonly #deps: SharedMemoryDeps
  /** Embedders whose server refused the first texts; the lexical one stands in until the next start. */
  readonly #refused = new Set<string>()
  readonly #proven = new Set<string>()
  /** Workspaces that are moved to another space, or looked at for that, in this process. */
  readonly #moves = new Map<WorkspaceId, Promise<void>>()
  readonly #looked = new Set<string>()
  readonly #closing = new AbortController()

  constructor(deps: SharedMemoryDeps) {
    this.#deps = deps
  }

  /** True where turning text into vectors costs nothing. */
  async isFree(workspaceId: WorkspaceId): Promise<boolean> {
    return (await this.#deps.embedderOf(workspaceId)).profile === undefined
  }

  /** What turning text into vectors is paid by; undefined where it costs nothing. */
  async priceOf(workspaceId: WorkspaceId): Promise<ModelProfile | undefined> {
    const { name, profile } = await this.#deps.embedderOf(workspaceId)
    return this.#refused.has(name) ? undefined : profile
  }

  /** @throws {MurmurError} MUR_BUDGET_SPENT, MUR_MODEL_*, MUR_MEMORY_SPACE, MUR_STORE_DOWN */
  async remember(payer: Payer, notes: readonly MemoryNote[], signal: AbortSignal): Promise<void> {
    const { vectors, nowMs } = this.#deps
    const { workspaceId, goalId, runId } = payer
    const embedded = await this.#embed(payer, notes.map(({ text }) => text), signal)
    const atMs = nowMs()
    const items = notes.map(({ agentId, ...note }, at) => ({
      ...note,
      workspaceId,
      goalId,
      runId,
      ...(agentId === undefined ? {} : { agentId }),
      atMs,
      expiresAtMs: atMs + keptMs[note.kind],
      vector: embedded.vectors[at] ?? new Float32Array(),
    }))
    await this.#inSpace(workspaceId, embedded, () => vectors.upsert(workspaceId, embedded.space, items))
  }

  /** What lies nearest to a question in the payer's goal, best first; a filter only narrows that. @throws {MurmurError} as {@link remember} */
  async recall(payer: Payer, query: string, limit: number, signal: AbortSignal, filter: RecallFilter = {}): Promise<MemoryHit[]> {
    const { workspaceId, goalId } = payer
    const embedded = await this.#embed(payer, [query], signal)
    const vector = embedded.vectors[0] ?? new Float32Array()
    const hits = await this.#inSpace(workspaceId, embedded, () => this.#deps.vectors.query({ workspaceId, space: embedded.space, vector, limit, filter: { ...filter, goalId } }))
    await this.#keepUsed(workspaceId, hits)
    return hits
  }

  /** What a goal's memory holds now. */
  async summary(workspaceId: WorkspaceId, goalId: string): Promise<MemorySummary> {
    const { vectors } = this.#deps
    const [space, ...counts] = await Promise.all([vectors.spaceOf(workspaceId), ...memoryKinds.map((kind) => vectors.count(workspaceId, { goalId, kinds: [kind] }))])
    const kinds = memoryKinds.map((kind, at) => ({ kind, count: counts[at] ?? 0 }))
    const bytes = kinds.reduce((sum, { count }) => sum + count, 0) * (space?.dimension ?? 0) * Float32Array.BYTES_PER_ELEMENT
    return { space, kinds, vectorBytes: bytes }
  }

  /** Deletes what a goal remembers, or only what one of its runs left. @returns how much that was */
  async forget(workspaceId: WorkspaceId, goalId: string, runId?: string): Promise<number> {
    const filter = { goalId, ...(runId === undefined ? {} : { runId }) }
    const count = await this.#deps.vectors.count(workspaceId, filter)
    await this.#deps.vectors.delete(workspaceId, { filter })
    return count
  }

  check(workspaceId: WorkspaceId): Promise<MemoryCheck> {
    return this.#deps.vectors.check(workspaceId)
  }

  /** Vectors of texts that are not kept, all in one space. @throws {MurmurError} as {@link remember} */
  async embed(payer: Payer, texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    return (await this.#embed(payer, texts, signal)).vectors
  }

  health(): Promise<void> {
    return this.#deps.vectors.health()
  }

  tidy(): Promise<number> {
    return this.#deps.vectors.tidy()
  }

  async close(): Promise<void> {
    this.#closing.abort(new MurmurError('MUR_RUN_CANCELLED'))
    await Promise.all(this.#moves.values())
    await this.#deps.vectors.close()
  }

  /** A document that is of use stays; written down at most once a day for each, and never at the cost of an answer. */
  async #keepUsed(workspaceId: WorkspaceId, hits: readonly MemoryHit[]): Promise<void> {
    const until = this.#deps.nowMs() + keptMs.document
    const used = hits.filter(({ item }) => item.kind === 'document' && item.expiresAtMs !== undefined && item.expiresAtMs < until - dayMs)
    if (used.length === 0) return
    await this.#deps.vectors.extend(workspaceId, used.map(({ item }) => item.id), until).catch(this.#deps.onError)
  }

  async #embed(payer: Payer, texts: readonly string[], signal: AbortSignal): Promise<InSpace> {
    const wanted = await this.#deps.embedderOf(payer.workspaceId)
    if (this.#refused.has(wanted.name)) return this.#embedWith(lexicalEmbedder, payer, texts, signal)
    try {
      const embedded = await this.#embedWith(wanted, payer, texts, signal)
      this.#proven.add(wanted.name)
      return embedded
    } catch (error) {
      if (this.#proven.has(wanted.name) || !isRefusal(error)) throw error
      this.#refused.add(wanted.name)
      this.#deps.onError(error)
      return this.#embedWith(lexicalEmbedder, payer, texts, signal)
    }
  }

  async #embedWith(embedder: Embedder, payer: Payer, texts: readonly string[], signal: AbortSignal): Promise<InSpace> {
    const { cache, embedPaid } = this.#deps
    const { vectors } = await cache.through(embedder.name, texts, (missing) => embedPaid(embedder, payer, missing, signal))
    return { embedder, vectors, space: { embedder: embedder.name, dimension: vectors[0]?.length ?? 0 } }
  }

  /** Works in the space of the texts; a workspace of another one is moved there first, in the background but for its first piece. */
  async #inSpace<T>(workspaceId: WorkspaceId, { embedder, space }: InSpace, work: () => Promise<T>): Promise<T> {
    // What a former process left half moved is moved on.
    const key = `${workspaceId} ${space.embedder}`
    if (!this.#looked.has(key)) {
      if (this.#looked.size >= maxKnown) this.#looked.clear()
      this.#looked.add(key)
      const stored = await this.#deps.vectors.spaceOf(workspaceId)
      const isOurs = stored?.embedder === space.embedder && stored.dimension === space.dimension
      if (isOurs) void this.#move(workspaceId, embedder, space)
    }
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof MurmurError) || error.code !== 'MUR_MEMORY_SPACE' || !this.#isChosen(embedder)) throw error
      await this.#move(workspaceId, embedder, space)
      return work()
    }
  }

  /** The one that stands in for a server without embeddings takes no memory over: the server may have them again tomorrow. */
  #isChosen(embedder: Embedder): boolean {
    return embedder !== lexicalEmbedder || this.#refused.size === 0
  }

  /** Resolves when the new space is in force. */
  #move(workspaceId: WorkspaceId, embedder: Embedder, space: VectorSpace): Promise<void> {
    const begun = Promise.withResolvers<void>()
    const embed = async (items: readonly MemoryItem[]): Promise<readonly Float32Array[]> => {
      begun.resolve()
      const payer = { workspaceId, goalId: items[0]?.goalId ?? 'memory', channelId: 'memory', userId: 'memory', runId: `reembed-${newEntryId()}` as RunId }
      return (await this.#embedWith(embedder, payer, items.map(({ text }) => text), this.#closing.signal)).vectors
    }
    const before = this.#moves.get(workspaceId) ?? Promise.resolve()
    const move = before
      .then(() => this.#deps.vectors.reembed(workspaceId, space, embed))
      .then(
        () => {},
        (error: unknown) => {
          if (!this.#closing.signal.aborted) this.#deps.onError(error)
        },
      )
      .finally(() => {
        begun.resolve()
        if (this.#moves.get(workspaceId) === move) this.#moves.delete(workspaceId)
      })
    this.#moves.set(workspaceId, move)
    return begun.promise
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof MurmurError && (error.code === 'MUR_MODEL_REFUSED' || error.code === 'MUR_MODEL_DOWN') && refusedStatuses.has(Number(error.details['status']))
}
