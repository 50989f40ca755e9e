import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../database.ts'
import type { WorkspaceId } from '../records.ts'
import { findFault, isSameSpace, requireSpace } from './check-vectors.ts'
import { MemoryMirror } from './memory-mirror.ts'
import { memoryRows, readVector } from './memory-rows.ts'
import type { MemoryCheck, MemoryFilter, MemoryHit, MemoryItem, VectorSpace } from './vector-memory.ts'

/** A question as {@link MemoryReader} takes it: the vector of length 1, the limit within bounds. */
export interface MirrorQuery {
  readonly workspaceId: WorkspaceId
  readonly space: VectorSpace
  readonly vector: Float32Array
  readonly limit: number
  readonly filter: MemoryFilter
}

export interface DoomedItems {
  readonly workspaceId: WorkspaceId
  readonly ids: readonly string[]
}

const bytesAPage = 1024 ** 2
const idsAPage = 5_000
/** One round of upkeep deletes at most so many of each sort; the next goes on. */
const maxDoomed = 5_000
const maxProblems = 20
/** Mirrors reserve address space, whatever their size. */
const maxMirrors = 200

/**
 * Reads the memory's tables into mirrors and searches them. A mirror is brought up to date before each use by the version that every
 * write counts up, so that all processes on one database see each other's writes. Lives in a worker thread: all of this takes its time.
 */
export class MemoryReader {
  readonly #db: Db
  readonly #maxMirrorBytes: number
  /** Least recently used first. */
  readonly #mirrors = new Map<WorkspaceId, MemoryMirror>()
  /** Catching up goes one after the other for each workspace. */
  readonly #turns = new Map<WorkspaceId, Promise<unknown>>()

  constructor(db: Db, maxMirrorBytes: number) {
    this.#db = db
    this.#maxMirrorBytes = maxMirrorBytes
  }

