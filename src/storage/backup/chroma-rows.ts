import type { WorkspaceId } from '../records.ts'
import { nameSpace } from '../vectors/check-vectors.ts'
import type { ChromaVectors } from '../vectors/chroma-vectors.ts'
import { asRow, itemColumns, readItem } from '../vectors/memory-rows.ts'
import type { VectorMemory, VectorSpace } from '../vectors/vector-memory.ts'
import type { TableRows } from './backup-file.ts'

/** The tables that a memory on Chroma stands for: in a backup both look the same, and each can be restored to the other. */
export const memoryTables: ReadonlySet<string> = new Set(['memory_spaces', 'memory_items'])

const spaceColumns = ['workspace_id', 'embedder', 'dimension', 'version', 'deleted_version'] as const

/** A memory on Chroma as rows of the tables that the embedded one has. */
export async function* readChroma(chroma: Pick<ChromaVectors, 'workspaces' | 'readAll'>): AsyncGenerator<TableRows> {
  for (const { workspaceId, space } of await chroma.workspaces()) {
    yield { table: 'memory_spaces', columns: spaceColumns, rows: [[workspaceId, space.embedder, space.dimension, 1, 0]] }
    for await (const items of chroma.readAll(workspaceId)) {
      const columns = [...itemColumns, 'vector']
      const rows = items.map(({ vector, ...item }) => {
        const row: Record<string, unknown> = asRow(item, nameSpace(space), 1)
        return [...itemColumns.map((column) => row[column]), { base64: Buffer.from(vector.buffer as ArrayBuffer).toString('base64') }]
      })
      yield { table: 'memory_items', columns, rows }
    }
  }
}

/** Puts rows of the memory's tables into another memory. The space of a workspace comes before its items. */
export function createMemoryWriter(memory: Pick<VectorMemory, 'upsert'>): (rows: TableRows) => Promise<void> {
  const spaces = new Map<string, VectorSpace>()
  return async ({ table, columns, rows }) => {
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
    if (table === 'memory_spaces') {
      for (const row of objects) spaces.set(String(row['workspace_id']), { embedder: String(row['embedder']), dimension: Number(row['dimension']) })
      return
    }
    for (const [workspaceId, own] of Map.groupBy(objects, (row) => row['workspace_id'] as WorkspaceId)) {
      const space = spaces.get(workspaceId)
      if (space) await memory.upsert(workspaceId, space, own.filter((row) => row['space'] === nameSpace(space)).map(readItem))
    }
  }
}
