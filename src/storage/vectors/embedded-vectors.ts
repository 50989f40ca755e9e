import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database.ts'
import type { WorkspaceId } from '../records.ts'
import { isSameSpace, requireSpace, toUnitVector } from './check-vectors.ts'
import { MemoryMirror } from './memory-mirror.ts'
import { memoryRows, readVector, type StoredItem } from './memory-rows.ts'
import type { EmbeddedItem, EmbedItems, MemoryFilter, MemoryHit, MemoryItem, MemoryQuery, VectorMemory, VectorSpace } from './vector-memory.ts'
import { VectorSearch } from './vector-search.ts'

export interface EmbeddedVectorsOptions {
  readonly nowMs: () => number
  /** Vectors held in memory, default 1 GiB; the workspaces used last stay. One workspace alone may have more. */
  readonly maxMirrorBytes?: number
  /** Items of a workspace, default 150,000; upkeep deletes the oldest above that. */
  readonly maxItems?: number
}

/** One statement with so many bytes of vectors takes about 5 ms, in which nothing else is served. */
const bytesAStatement = 256 * 1024
const idsAStatement = 500
const movedAtOnce = 64
const maxLimit = 100
/** A search during which a hit changed is made again so often. */
const maxRepeats = 2

/**
 * Vectors in the state database, searched exactly in a copy in memory. The copy is brought up to date with each query by the version that
 * every write counts up, so that processes on one PostgreSQL see each other's writes.
 */
export class EmbeddedVectors implements VectorMemory {
  readonly #database: Database
  readonly #options: Required<EmbeddedVectorsOptions>
  readonly #search = new VectorSearch()
  /** Least recently used first. */
  readonly #mirrors = new Map<WorkspaceId, MemoryMirror>()
  /** The last of what was begun for a workspace: writes and catching up go one after the other. */
  readonly #turns = new Map<WorkspaceId, Promise<unknown>>()

  constructor(database: Database, options: EmbeddedVectorsOptions) {
    this.#database = database
    this.#options = { maxMirrorBytes: 1024 ** 3, maxItems: 150_000, ...options }
  }

  async upsert(workspaceId: WorkspaceId, space: VectorSpace, items: readonly EmbeddedItem[]): Promise<void> {
    const byId = new Map(items.map((item) => [item.id, { ...item, workspaceId, vector: toUnitVector(item.vector, space) }]))
    const pieces = slice([...byId.values()], Math.max(1, Math.floor(bytesAStatement / (space.dimension * 4))))
    for (const piece of pieces) {
      await this.#inTurn(workspaceId, () => this.#put(workspaceId, space, piece))
      await nextTurn()
    }
    await this.#database.flush()
  }

