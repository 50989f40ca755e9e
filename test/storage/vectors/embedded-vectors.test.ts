import { expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import { storeEngines } from '../../conformance/engines.ts'
import { testVectorMemory } from '../../conformance/vector-memory.ts'

for (const engine of storeEngines()) {
  let database: Database
  testVectorMemory({
    name: `embedded on ${engine.name}`,
    create: async (nowMs) => {
      database = await openDatabase(await engine.create())
      return new EmbeddedVectors(database, { nowMs })
    },
    reopen: async (nowMs) => new EmbeddedVectors(database, { nowMs }),
    destroy: async () => {
      await database.close()
      await engine.destroy()
    },
  })
}

test('a check names what is damaged, and what searches compare instead of what is stored', async () => {
  const [engine] = storeEngines()
  if (!engine) throw new Error('no engine')
  const database = await openDatabase(await engine.create())
  const memory = new EmbeddedVectors(database, { nowMs: () => 1_000 })
  const workspaceId = 'Tdamaged' as WorkspaceId
  const space = { embedder: 'test', dimension: 2 }
  const items = ['short', 'none', 'long', 'other', 'gone', 'fine'].map((id) => ({ id, workspaceId, kind: 'result' as const, text: id, atMs: 1, vector: Float32Array.of(1, 0) }))
  await memory.upsert(workspaceId, space, items)
  expect(await memory.count(workspaceId)).toBe(6)
  const damage = (id: string, ...numbers: number[]) => database.db.updateTable('memory_items').set({ vector: Buffer.from(Float32Array.from(numbers).buffer) }).where('item_id', '=', id).execute()
  await damage('short', 1)
  await damage('none', 1, Number.NaN)
  await damage('long', 3, 4)
  await damage('other', 0, 1)
  await database.db.deleteFrom('memory_items').where('item_id', '=', 'gone').execute()
  const { items: read, problems } = await memory.check(workspaceId)
  expect(read).toBe(5)
  expect(problems.toSorted()).toEqual([
    '`gone` is found by searches, and is not stored.',
    '`long` has the length 5.000 instead of 1.',
    '`none` has a number that is none.',
    '`other` is not what searches compare.',
    '`short` has 1 numbers instead of 2.',
  ])
  await memory.close()
  await database.close()
  await engine.destroy()
})
