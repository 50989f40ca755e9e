import { describe, expect, test } from '@jest/globals'
import { AgentPool, type AgentPoolOptions, type PoolLease } from '../../src/agents/agent-pool.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

interface Made {
  readonly id: string
  readonly serial: number
}
const never = new AbortController().signal

function aPool(options: Partial<AgentPoolOptions> = {}) {
  const clock = new ManualClock()
  const pool = new AgentPool<Made>({ nowMs: clock.now, ...options })
  const made: Made[] = []
  const make = (id: string) => async () => {
    const instance = { id, serial: made.length }
    made.push(instance)
    return instance
  }
  const acquire = (id: string, signal = never) => pool.acquire(id, make(id), signal)
  return { pool, clock, made, make, acquire }
}
/** Lets everything that is ready run on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('makes an instance on first use and once', async () => {
  const { pool, made, acquire } = aPool()
  expect(pool.size).toBe(0)
  const [first, second] = await Promise.all([acquire('a'), acquire('a')])
  expect(first.instance).toBe(second.instance)
  first.release()
  second.release()
  expect((await acquire('a')).instance).toBe(first.instance)
  expect(made).toHaveLength(1)
})

test('evicts the idle one that was used least recently', async () => {
  const { pool, acquire } = aPool({ maxActive: 3 })
  for (const id of ['a', 'b', 'c', 'a']) (await acquire(id)).release()
  await acquire('d')
  expect(['a', 'b', 'c', 'd'].filter((id) => pool.has(id))).toEqual(['a', 'c', 'd'])
})

test('drops what was idle for a day and nothing that is at work', async () => {
  const { pool, clock, acquire } = aPool()
  const busy = await acquire('busy')
  const idle = await acquire('idle')
  idle.release()
  clock.advance(24 * 3_600_000 - 1)
  expect(pool.dropIdle()).toBe(0)
  clock.advance(1)
  expect(pool.dropIdle()).toBe(1)
  expect([pool.has('busy'), pool.has('idle')]).toEqual([true, false])
  busy.release()
  clock.advance(24 * 3_600_000)
  await acquire('other')
  expect(pool.has('busy')).toBe(false)
})

test('lets a caller wait while all are at work, and serves those who wait in their order', async () => {
  const { pool, acquire } = aPool({ maxActive: 1 })
  const served: string[] = []
  const first = await acquire('a')
  const waiting = ['b', 'c', 'b'].map(async (id) => {
    const lease = await acquire(id)
    served.push(id)
    return lease
  })
  await settle()
  expect([pool.waiting, served]).toEqual([3, []])
  first.release()
  await settle()
  expect(served).toEqual(['b'])
  ;(await waiting[0])?.release()
  await settle()
  expect(served).toEqual(['b', 'c'])
  ;(await waiting[1])?.release()
  expect((await waiting[2])?.instance.id).toBe('b')
})

test('keeps nobody out for the sake of an agent in constant demand', async () => {
  const { acquire } = aPool({ maxActive: 1 })
  const first = await acquire('popular')
  const other = acquire('other')
  const later = acquire('popular')
  first.release()
  const lease = await other
  lease.release()
  expect((await later).instance.id).toBe('popular')
})

test('a caller who gives up leaves the queue, and its place is not lost', async () => {
  const { pool, acquire } = aPool({ maxActive: 1 })
  const cancel = new AbortController()
  const first = await acquire('a')
  const waiting = acquire('b', cancel.signal)
  const behind = acquire('c')
  cancel.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
  first.release()
  expect((await behind).instance.id).toBe('c')
  expect(pool.waiting).toBe(0)
  await expect(acquire('d', cancel.signal)).rejects.toThrow('stopped')
})

test('refuses one who would be too many to wait', async () => {
  const { acquire } = aPool({ maxActive: 1, maxWaiting: 1 })
  await acquire('a')
  void acquire('b')
  await expect(acquire('c')).rejects.toMatchObject({ code: 'MUR_AGENTS_BUSY', retry: 'backoff' })
})

test('gives nothing instead of a place in the queue to who may not wait', async () => {
  const { pool, make, acquire } = aPool({ maxActive: 1 })
  const busy = await acquire('a')
  expect((await pool.tryAcquire('a', make('a')))?.instance).toBe(busy.instance)
  expect(await pool.tryAcquire('b', make('b'))).toBeUndefined()
})

test('keeps nothing of an instance that could not be made', async () => {
  const { pool, acquire } = aPool({ maxActive: 1 })
  const failing = () => Promise.reject(new Error('no such agent'))
  const both = [pool.acquire('a', failing, never), pool.acquire('a', failing, never)]
  const behind = acquire('b')
  for (const lease of both) await expect(lease).rejects.toThrow('no such agent')
  ;(await behind).release()
  expect((await acquire('a')).instance.id).toBe('a')
})

test('a forgotten agent is made anew, and until its work is done it still counts', async () => {
  const { pool, made, acquire } = aPool({ maxActive: 2 })
  const old = await acquire('a')
  pool.forget('a')
  expect([pool.has('a'), pool.size]).toEqual([false, 1])
  const fresh = await acquire('a')
  expect(fresh.instance).not.toBe(old.instance)
  expect(pool.size).toBe(2)
  old.release()
  expect(pool.size).toBe(1)
  fresh.release()
  pool.forget()
  expect([pool.size, made.length]).toEqual([0, 2])
})

describe('under random use', () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
  test.each(seeds)('holds its limit, its order and its promises (seed %i)', async (seed) => {
    const random = seededRandom(seed)
    const maxActive = 1 + pickNumber(random, 6)
    const { pool, clock, acquire } = aPool({ maxActive, maxWaiting: 30 })
    const out: PoolLease<Made>[] = []
    const asked: { cancel: AbortController; state: 'waiting' | 'served' | 'refused' }[] = []
    /** Idle agents as they should be, least recently used first. */
    let idle: string[] = []
    const ids = Array.from({ length: 9 }, (_, index) => `agent-${index}`)
    for (let step = 0; step < 300; step++) {
      const dice = random()
      const before = ids.filter((id) => pool.has(id))
      let evicted: readonly (string | undefined)[] = []
      let due: readonly (string | undefined)[] = []
      if (dice < 0.5) {
        const id = ids[pickNumber(random, ids.length)] ?? ''
        const entry: (typeof asked)[number] = { cancel: new AbortController(), state: 'waiting' }
        const mustEvict = pool.waiting === 0 && !pool.has(id) && pool.size === maxActive && idle.length > 0
        if (mustEvict) due = [idle[0]]
        asked.push(entry)
        void acquire(id, entry.cancel.signal).then(
          (lease) => {
            entry.state = 'served'
            out.push(lease)
          },
          () => (entry.state = 'refused'),
        )
        await settle()
        if (mustEvict) evicted = before.filter((known) => !pool.has(known))
      } else if (dice < 0.9) out.splice(pickNumber(random, out.length), 1)[0]?.release()
      else if (dice < 0.97) asked.filter(({ state }) => state === 'waiting')[0]?.cancel.abort(new Error('gone'))
      else clock.advance(3_600_000)
      await settle()
      expect(evicted).toEqual(due)
      const atWork = new Set(out.map(({ instance }) => instance.id))
      expect(pool.size).toBeLessThanOrEqual(maxActive)
      expect(pool.atWork).toBe(atWork.size)
      // No eviction at work: every lease that is out is of the one instance the pool knows by that name.
      for (const id of atWork) {
        expect(pool.has(id)).toBe(true)
        expect(new Set(out.filter(({ instance }) => instance.id === id).map(({ instance }) => instance.serial)).size).toBe(1)
      }
      // Somebody waits only while all are at work.
      expect(pool.waiting === 0 || atWork.size === maxActive).toBe(true)
      const stillIdle = ids.filter((id) => pool.has(id) && !atWork.has(id))
      idle = [...idle.filter((id) => stillIdle.includes(id) && !wasUsed(before, id)), ...stillIdle.filter((id) => !idle.includes(id))]
    }
    while (asked.some(({ state }) => state === 'waiting')) {
      out.splice(0).forEach((lease) => lease.release())
      await settle()
    }
    expect(pool.waiting).toBe(0)
  })
})

/** One that was dropped and came back within a step is as new as one that came. */
const wasUsed = (before: readonly string[], id: string): boolean => !before.includes(id)
