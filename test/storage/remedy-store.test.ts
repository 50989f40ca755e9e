import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRemedyStore } from '../../src/storage/remedy-store.ts'
import { storeEngines } from '../conformance/engines.ts'

const [workspaceId, foreign] = ['T1', 'T2'] as [WorkspaceId, WorkspaceId]

for (const { name, create, destroy } of storeEngines()) {
  describe(`remedies on ${name}`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    test('what helped is counted by workspace and class, fades, and keeps one row for each remedy', async () => {
      const store = createRemedyStore(database)
      const note = (isSuccess: boolean, workspace = workspaceId) =>
        database.db.transaction().execute((trx) => store.note(trx, workspace, 'empty', [{ remedy: 'plain', isSuccess: false }, { remedy: 'other_model', isSuccess }], 5))
      await Promise.all(Array.from({ length: 8 }, () => note(true)))
      await note(false)
      await note(true, foreign)
      const known = await store.read(workspaceId, 'empty')
      const tries = (1 - 0.95 ** 9) / 0.05
      expect(known.get('other_model')?.tries).toBeCloseTo(tries, 6)
      expect(known.get('other_model')?.successes).toBeCloseTo(tries - 1, 6)
      expect(known.get('plain')).toMatchObject({ successes: 0 })
      expect((await store.read(foreign, 'empty')).get('other_model')).toEqual({ tries: 1, successes: 1 })
      expect(await store.read(workspaceId, 'malformed')).toEqual(new Map())
      expect(await database.db.selectFrom('remedies').selectAll().execute()).toHaveLength(4)
    })
  })
}
