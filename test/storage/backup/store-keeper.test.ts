import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { restoreBackup } from '../../../src/storage/backup/restore-backup.ts'
import { StoreKeeper } from '../../../src/storage/backup/store-keeper.ts'
import { openDatabase } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import { addRun, sumsOf } from './filled-store.ts'

const dayMs = 24 * 3_600_000

test('a backup is made once a day beside the event loop, the seven newest stay, and what else lies there is left alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'murmur-keeper-'))
  const database = await openDatabase({ dataDir: join(root, 'data') })
  for (let number = 0; number < 5; number++) await addRun(database, number)
  const dir = join(root, 'backups')
  let nowMs = Date.now() - 20 * dayMs
  const keeper = new StoreKeeper({ place: database.place, chromaUrl: undefined, dir, nowMs: () => nowMs })
  for (let day = 0; day < 9; day++) {
    const [one, other] = await Promise.all([keeper.make(), keeper.make()])
    expect(other).toBe(one)
    utimesSync(one.path, nowMs / 1_000, nowMs / 1_000)
    if (day === 0) writeFileSync(join(dir, 'notes.txt'), 'mine')
    await keeper.makeIfDue()
    nowMs += dayMs
  }
  const names = readdirSync(dir).toSorted()
  expect(names).toHaveLength(8)
  expect(names).toContain('notes.txt')
  await keeper.makeIfDue()
  expect(readdirSync(dir)).not.toEqual(names)
  const place = { dataDir: join(root, 'again') }
  await restoreBackup({ place }, join(dir, names[3] ?? ''), false)
  const restored = await openDatabase(place)
  expect(await sumsOf(restored)).toEqual(await sumsOf(database))
  await restored.close()
  await database.close()
  rmSync(root, { recursive: true, force: true })
}, 120_000)

test('a check finds rows without a run, and compaction gives the space of what was deleted back', async () => {
  const root = mkdtempSync(join(tmpdir(), 'murmur-keeper-'))
  const database = await openDatabase({ dataDir: root })
  await addRun(database, 1)
  const keeper = new StoreKeeper({ place: database.place, chromaUrl: undefined, dir: root, nowMs: Date.now })
  expect(await keeper.check()).toEqual([])
  await database.db.insertInto('steps').values({ run_id: 'none', step_key: 's', status: 'finished', result: '1', at_ms: 1 }).execute()
  expect(await keeper.check()).toEqual(['1 rows of steps have no run.'])
  const memory = new EmbeddedVectors(database, { nowMs: Date.now })
  const [workspaceId, space] = ['T1' as WorkspaceId, { embedder: 'test', dimension: 4 }]
  const items = Array.from({ length: 400 }, (_, at) => ({ id: `i${at}`, workspaceId, kind: 'document' as const, text: 'x'.repeat(60_000), atMs: 1, vector: Float32Array.of(1, 0, 0, 0) }))
  await memory.upsert(workspaceId, space, items)
  await memory.delete(workspaceId, { filter: {} })
  await keeper.compact()
  await memory.close()
  await database.close()
  expect(statSync(join(root, 'murmur.db')).size).toBeLessThan(15 * 1024 ** 2)
  rmSync(root, { recursive: true, force: true })
}, 120_000)
