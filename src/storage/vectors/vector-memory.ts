import type { WorkspaceId } from '../records.ts'

/** `result`: an answer of a run; `position`: what an agent holds or found; `message`: said between agents; `document`: a passage of a text. */
export const memoryKinds = ['result', 'position', 'message', 'document'] as const
export type MemoryKind = (typeof memoryKinds)[number]

/** Where vectors may be compared: those of one embedder with one dimension, never others. */
export interface VectorSpace {
  /** Name of the embedder with its model, for example `openai/text-embedding-3-small`. */
  readonly embedder: string
  /** 1 to 4096. */
  readonly dimension: number
}

/** Something that agents of a workspace can find by its meaning. */
export interface MemoryItem {
  /** Unique in its workspace; the same id again replaces. */
  readonly id: string
  readonly workspaceId: WorkspaceId
  readonly kind: MemoryKind
  readonly text: string
  readonly goalId?: string
  readonly runId?: string
  readonly agentId?: string
  readonly atMs: number
  /** From then on it is neither found nor counted, and upkeep deletes it. */
  readonly expiresAtMs?: number
}

export interface EmbeddedItem extends MemoryItem {
  /** Any length but that of the space is refused; it is normalised when stored. */
  readonly vector: Float32Array
}

/** All that is given must fit. */
export interface MemoryFilter {
  readonly kinds?: readonly MemoryKind[]
  readonly goalId?: string
  readonly runId?: string
  readonly agentId?: string
  /** Not older than this. */
  readonly sinceMs?: number
}

export interface MemoryQuery {
  readonly workspaceId: WorkspaceId
  readonly space: VectorSpace
  readonly vector: Float32Array
  /** 1 to 100. */
  readonly limit: number
  readonly filter?: MemoryFilter
}

export interface MemoryHit {
  readonly item: MemoryItem
  /** Cosine, -1 to 1. */
  readonly score: number
}

export interface MemoryCheck {
  readonly items: number
  /** One sentence each, the first twenty; none where all is well. */
  readonly problems: readonly string[]
}

/** Texts to the vectors of a new space, in their order. */
export type EmbedItems = (items: readonly MemoryItem[]) => Promise<readonly Float32Array[]>

/**
 * The space in which agents meet: one collection for each workspace, all of it in one vector space.
 * The first write decides the space. Whoever comes with another one is refused with MUR_MEMORY_SPACE; {@link reembed} moves a collection.
 */
export interface VectorMemory {
  /**
   * Stores items of one workspace. When it resolves they survive a crash; after a failure some of them may be stored, and the call can be repeated.
   * @throws {MurmurError} MUR_MEMORY_SPACE, MUR_STORE_DOWN
   */
  upsert(workspaceId: WorkspaceId, space: VectorSpace, items: readonly EmbeddedItem[]): Promise<void>
  /**
   * The nearest items, best first; expired ones are not among them.
   * @throws {MurmurError} MUR_MEMORY_SPACE, MUR_STORE_DOWN
   */
  query(query: MemoryQuery): Promise<MemoryHit[]>
  /** Deletes by ids, or all that fits a filter; an empty filter empties the workspace, whose next write decides the space anew. */
  delete(workspaceId: WorkspaceId, what: { readonly ids: readonly string[] } | { readonly filter: MemoryFilter }): Promise<void>
  count(workspaceId: WorkspaceId, filter?: MemoryFilter): Promise<number>
  /** Moves the end of what expires; what does not expire, or is gone, stays so. */
  extend(workspaceId: WorkspaceId, ids: readonly string[], expiresAtMs: number): Promise<void>
  /** Undefined while there is nothing. */
  spaceOf(workspaceId: WorkspaceId): Promise<VectorSpace | undefined>
  /**
   * Moves a workspace to another space, in pieces; from the first on only the new one is served, and what is not moved yet is not found.
   * Cut off, it goes on with the next call; with nothing left to move it costs one look. @returns how many were moved
   */
  reembed(workspaceId: WorkspaceId, space: VectorSpace, embed: EmbedItems): Promise<number>
  /** Deletes what has expired, and the oldest above the store's bound. @returns how many were deleted, where the store says so */
  tidy(): Promise<number>
  /** Reads everything of a workspace and compares it with what holds for it. */
  check(workspaceId: WorkspaceId): Promise<MemoryCheck>
  /** @throws {MurmurError} MUR_STORE_DOWN */
  health(): Promise<void>
  close(): Promise<void>
}
