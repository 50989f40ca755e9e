import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createConfigStore } from '../../src/storage/config-store.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import type { StoreUnderTest } from './state-store.ts'

const [here, there] = ['T1', 'T2'] as WorkspaceId[] as [WorkspaceId, WorkspaceId]

/** What every store of configuration files does, whatever engine it stands on. */
export function testConfigStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the configuration store on ${name}`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    test('keeps the last of each file by workspace, with who and when', async () => {
      const store = createConfigStore(database)
      await store.write(here, { 'agents.json': '{"a":1}', 'teams.json': '{}' }, 'U1', 5)
      await store.write(here, { 'agents.json': '{"a":2}' }, 'U2', 6)
      expect(await store.read(here)).toEqual([
        { file: 'agents.json', json: '{"a":2}', updatedBy: 'U2', updatedAtMs: 6 },
        { file: 'teams.json', json: '{}', updatedBy: 'U1', updatedAtMs: 5 },
      ])
      expect(await store.read(there)).toEqual([])
    })

    test('forgets a file that is taken back', async () => {
      const store = createConfigStore(database)
      await store.write(there, { 'agents.json': '{}', 'teams.json': '{}' }, 'U1', 5)
      await store.write(there, { 'agents.json': undefined }, 'U1', 6)
      expect((await store.read(there)).map(({ file }) => file)).toEqual(['teams.json'])
    })

    test('of those who change a file at the same time one gets its way, and the others are told', async () => {
      const store = createConfigStore(database)
      const race = async (before: string | undefined, name: string) => Promise.all(Array.from({ length: 6 }, (_, index) => store.replace(there, { file: 'models.json', before, json: `{"${name}":${index}}` }, `U${index}`, index)))
      const jsonNow = async () => (await store.read(there)).find(({ file }) => file === 'models.json')?.json
      const first = await race(undefined, 'a')
      expect(first.filter((isOurs) => isOurs)).toHaveLength(1)
      expect(await jsonNow()).toBe(`{"a":${first.indexOf(true)}}`)
      const second = await race(await jsonNow(), 'b')
      expect(second.filter((isOurs) => isOurs)).toHaveLength(1)
      expect(await store.replace(there, { file: 'models.json', before: '{"a":9}', json: '{}' }, 'U9', 9)).toBe(false)
      expect(await jsonNow()).toBe(`{"b":${second.indexOf(true)}}`)
    })

    test('takes two imports at the same time, one after the other', async () => {
      const store = createConfigStore(database)
      const writes = Array.from({ length: 8 }, (_, index) => store.write(here, { 'budgets.json': String(index) }, 'U1', index))
      await Promise.all(writes)
      expect((await store.read(here)).filter(({ file }) => file === 'budgets.json')).toHaveLength(1)
    })
  })
}