  async query({ workspaceId, space, vector, limit, filter }: MirrorQuery, nowMs: number): Promise<MemoryHit[]> {
    const mirror = await this.#catchUp(workspaceId)
    requireSpace(mirror?.space, space)
    const nearest = mirror?.nearest(vector, limit, filter, nowMs) ?? []
    if (nearest.length === 0) return []
    const items = await memoryRows.find(this.#db, workspaceId, nearest.map(({ id }) => id))
    return nearest.flatMap(({ id, score }) => {
      const item = items.get(id)
      return item ? [{ item, score }] : []
    })
  }

  async count(workspaceId: WorkspaceId, filter: MemoryFilter, nowMs: number): Promise<number> {
    return (await this.#catchUp(workspaceId))?.select(filter, nowMs).length ?? 0
  }

  /** The ids of what fits, expired or not. */
  async select(workspaceId: WorkspaceId, filter: MemoryFilter): Promise<string[]> {
    return (await this.#catchUp(workspaceId))?.select(filter, -Infinity).map(({ id }) => id) ?? []
  }

  /** What upkeep deletes now: what has expired, and the oldest above the bound of a workspace. */
  async doomed(nowMs: number, maxItems: number): Promise<DoomedItems[]> {
    const expired = await this.#db.selectFrom('memory_items').select(['workspace_id', 'item_id']).where('expires_at_ms', '<=', nowMs).limit(maxDoomed).execute()
    const byWorkspace = Map.groupBy(expired, (row) => row.workspace_id as WorkspaceId)
    const full = await this.#db
      .selectFrom('memory_items')
      .select(({ fn }) => ['workspace_id', fn.countAll<number>().as('count')])
      .groupBy('workspace_id')
      .having(({ fn }) => fn.countAll(), '>', maxItems)
      .limit(100)
      .execute()
    const doomed = [...byWorkspace].map(([workspaceId, rows]) => ({ workspaceId, ids: rows.map((row) => row.item_id) }))
    for (const { workspace_id: id, count } of full) {
      const limit = Math.min(maxDoomed, Number(count) - maxItems)
      const oldest = await this.#db.selectFrom('memory_items').select('item_id').where('workspace_id', '=', id).orderBy('at_ms').orderBy('item_id').limit(limit).execute()
      doomed.push({ workspaceId: id as WorkspaceId, ids: oldest.map((row) => row.item_id) })
    }
    return doomed
  }

  /** Compares every stored row with the workspace's space and with the mirror. */
  async check(workspaceId: WorkspaceId): Promise<MemoryCheck> {
    const mirror = await this.#catchUp(workspaceId)
    if (!mirror) return { items: 0, problems: [] }
    const problems: string[] = []
    const missing = new Set(mirror.ids())
    let items = 0
    for (let after = { version: -1, id: '' }; ; ) {
      const rows = await memoryRows.readAfter(this.#db, workspaceId, mirror.space, after, pageSize(mirror.space))
      for (const row of rows) {
        items++
        missing.delete(row.item_id)
        const vector = readVector(row.vector)
        const fault = findFault(vector, mirror.space) ?? (row.version > mirror.version || isEqual(vector, mirror.vectorOf(row.item_id)) ? undefined : 'is not what searches compare')
        if (fault !== undefined) problems.push(`\`${row.item_id}\` ${fault}.`)
      }
      const last = rows.at(-1)
      if (!last || problems.length >= maxProblems) break
      after = { version: last.version, id: last.item_id }
      await nextTurn()
    }
    // What was deleted or written anew meanwhile stands behind the version that was compared.
    const now = await memoryRows.space(this.#db, workspaceId)
    if (now?.version === mirror.version) for (const id of missing) problems.push(`\`${id}\` is found by searches, and is not stored.`)
    return { items, problems: problems.slice(0, maxProblems) }
  }

  /** The mirror of a workspace as it is stored now; undefined where nothing is. */
  async #catchUp(workspaceId: WorkspaceId): Promise<MemoryMirror | undefined> {
    const before = this.#turns.get(workspaceId) ?? Promise.resolve()
    const read = (): Promise<MemoryMirror | undefined> => this.#readOn(workspaceId)
    const turn = before.then(read, read)
    this.#turns.set(workspaceId, turn)
    try {
      return await turn
    } finally {
      if (this.#turns.get(workspaceId) === turn) this.#turns.delete(workspaceId)
    }
  }

  async #readOn(workspaceId: WorkspaceId): Promise<MemoryMirror | undefined> {
    const row = await memoryRows.space(this.#db, workspaceId)
    if (!row) {
      this.#mirrors.delete(workspaceId)
      return undefined
    }
    const space = { embedder: row.embedder, dimension: row.dimension }
    const known = this.#mirrors.get(workspaceId)
    const mirror = known && isSameSpace(known.space, space) && known.version <= row.version ? known : new MemoryMirror(space)
    if (mirror.version < row.version) {
      if (row.deleted_version > mirror.version) await this.#forget(workspaceId, mirror)
      await this.#read(workspaceId, mirror)
      mirror.version = row.version
    }
    return this.#use(workspaceId, mirror)
  }

  async #read(workspaceId: WorkspaceId, mirror: MemoryMirror): Promise<void> {
    const limit = pageSize(mirror.space)
    // Behind the end of the version that is known: no id is empty.
    let after = { version: mirror.version + 1, id: '' }
    for (;;) {
      const rows = await memoryRows.readAfter(this.#db, workspaceId, mirror.space, after, limit)
      for (const row of rows) mirror.put(mirroredRow(row), readVector(row.vector))
      const last = rows.at(-1)
      if (!last || rows.length < limit) return
      after = { version: last.version, id: last.item_id }
      await nextTurn()
    }
  }

  /** Drops what was deleted. */
  async #forget(workspaceId: WorkspaceId, mirror: MemoryMirror): Promise<void> {
    if (mirror.size === 0) return
    const gone = new Set(mirror.ids())
    for (let afterId = ''; ; ) {
      const ids = await memoryRows.idsAfter(this.#db, workspaceId, afterId, idsAPage)
      for (const id of ids) gone.delete(id)
      if (ids.length < idsAPage) break
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
      if ((bytes <= this.#maxMirrorBytes && this.#mirrors.size <= maxMirrors) || each === mirror) break
      this.#mirrors.delete(oldest)
      bytes -= each.bytes
    }
    return mirror
  }
}

const pageSize = ({ dimension }: VectorSpace): number => Math.max(16, Math.floor(bytesAPage / (dimension * 4)))

const isEqual = (one: Float32Array, other: Float32Array | undefined): boolean => other?.length === one.length && one.every((value, at) => value === other[at])

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
