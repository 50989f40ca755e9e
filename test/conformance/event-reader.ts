import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { createEventCursors } from '../../src/storage/event-cursors.ts'
import { createEventLog, type EventLog } from '../../src/storage/event-log.ts'
import { EventReader, type EventReaderDeps } from '../../src/storage/event-reader.ts'
import { createSetAsideStore, setAsideType, type SetAsideStore } from '../../src/storage/set-aside-store.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { waitUntil } from '../scenarios/start-scenario.ts'
import type { StoreUnderTest } from './state-store.ts'

const maxTries = 3

/** What readers of the events do with one that they can't handle, whatever engine the events lie on. */
export function testEventReader({ name, create, destroy }: StoreUnderTest): void {
  describe(`a reader of the events on ${name}`, () => {
    let database: Database
    let events: EventLog
    let setAsides: SetAsideStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      events = createEventLog(database)
      setAsides = createSetAsideStore(database, events)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    /** A reader with a name of its own, which begins behind what was stored before; `handle` gets what each event is called. */
    async function follow(reader: string, handle: (said: readonly string[]) => Promise<void>, deps: Partial<EventReaderDeps> = {}) {
      const errors: unknown[] = []
      const wakes = new Set<() => void>()
      const following = new EventReader({
        reader, events, setAsides, cursors: createEventCursors(database), owner: 'one', types: ['said'], nowMs: Date.now, restMs: 0,
        listen: (_, wake) => (wakes.add(wake), () => wakes.delete(wake)),
        handle: (page) => handle(page.map(({ payload }) => String(payload['word']))),
        onError: (error) => errors.push(error),
        retry: { maxTries, firstWaitMs: 0, outageWaitMs: 0 },
        ...deps,
      })
      following.start()
      await waitUntil('the reader has its place', async () => (await database.db.selectFrom('event_cursors').select('seq').where('reader', '=', reader).executeTakeFirst()) !== undefined)
      return {
        errors,
        close: () => following.close(),
        say: async (...words: readonly string[]) => {
          await database.db.transaction().execute(async (trx) => {
            for (const word of words) await events.append(trx, { workspaceId: 'T1' as WorkspaceId, runId: `run-${word}`, type: 'said', payload: { word }, atMs: 1 })
          })
          for (const wake of wakes) wake()
        },
      }
    }

    const rows = (reader: string) => database.db.selectFrom('set_aside_events').selectAll().where('reader', '=', reader).execute()

    test('handles together what came while it was at work, and asks for its turn once', async () => {
      const pages: (readonly string[])[] = []
      const isAtWork = Promise.withResolvers<void>()
      const mayGoOn = Promise.withResolvers<void>()
      const cursors = createEventCursors(database)
      let claims = 0
      const handle = async (words: readonly string[]): Promise<void> => {
        pages.push(words)
        isAtWork.resolve()
        await mayGoOn.promise
      }
      const claim: typeof cursors.claim = (...given) => {
        claims++
        return cursors.claim(...given)
      }
      const { say, close } = await follow('together', handle, { cursors: { ...cursors, claim } })
      await say('a')
      await isAtWork.promise
      for (const word of ['b', 'c', 'd']) await say(word)
      mayGoOn.resolve()
      await waitUntil('the reader has gone on', async () => pages.length > 1)
      await close()
      expect(pages).toEqual([['a'], ['b', 'c', 'd']])
      expect(claims).toBe(1)
    })

    test('sets an event aside that always fails, says so once, and goes on in order', async () => {
      const handled: string[] = []
      let tries = 0
      const { say, close } = await follow('always', async (words) => {
        for (const word of words) {
          if (word === 'bad') tries++
          if (word === 'bad') throw new TypeError('no such thing')
          handled.push(word)
        }
      })
      const before = await events.lastSeq()
      await say('a', 'bad', 'b', 'c')
      await waitUntil('the reader goes on', async () => handled.includes('c'))
      await say('d')
      await waitUntil('the reader goes on', async () => handled.includes('d'))
      await close()
      // The page that failed comes again in pieces, so what stood before it comes twice.
      expect(handled).toEqual(['a', 'a', 'b', 'c', 'd'])
      expect(tries).toBe(1 + maxTries)
      expect(await rows('always')).toMatchObject([{ run_id: 'run-bad', type: 'said', error_code: 'MUR_BUG', tries: maxTries, set_aside_at_ms: expect.any(Number) }])
      expect(await setAsides.countSetAside()).toEqual([{ reader: 'always', count: 1 }])
      const told = (await events.readAfter(before)).filter(({ type }) => type === setAsideType)
      expect(told).toMatchObject([{ runId: 'run-bad', payload: { reader: 'always', eventType: 'said', errorCode: 'MUR_BUG', tries: maxTries } }])
    })

    test('forgets the tries of an event that is handled at last', async () => {
      const handled: string[] = []
      let failures = 0
      const { say, close, errors } = await follow('at-last', async (words) => {
        for (const word of words) {
          if (word === 'slow' && failures++ < maxTries - 1) throw new Error('not yet')
          handled.push(word)
        }
      })
      await say('slow', 'next')
      await waitUntil('the reader goes on', async () => handled.includes('next') && (await rows('at-last')).length === 0)
      await close()
      expect(handled).toEqual(['slow', 'next'])
      expect(errors).toHaveLength(1)
    })

    test.each([
      ['the store', new MurmurError('MUR_STORE_DOWN', { reason: 'the disk takes no more' })],
      ['a server', new MurmurError('MUR_MODEL_DOWN')],
    ])('an outage of %s counts against no event, however long it takes', async (what, outage) => {
      const handled: string[] = []
      let failures = 0
      const { say, close, errors } = await follow(`outage of ${what}`, async (words) => {
        if (failures++ < maxTries * 3) throw outage
        handled.push(...words)
      })
      await say('a', 'b')
      await waitUntil('the outage is over', async () => handled.length > 0)
      await close()
      expect(handled).toEqual(['a', 'b'])
      expect(errors).toHaveLength(maxTries * 3)
      expect(await rows(`outage of ${what}`)).toEqual([])
    })

    test('tries what was set aside once more at the next start, and counts a failure of it', async () => {
      let isMended = false
      const handled: string[] = []
      const handle = async (words: readonly string[]): Promise<void> => {
        if (words.includes('bad') && !isMended) throw new Error('a bug')
        handled.push(...words)
      }
      const first = await follow('next-start', handle)
      await first.say('bad', 'a')
      await waitUntil('it is set aside', async () => handled.includes('a'))
      await first.close()
      const second = await follow('next-start', handle)
      await second.say('b')
      await waitUntil('it was tried again', async () => handled.includes('b'))
      await second.close()
      expect(await rows('next-start')).toMatchObject([{ tries: maxTries + 1, set_aside_at_ms: expect.any(Number) }])
      isMended = true
      const third = await follow('next-start', handle)
      await waitUntil('it was handled', async () => (await rows('next-start')).length === 0)
      await third.close()
      expect(handled).toEqual(['a', 'b', 'bad'])
    })

    test('does not begin anew with an event that a process set aside before it died', async () => {
      const handled: string[] = []
      const handle = async (words: readonly string[]): Promise<void> => {
        if (words.includes('bad')) throw new Error('a bug')
        handled.push(...words)
      }
      const first = await follow('died', handle, { cursors: { ...createEventCursors(database), advance: async () => Promise.reject(new Error('killed')) } })
      await first.say('bad', 'a')
      await waitUntil('it is set aside', async () => (await rows('died')).some((row) => row.set_aside_at_ms !== null))
      await first.close()
      const second = await follow('died', handle)
      await waitUntil('the reader goes on', async () => handled.includes('a'))
      await second.close()
      expect(await setAsides.isSetAside('died', (await rows('died'))[0]?.seq ?? 0)).toBe(true)
    })

    test('that a report of it fails is not reported', async () => {
      const before = await events.lastSeq()
      const failed = { event: { seq: before + 1_000, workspaceId: 'T1' as WorkspaceId, type: setAsideType }, errorCode: 'MUR_BUG' }
      await setAsides.noteTry('reports', failed, 5)
      await setAsides.setAside('reports', failed, 5)
      expect(await events.lastSeq()).toBe(before)
      expect(await setAsides.listSetAside('reports')).toEqual([before + 1_000])
      await setAsides.forgetBefore(6)
      expect(await setAsides.listSetAside('reports')).toEqual([])
    })
  })
}
