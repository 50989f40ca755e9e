import { sql } from 'kysely'
import type { Db, Trx } from '../database.ts'
import type { WorkspaceId } from '../records.ts'
import type { MemoryItemsTable, MemorySpacesTable } from '../schema.ts'
import { nameSpace, requireSpace } from './check-vectors.ts'
import type { EmbeddedItem, MemoryItem, MemoryKind, VectorSpace } from './vector-memory.ts'

/** An item with its unit vector, as it is stored. */
export type StoredItem = EmbeddedItem

type ItemRow = Omit<MemoryItemsTable, 'vector'>

/** Without the vector. */
export const itemColumns = ['workspace_id', 'item_id', 'kind', 'text', 'goal_id', 'run_id', 'agent_id', 'at_ms', 'expires_at_ms', 'space', 'version'] as const

/**
 * The queries of the embedded memory. Each transaction that writes counts the workspace's version up first, whose row it holds until it
 * ends: so versions are committed in their order, in any number of processes.
 */
export const memoryRows = {
  async space(db: Db | Trx, workspaceId: WorkspaceId): Promise<MemorySpacesTable | undefined> {
    return db.selectFrom('memory_spaces').selectAll().where('workspace_id', '=', workspaceId).executeTakeFirst()
  },

  /**
   * @param firstVersion of a collection that begins now: the time in ms, so that one that was emptied never has a version again
   * @returns the version of what is written in this transaction
   * @throws {MurmurError} MUR_MEMORY_SPACE
   */
  async beginWrite(trx: Trx, workspaceId: WorkspaceId, space: VectorSpace, firstVersion: number): Promise<number> {
    const row = await trx
      .insertInto('memory_spaces')
      .values({ workspace_id: workspaceId, embedder: space.embedder, dimension: space.dimension, version: firstVersion, deleted_version: 0 })
      .onConflict((conflict) => conflict.column('workspace_id').doUpdateSet((old) => ({ version: old('memory_spaces.version', '+', 1) })))
      .returningAll()
      .executeTakeFirstOrThrow()
    requireSpace(row, space)
    return row.version
  },

  async put(trx: Trx, items: readonly StoredItem[], space: VectorSpace, version: number): Promise<void> {
    await trx
      .insertInto('memory_items')
      .values(items.map((item) => ({ ...asRow(item, nameSpace(space), version), vector: asBytes(item.vector) })))
      .onConflict((conflict) =>
        conflict.columns(['workspace_id', 'item_id']).doUpdateSet(({ ref }) => ({
          kind: ref('excluded.kind'),
          text: ref('excluded.text'),
          goal_id: ref('excluded.goal_id'),
          run_id: ref('excluded.run_id'),
          agent_id: ref('excluded.agent_id'),
          at_ms: ref('excluded.at_ms'),
          expires_at_ms: ref('excluded.expires_at_ms'),
          space: ref('excluded.space'),
          version: ref('excluded.version'),
          vector: ref('excluded.vector'),
        })),
      )
      .execute()
  },

  /** @returns the version of the deletion, or undefined where there is no collection */
  async deleteIds(trx: Trx, workspaceId: WorkspaceId, ids: readonly string[]): Promise<number | undefined> {
    const row = await trx
      .updateTable('memory_spaces')
      .set((old) => ({ version: old('version', '+', 1), deleted_version: old('version', '+', 1) }))
      .where('workspace_id', '=', workspaceId)
      .returning('version')
      .executeTakeFirst()
    await trx.deleteFrom('memory_items').where('workspace_id', '=', workspaceId).where('item_id', 'in', ids).execute()
    return row?.version
  },

  /** @returns the version of the change, or undefined where there is no collection */
  async setExpiry(trx: Trx, workspaceId: WorkspaceId, ids: readonly string[], expiresAtMs: number): Promise<number | undefined> {
    const row = await trx
      .updateTable('memory_spaces')
      .set((old) => ({ version: old('version', '+', 1) }))
      .where('workspace_id', '=', workspaceId)
      .returning('version')
      .executeTakeFirst()
    if (!row) return undefined
    await trx
      .updateTable('memory_items')
      .set({ expires_at_ms: expiresAtMs, version: row.version })
      .where('workspace_id', '=', workspaceId)
      .where('item_id', 'in', ids)
      .where('expires_at_ms', 'is not', null)
      .execute()
    return row.version
  },

  /** What was written after a place in the log of versions, in its order. */
  async readAfter(db: Db, workspaceId: WorkspaceId, space: VectorSpace, after: { version: number; id: string }, limit: number): Promise<(MemoryItemsTable & { vector: Uint8Array })[]> {
    return db
      .selectFrom('memory_items')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where(sql<boolean>`(version, item_id) > (${after.version}, ${after.id})`)
      .where('space', '=', nameSpace(space))
      .orderBy('version')
      .orderBy('item_id')
      .limit(limit)
      .execute()
  },

  async idsAfter(db: Db, workspaceId: WorkspaceId, afterId: string, limit: number): Promise<string[]> {
    const rows = await db.selectFrom('memory_items').select('item_id').where('workspace_id', '=', workspaceId).where('item_id', '>', afterId).orderBy('item_id').limit(limit).execute()
    return rows.map((row) => row.item_id)
  },

  async find(db: Db, workspaceId: WorkspaceId, ids: readonly string[]): Promise<Map<string, MemoryItem>> {
    const rows = await db.selectFrom('memory_items').select(itemColumns).where('workspace_id', '=', workspaceId).where('item_id', 'in', ids).execute()
    return new Map(rows.map((row) => [row.item_id, asItem(row)]))
  },

  /** From now on the collection is of this space; what is of another one waits to be moved. */
  async claimSpace(trx: Trx, workspaceId: WorkspaceId, space: VectorSpace): Promise<void> {
    await trx
      .updateTable('memory_spaces')
      .set((old) => ({ embedder: space.embedder, dimension: space.dimension, version: old('version', '+', 1) }))
      .where('workspace_id', '=', workspaceId)
      .where((old) => old.or([old('embedder', '!=', space.embedder), old('dimension', '!=', space.dimension)]))
      .execute()
  },

  /** Two ranges instead of an inequality, for which all of the index would be read: this is asked of large memories where nothing is to be found. */
  async findOfOtherSpaces(db: Db, workspaceId: WorkspaceId, space: VectorSpace, limit: number): Promise<MemoryItem[]> {
    const within = (operator: '<' | '>') => db.selectFrom('memory_items').select(itemColumns).where('workspace_id', '=', workspaceId).where('space', operator, nameSpace(space)).limit(limit).execute()
    const before = await within('<')
    return (before.length > 0 ? before : await within('>')).map(asItem)
  },

  /** Nothing happens to an item that was deleted or written anew meanwhile. */
  async setVector(trx: Trx, item: StoredItem, space: VectorSpace, version: number): Promise<void> {
    await trx
      .updateTable('memory_items')
      .set({ space: nameSpace(space), version, vector: asBytes(item.vector) })
      .where('workspace_id', '=', item.workspaceId)
      .where('item_id', '=', item.id)
      .where('space', '!=', nameSpace(space))
      .execute()
  },
}

