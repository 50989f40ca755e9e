import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase, type Trx } from '../../src/storage/database.ts'
import { newWorkflowId } from '../../src/storage/ids.ts'
import type { Recipe, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { createWorkflowStore, type NewVersion, type WorkflowStore } from '../../src/storage/workflow-store.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId

/** What every store of workflows does, whatever engine it stands on. */
export function testWorkflowStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the workflow store on ${name}`, () => {
    let database: Database
    let store: WorkflowStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      store = createWorkflowStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const within = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    const aVersion = (recipe: Partial<Recipe> = {}, over: Partial<NewVersion> = {}): NewVersion => ({ source: 'user', authorId: 'U1', reason: 'shorter', recipe: { guidance: [], ...recipe }, runId: undefined, ...over })
    const made = async (goalId = 'C1'): Promise<WorkflowId> => {
      const workflowId = newWorkflowId()
      await within((trx) => store.create(trx, { workflowId, workspaceId, goalId, name: 'Reports', patternId: undefined }, aVersion({ specialtyId: 'writer' }), 5))
      return workflowId
    }

    test('keeps a workflow with its first version in force', async () => {
      const workflowId = await made()
      expect(await store.find(workflowId)).toEqual({ workflowId, workspaceId, goalId: 'C1', name: 'Reports', patternId: undefined, state: 'active', currentVersion: 1, canary: undefined, createdAtMs: 5, updatedAtMs: 5 })
      expect(await store.version(workflowId, 1)).toEqual({ workflowId, version: 1, parentVersion: undefined, source: 'user', authorId: 'U1', reason: 'shorter', recipe: { specialtyId: 'writer', guidance: [] }, runId: undefined, createdAtMs: 5 })
      expect(await store.find(newWorkflowId())).toBeUndefined()
    })

    test('puts a new version in force, as a child of the one before, which stays as it was', async () => {
      const workflowId = await made()
      const before = await store.version(workflowId, 1)
      const added = await within((trx) => store.addVersion(trx, workflowId, (_, current) => aVersion({ ...current.recipe, guidance: ['Use a table.'] }), 'current', 9))
      expect(added).toMatchObject({ version: 2, parentVersion: 1, recipe: { specialtyId: 'writer', guidance: ['Use a table.'] }, createdAtMs: 9 })
      expect(await store.find(workflowId)).toMatchObject({ currentVersion: 2, updatedAtMs: 9 })
      expect(await store.version(workflowId, 1)).toEqual(before)
      expect((await store.versions(workflowId)).map(({ version }) => version)).toEqual([2, 1])
    })

    test('serves a canary beside the one in force, and lets it take over or go', async () => {
      const workflowId = await made()
      await within((trx) => store.addVersion(trx, workflowId, () => aVersion({}, { source: 'system' }), { share: 0.2 }, 6))
      expect(await store.find(workflowId)).toMatchObject({ currentVersion: 1, canary: { version: 2, share: 0.2 } })
      await within((trx) => store.move(trx, workflowId, ({ canary }) => canary && { currentVersion: canary.version, canary: undefined }, 7))
      expect(await store.find(workflowId)).toMatchObject({ currentVersion: 2, canary: undefined })
    })

    test('goes back to any version, and a change after that begins there', async () => {
      const workflowId = await made()
      for (const text of ['one', 'two']) await within((trx) => store.addVersion(trx, workflowId, (_, { recipe }) => aVersion({ guidance: [...recipe.guidance, text] }), 'current', 6))
      await within((trx) => store.move(trx, workflowId, () => ({ currentVersion: 2 }), 7))
      const added = await within((trx) => store.addVersion(trx, workflowId, (_, { recipe }) => aVersion({ guidance: [...recipe.guidance, 'three'] }), 'current', 8))
      expect(added).toMatchObject({ version: 4, parentVersion: 2, recipe: { guidance: ['one', 'three'] } })
    })

    test('loses none of many changes made at once', async () => {
      const workflowId = await made()
      const texts = Array.from({ length: 12 }, (_, at) => `remark ${at}`)
      const added = await Promise.all(texts.map((text) => within((trx) => store.addVersion(trx, workflowId, (_, { recipe }) => aVersion({ guidance: [...recipe.guidance, text] }), 'current', 6))))
      expect(added.map((one) => one?.version).toSorted((a = 0, b = 0) => a - b)).toEqual(texts.map((_, at) => at + 2))
      const current = await store.version(workflowId, (await store.find(workflowId))?.currentVersion ?? 0)
      expect(current?.recipe.guidance.toSorted()).toEqual(texts.toSorted())
    })

    test('changes nothing where the change is thought better of, or the transaction fails', async () => {
      const workflowId = await made()
      expect(await within((trx) => store.addVersion(trx, workflowId, () => undefined, 'current', 6))).toBeUndefined()
      expect(await within((trx) => store.move(trx, workflowId, () => undefined, 6))).toBeUndefined()
      const failing = within(async (trx) => {
        await store.addVersion(trx, workflowId, () => aVersion(), 'current', 6)
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await store.versions(workflowId)).toHaveLength(1)
      expect(await store.find(workflowId)).toMatchObject({ currentVersion: 1, updatedAtMs: 5 })
    })

    test('lists the workflows of a goal, changed last first, without deleted ones', async () => {
      const [first, second, gone] = [await made('C9'), await made('C9'), await made('C9')]
      await within((trx) => store.move(trx, first, () => ({ name: 'Weekly reports', state: 'paused', patternId: 'p1' }), 20))
      await within((trx) => store.move(trx, gone, () => ({ state: 'deleted' }), 30))
      expect(await store.listGoal(workspaceId, 'C9')).toMatchObject([
        { workflowId: first, name: 'Weekly reports', state: 'paused', patternId: 'p1' },
        { workflowId: second, state: 'active' },
      ])
      expect(await store.listGoal('T2' as WorkspaceId, 'C9')).toEqual([])
    })
  })
}
