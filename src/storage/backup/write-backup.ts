import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import { openReader, type DatabasePlace, type Trx } from '../database.ts'
import type { ChromaVectors } from '../vectors/chroma-vectors.ts'
import { writeBackupFile, type TableRows } from './backup-file.ts'
import { memoryTables, readChroma } from './chroma-rows.ts'
import { listTables, readTable } from './table-rows.ts'

export interface BackupSource {
  readonly place: DatabasePlace
  /** Where the memory lies when it is not in the database. */
  readonly chroma?: Pick<ChromaVectors, 'workspaces' | 'readAll'> | undefined
}

/**
 * Writes all tables to one file, as they were at one moment: one transaction reads them, and whoever writes meanwhile is neither held up nor
 * seen. A memory on Chroma, which has no such moment, is read after it, piece by piece.
 * @returns how many rows the file has
 */
export async function writeBackup({ place, chroma }: BackupSource, path: string, nowMs: number): Promise<number> {
  await mkdir(dirname(path), { recursive: true })
  const { db, traits, close } = await openReader(place)
  try {
    const begin = traits.name === 'postgres' ? db.transaction().setIsolationLevel('repeatable read') : db.transaction()
    return await begin.execute(async (trx) => {
      const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(trx)
      const header = { murmur: 'backup', format: 1, madeAtMs: nowMs, migrations: rows.map(({ name }) => name) } as const
      return writeBackupFile(path, header, everything(trx))
    })
  } finally {
    await close()
  }

  async function* everything(trx: Trx): AsyncGenerator<TableRows> {
    for (const shape of await listTables(trx)) {
      if (!chroma || !memoryTables.has(shape.table)) yield* readTable(trx, traits, shape)
    }
    if (chroma) yield* readChroma(chroma)
  }
}
