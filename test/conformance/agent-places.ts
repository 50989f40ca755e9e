import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SharedPlaces } from '../../src/orchestration/agent-places.ts'
import { createAgentPlaceStore } from '../../src/storage/agent-place-store.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import type { StoreUnderTest } from './state-store.ts'

/** What holds of a goal's agents at work in several processes, on every engine. */
export function testAgentPlaces({ name, create, destroy }: StoreUnderTest): void {
  describe(`places of agents on ${name}`, () => {
    let database: Database
    const open: SharedPlaces[] = []
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await Promise.all(open.map((places) => places.close()))
      await database.close()
      await destroy()
    })
    const clock = new ManualClock()
    const ofProcess = (owner: string): SharedPlaces => {
      const places = new SharedPlaces({ store: createAgentPlaceStore(database), owner, nowMs: clock.now, onError: () => {} })
      open.push(places)
      return places
    }
    const agent = (goalId: string, agentId: string) => ({ workspaceId: 'T1', goalId, agentId })

    test('however many processes ask at once, no more agents are at work than may be', async () => {
      const processes = ['a', 'b', 'c', 'd'].map(ofProcess)
      const asked = Array.from({ length: 40 }, (_, index) => processes[index % 4]!.take(agent('C1', `agent-${index}`), 10))
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(10)
      expect(await processes[0]!.take(agent('C2', 'agent-0'), 10)).toBe(true)
    })

    test('an agent counts once, whichever processes it is at work in, until the last of them is done with it', async () => {
      const [first, second] = [ofProcess('e'), ofProcess('f')]
      expect(await first!.take(agent('C3', 'one'), 1)).toBe(true)
      expect(await second!.take(agent('C3', 'one'), 1)).toBe(true)
      expect(await second!.take(agent('C3', 'two'), 1)).toBe(false)
      first!.leave(agent('C3', 'one'))
      expect(await first!.take(agent('C3', 'two'), 1)).toBe(false)
      second!.leave(agent('C3', 'one'))
      expect(await second!.take(agent('C3', 'two'), 1)).toBe(true)
    })

    test('the place of a process that died is free once its time has passed', async () => {
      expect(await ofProcess('dead').take(agent('C4', 'one'), 1)).toBe(true)
      const alive = ofProcess('alive')
      expect(await alive.take(agent('C4', 'two'), 1)).toBe(false)
      clock.advance(30_000)
      expect(await alive.take(agent('C4', 'two'), 1)).toBe(true)
    })
  })
}
