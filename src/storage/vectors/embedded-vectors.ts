import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Trx } from '../database.ts'
import type { WorkspaceId } from '../records.ts'
import { toUnitVector } from './check-vectors.ts'
import { memoryRows, type StoredItem } from './memory-rows.ts'
import { MemoryThread } from './memory-thread.ts'
import type { EmbeddedItem, EmbedItems, MemoryCheck, MemoryFilter, MemoryHit, MemoryQuery, VectorMemory, VectorSpace } from './vector-memory.ts'

export interface EmbeddedVectorsOptions {
  readonly nowMs: () => number
  /** Vectors held in memory, default 1 GiB; the workspaces used last stay. One workspace alone may have more. */
  readonly maxMirrorBytes?: number
  /** Items of a workspace, default 150,000; upkeep deletes the oldest above that. */
  readonly maxItems?: number
}

/** One statement with so many bytes of vectors takes about 3 ms, in which nothing else is served. */
const bytesAStatement = 128 * 1024
const idsAStatement = 100
const movedAtOnce = 64
/** So many above its bound does a workspace have at most for a while. */
const writtenBeforeTrim = 1_000
const maxLimit = 100

/**
 * Vectors in the state database. Written here, in pieces that hold nobody up; read and searched in a thread, exactly, in a copy in memory
 * that follows what is written.
 */
export class EmbeddedVectors implements VectorMemory {
  readonly #database: Database
  readonly #options: Required<EmbeddedVectorsOptions>
  readonly #thread: MemoryThread
  /** Since upkeep last looked for the oldest. */
  #written = 0

  constructor(database: Database, options: EmbeddedVectorsOptions) {
    this.#database = database
    this.#options = { maxMirrorBytes: 1024 ** 3, maxItems: 150_000, ...options }
    this.#thread = new MemoryThread(database.place, this.#options.maxMirrorBytes)
  }

  async upsert(workspaceId: WorkspaceId, space: VectorSpace, items: readonly EmbeddedItem[]): Promise<void> {
    const last = new Map(items.map((item) => [item.id, item]))
    await this.#inPieces([...last.values()], Math.max(1, Math.floor(bytesAStatement / (space.dimension * 4))), async (trx, piece) => {
      const units = piece.map((item): StoredItem => ({ ...item, workspaceId, vector: toUnitVector(item.vector, space) }))
      await memoryRows.put(trx, units, space, await memoryRows.beginWrite(trx, workspaceId, space, this.#options.nowMs()))
      this.#written += units.length
    })
  }

  async query({ workspaceId, space, vector, limit, filter = {} }: MemoryQuery): Promise<MemoryHit[]> {
    const query = { workspaceId, space, vector: toUnitVector(vector, space), limit: Math.min(limit, maxLimit), filter }
    return this.#thread.ask('query', query, this.#options.nowMs())
  }

  async delete(workspaceId: WorkspaceId, what: { readonly ids: readonly string[] } | { readonly filter: MemoryFilter }): Promise<void> {
    if ('filter' in what && Object.values(what.filter).every((value) => value === undefined)) return this.#deleteAll(workspaceId)
    await this.#deleteIds(workspaceId, 'ids' in what ? what.ids : await this.#thread.ask('select', workspaceId, what.filter))
  }

  async count(workspaceId: WorkspaceId, filter: MemoryFilter = {}): Promise<number> {
    return this.#thread.ask('count', workspaceId, filter, this.#options.nowMs())
  }

  async extend(workspaceId: WorkspaceId, ids: readonly string[], expiresAtMs: number): Promise<void> {
    await this.#inPieces(ids, idsAStatement, (trx, piece) => memoryRows.setExpiry(trx, workspaceId, piece, expiresAtMs))
  }

  async spaceOf(workspaceId: WorkspaceId): Promise<VectorSpace | undefined> {
    const row = await memoryRows.space(this.#database.db, workspaceId)
    return row && { embedder: row.embedder, dimension: row.dimension }
  }

  async reembed(workspaceId: WorkspaceId, space: VectorSpace, embed: EmbedItems): Promise<number> {
    const { db } = this.#database
    await db.transaction().execute((trx) => memoryRows.claimSpace(trx, workspaceId, space))
    for (let moved = 0; ; ) {
      const items = await memoryRows.findOfOtherSpaces(db, workspaceId, space, movedAtOnce)
      if (items.length === 0) return moved
      const vectors = await embed(items)
      const embedded = items.map((item, at) => ({ ...item, vector: toUnitVector(vectors[at] ?? new Float32Array(), space) }))
      await db.transaction().execute(async (trx) => {
        const version = await memoryRows.beginWrite(trx, workspaceId, space, this.#options.nowMs())
        for (const item of embedded) await memoryRows.setVector(trx, item, space, version)
      })
      moved += items.length
      await nextTurn()
    }
  }

  async tidy(): Promise<number> {
    const nowMs = this.#options.nowMs()
    const expired = await this.#database.db.selectFrom('memory_items').select('item_id').where('expires_at_ms', '<=', nowMs).limit(1).executeTakeFirst()
    // Without need the thread is not started, and nothing counted.
    if (!expired && this.#written < writtenBeforeTrim) return 0
    this.#written = 0
    const doomed = await this.#thread.ask('doomed', nowMs, this.#options.maxItems)
    for (const { workspaceId, ids } of doomed) await this.#deleteIds(workspaceId, ids)
    return doomed.reduce((sum, { ids }) => sum + ids.length, 0)
  }

  async check(workspaceId: WorkspaceId): Promise<MemoryCheck> {
    return this.#thread.ask('check', workspaceId)
  }

  async health(): Promise<void> {
    await this.#database.db.selectFrom('memory_spaces').select('workspace_id').limit(1).execute()
  }

  /** Ends searches under way; the database is closed by whoever opened it. */
  close(): Promise<void> {
    return this.#thread.close()
  }

  async #deleteIds(workspaceId: WorkspaceId, ids: readonly string[]): Promise<void> {
    await this.#inPieces(ids, idsAStatement, (trx, piece) => memoryRows.deleteIds(trx, workspaceId, piece))
  }

  async #deleteAll(workspaceId: WorkspaceId): Promise<void> {
    const { db } = this.#database
    for (;;) {
      const ids = await memoryRows.idsAfter(db, workspaceId, '', idsAStatement)
      if (ids.length === 0) break
      await this.#deleteIds(workspaceId, ids)
    }
    await db
      .deleteFrom('memory_spaces')
      .where('workspace_id', '=', workspaceId)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('memory_items').select('item_id').whereRef('memory_items.workspace_id', '=', 'memory_spaces.workspace_id'))))
      .execute()
    await this.#database.flush()
  }

  /** A transaction for each piece; others have their turn in between. What was done when it resolves survives a power cut. */
  async #inPieces<T>(list: readonly T[], size: number, work: (trx: Trx, piece: readonly T[]) => Promise<unknown>): Promise<void> {
    for (let at = 0; at < list.length; at += size) {
      await this.#database.db.transaction().execute((trx) => work(trx, list.slice(at, at + size)))
      await nextTurn()
    }
    await this.#database.flush()
  }
}