  async query({ workspaceId, space, vector, limit, filter = {} }: MemoryQuery): Promise<MemoryHit[]> {
    const unit = toUnitVector(vector, space)
    const mirror = await this.#catchUp(workspaceId)
    requireSpace(mirror?.space, space)
    if (!mirror) return []
    for (let repeats = 0; ; repeats++) {
      const { search, items } = mirror.prepare(unit, Math.min(limit, maxLimit), filter, this.#options.nowMs())
      const { rows, scores } = await this.#search.search(search)
      const found = rows.map((row, at) => ({ row, item: items[row], score: scores[at] ?? 0 }))
      const held = found.filter(({ row, item }) => mirror.holds(row, item))
      if (held.length < found.length && repeats < maxRepeats) continue
      return this.#withTexts(workspaceId, held.map(({ item, score }) => ({ id: item?.id ?? '', score })))
    }
  }

  async delete(workspaceId: WorkspaceId, what: { readonly ids: readonly string[] } | { readonly filter: MemoryFilter }): Promise<void> {
    if ('filter' in what && Object.values(what.filter).every((value) => value === undefined)) return this.#deleteAll(workspaceId)
    const mirror = 'ids' in what ? undefined : await this.#catchUp(workspaceId)
    // What has expired goes with what fits.
    const ids = 'ids' in what ? what.ids : (mirror?.select(what.filter, -Infinity).map(({ id }) => id) ?? [])
    for (const piece of slice(ids, idsAStatement)) {
      await this.#inTurn(workspaceId, () => this.#deleteIds(workspaceId, piece))
      await nextTurn()
    }
    await this.#database.flush()
  }

  async count(workspaceId: WorkspaceId, filter: MemoryFilter = {}): Promise<number> {
    return (await this.#catchUp(workspaceId))?.select(filter, this.#options.nowMs()).length ?? 0
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
      await this.#inTurn(workspaceId, () => this.#move(workspaceId, space, embedded))
      moved += items.length
      await nextTurn()
    }
  }

  async tidy(): Promise<number> {
    const { db } = this.#database
    const expired = await db.selectFrom('memory_items').select(['workspace_id', 'item_id']).where('expires_at_ms', '<=', this.#options.nowMs()).limit(idsAStatement).execute()
    const doomed = Map.groupBy(expired, (row) => row.workspace_id as WorkspaceId)
    for (const [workspaceId, rows] of doomed) await this.delete(workspaceId, { ids: rows.map((row) => row.item_id) })
    return expired.length + (await this.#trim())
  }

  async health(): Promise<void> {
    await this.#database.db.selectFrom('memory_spaces').select('workspace_id').limit(1).execute()
  }

  /** Ends searches under way; the database is closed by whoever opened it. */
  async close(): Promise<void> {
    await this.#search.close()
    this.#mirrors.clear()
  }

  async #put(workspaceId: WorkspaceId, space: VectorSpace, items: readonly StoredItem[]): Promise<void> {
    const version = await this.#database.db.transaction().execute(async (trx) => {
      const written = await memoryRows.beginWrite(trx, workspaceId, space, this.#options.nowMs())
      await memoryRows.put(trx, items, space, written)
      return written
    })
    this.#follow(workspaceId, version, (mirror) => items.forEach((item) => mirror.put(mirrored(item), item.vector)))
  }

  async #move(workspaceId: WorkspaceId, space: VectorSpace, items: readonly StoredItem[]): Promise<void> {
    await this.#database.db.transaction().execute(async (trx) => {
      const version = await memoryRows.beginWrite(trx, workspaceId, space, this.#options.nowMs())
      for (const item of items) await memoryRows.setVector(trx, item, space, version)
    })
  }

  async #deleteIds(workspaceId: WorkspaceId, ids: readonly string[]): Promise<void> {
    const version = await this.#database.db.transaction().execute((trx) => memoryRows.deleteIds(trx, workspaceId, ids))
    if (version !== undefined) this.#follow(workspaceId, version, (mirror) => ids.forEach((id) => mirror.drop(id)))
  }

  async #deleteAll(workspaceId: WorkspaceId): Promise<void> {
    const { db } = this.#database
    for (;;) {
      const ids = await memoryRows.idsAfter(db, workspaceId, '', idsAStatement)
      if (ids.length === 0) break
      await this.#inTurn(workspaceId, () => this.#deleteIds(workspaceId, ids))
      await nextTurn()
    }
    await db
      .deleteFrom('memory_spaces')
      .where('workspace_id', '=', workspaceId)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('memory_items').select('item_id').whereRef('memory_items.workspace_id', '=', 'memory_spaces.workspace_id'))))
      .execute()
    this.#mirrors.delete(workspaceId)
    await this.#database.flush()
  }

  /** What this process wrote itself goes straight into its copy, unless another one wrote in between. */
  #follow(workspaceId: WorkspaceId, version: number, change: (mirror: MemoryMirror) => void): void {
    const mirror = this.#mirrors.get(workspaceId)
    if (!mirror || mirror.version !== version - 1) return
    change(mirror)
    mirror.version = version
  }

  /** The copy of a workspace as it is stored now; undefined where nothing is. */
  async #catchUp(workspaceId: WorkspaceId): Promise<MemoryMirror | undefined> {
    const row = await memoryRows.space(this.#database.db, workspaceId)
    const known = this.#mirrors.get(workspaceId)
    if (row && known && known.version === row.version && isSameSpace(known.space, row)) return this.#use(workspaceId, known)
    return this.#inTurn(workspaceId, () => this.#readOn(workspaceId))
  }

  async #readOn(workspaceId: WorkspaceId): Promise<MemoryMirror | undefined> {
    const { db } = this.#database
    const row = await memoryRows.space(db, workspaceId)
    if (!row) {
      this.#mirrors.delete(workspaceId)
      return undefined
    }
    const space = { embedder: row.embedder, dimension: row.dimension }
    const known = this.#mirrors.get(workspaceId)
    const mirror = known && isSameSpace(known.space, space) && known.version <= row.version ? known : new MemoryMirror(space)
    if (row.deleted_version > mirror.version) await this.#forget(workspaceId, mirror)
    const pageSize = Math.max(16, Math.floor(bytesAStatement / (space.dimension * 4)))
    // Behind the end of the version that is known: no id is empty.
    let after = { version: mirror.version + 1, id: '' }
    for (;;) {
      const rows = await memoryRows.readAfter(db, workspaceId, space, after, pageSize)
      for (const item of rows) mirror.put(mirroredRow(item), readVector(item.vector))
      const last = rows.at(-1)
      if (!last || rows.length < pageSize) break
      after = { version: last.version, id: last.item_id }
      await nextTurn()
    }
    mirror.version = row.version
    return this.#use(workspaceId, mirror)
  }

  /** Drops what another process deleted. */
  async #forget(workspaceId: WorkspaceId, mirror: MemoryMirror): Promise<void> {
    if (mirror.size === 0) return
    const gone = new Set(mirror.ids())
    for (let afterId = ''; ; ) {
      const ids = await memoryRows.idsAfter(this.#database.db, workspaceId, afterId, idsAStatement)
      for (const id of ids) gone.delete(id)
      if (ids.length < idsAStatement) break
      afterId = ids.at(-1) ?? ''
      await nextTurn()
    }
    for (const id of gone) mirror.drop(id)
  }

  #use(workspaceId: WorkspaceId, mirror: MemoryMirror): MemoryMirror {
    this.#mirrors.delete(workspaceId)
    this.#mirrors.set(workspaceId, mirror)
    let bytes = [...this.#mirrors.values()].reduce((sum, each) => sum + each.bytes, 0)
    for (const [oldest, each] of this.#mirrors) {
      if (bytes <= this.#options.maxMirrorBytes || each === mirror) break
      this.#mirrors.delete(oldest)
      bytes -= each.bytes
    }
    return mirror
  }

  async #withTexts(workspaceId: WorkspaceId, hits: readonly { readonly id: string; readonly score: number }[]): Promise<MemoryHit[]> {
    if (hits.length === 0) return []
    const items = await memoryRows.find(this.#database.db, workspaceId, hits.map(({ id }) => id))
    return hits.flatMap(({ id, score }) => {
      const item = items.get(id)
      return item ? [{ item, score }] : []
    })
  }

  async #trim(): Promise<number> {
    const { db } = this.#database
    const { maxItems } = this.#options
    const full = await db
      .selectFrom('memory_items')
      .select(({ fn }) => ['workspace_id', fn.countAll<number>().as('count')])
      .groupBy('workspace_id')
      .having(({ fn }) => fn.countAll(), '>', maxItems)
      .limit(100)
      .execute()
    let deleted = 0
    for (const { workspace_id: id, count } of full) {
      const workspaceId = id as WorkspaceId
      const oldest = await db.selectFrom('memory_items').select('item_id').where('workspace_id', '=', id).orderBy('at_ms').orderBy('item_id').limit(Number(count) - maxItems).execute()
      await this.delete(workspaceId, { ids: oldest.map((row) => row.item_id) })
      deleted += oldest.length
    }
    return deleted
  }

  /** One after the other for each workspace; only workspaces with something under way are kept. */
  async #inTurn<T>(workspaceId: WorkspaceId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(workspaceId) ?? Promise.resolve()
    const turn = before.then(work, work)
    this.#turns.set(workspaceId, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(workspaceId) === turn) this.#turns.delete(workspaceId)
    }
  }
}

const mirrored = ({ id, kind, goalId, runId, agentId, atMs, expiresAtMs }: MemoryItem) => ({ id, kind, goalId, runId, agentId, atMs, expiresAtMs })

type Row = Awaited<ReturnType<typeof memoryRows.readAfter>>[number]

const mirroredRow = (row: Row) => ({
  id: row.item_id,
  kind: row.kind as MemoryItem['kind'],
  goalId: row.goal_id ?? undefined,
  runId: row.run_id ?? undefined,
  agentId: row.agent_id ?? undefined,
  atMs: row.at_ms,
  expiresAtMs: row.expires_at_ms ?? undefined,
})

function slice<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size))
}