/** Looks at the bytes where they are aligned, as SQLite's are; else, as PostgreSQL's, at a copy. */
export function readVector(bytes: Uint8Array): Float32Array {
  const { BYTES_PER_ELEMENT: size } = Float32Array
  const isAligned = bytes.byteOffset % size === 0
  // `slice` of a Buffer, which PostgreSQL gives, would make no copy.
  const { buffer, byteOffset } = isAligned ? bytes : new Uint8Array(bytes)
  return new Float32Array(buffer as ArrayBuffer, byteOffset, Math.floor(bytes.byteLength / size))
}

const asBytes = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array => Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)

export function asRow(item: MemoryItem, space: string, version: number): ItemRow {
  return {
    workspace_id: item.workspaceId,
    item_id: item.id,
    kind: item.kind,
    text: item.text,
    goal_id: item.goalId ?? null,
    run_id: item.runId ?? null,
    agent_id: item.agentId ?? null,
    at_ms: item.atMs,
    expires_at_ms: item.expiresAtMs ?? null,
    space,
    version,
  }
}

function asItem(row: ItemRow): MemoryItem {
  return {
    id: row.item_id,
    workspaceId: row.workspace_id as WorkspaceId,
    kind: row.kind as MemoryKind,
    text: row.text,
    ...(row.goal_id === null ? {} : { goalId: row.goal_id }),
    ...(row.run_id === null ? {} : { runId: row.run_id }),
    ...(row.agent_id === null ? {} : { agentId: row.agent_id }),
    atMs: row.at_ms,
    ...(row.expires_at_ms === null ? {} : { expiresAtMs: row.expires_at_ms }),
  }
}

/** An item of a backup, whose bytes are base64. */
export function readItem(row: Readonly<Record<string, unknown>>): EmbeddedItem {
  const bytes = Buffer.from((row['vector'] as { readonly base64: string }).base64, 'base64')
  return { ...asItem(row as unknown as ItemRow), vector: readVector(bytes) }
}
