import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { MurmurError } from '../../src/errors.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import type { EmbeddedItem, MemoryFilter, VectorMemory, VectorSpace } from '../../src/storage/vectors/vector-memory.ts'
import { seededRandom } from '../fakes/seeded-random.ts'

export interface VectorMemoryUnderTest {
  readonly name: string
  /** @param nowMs the clock by which items expire */
  create(nowMs: () => number): Promise<VectorMemory>
  /** The same store as another process sees it. */
  reopen(nowMs: () => number): Promise<VectorMemory>
  destroy(): Promise<void>
}

const space: VectorSpace = { embedder: 'test', dimension: 4 }
const startMs = 1_800_000_000_000

const vector = (...values: number[]): Float32Array => Float32Array.from(values)

/** A workspace that no other test has, also on a server that is not new. */
const aWorkspace = (): WorkspaceId => `T${randomBytes(8).toString('hex')}` as WorkspaceId

const anItem = (workspaceId: WorkspaceId, id: string, over: Partial<EmbeddedItem> = {}): EmbeddedItem => ({
  id,
  workspaceId,
  kind: 'result',
  text: `text of ${id}`,
  atMs: startMs,
  vector: vector(1, 0, 0, 0),
  ...over,
})

/** What a vector memory does, wherever it keeps its vectors. */
export function testVectorMemory({ name, create, reopen, destroy }: VectorMemoryUnderTest): void {
  describe(`the vector memory ${name}`, () => {
    let nowMs = startMs
    let memory: VectorMemory
    let other: VectorMemory
    beforeAll(async () => {
      memory = await create(() => nowMs)
      other = await reopen(() => nowMs)
    }, 60_000)
    afterAll(async () => {
      await memory.close()
      await other.close()
      await destroy()
    })

    const find = async (workspaceId: WorkspaceId, filter: MemoryFilter = {}, from = memory) =>
      (await from.query({ workspaceId, space, vector: vector(1, 0, 0, 0), limit: 10, filter })).map(({ item }) => item.id)

    test('items are found by nearness, best first, whole as they were stored', async () => {
      const workspaceId = aWorkspace()
      const near = anItem(workspaceId, 'near', { vector: vector(2, 0.2, 0, 0), goalId: 'C1', runId: 'r1', agentId: 'a1', kind: 'position', text: 'Ünïcode "q" ❄️' })
      const items = [anItem(workspaceId, 'far', { vector: vector(-1, 0, 0, 0) }), near, anItem(workspaceId, 'beside', { vector: vector(0, 3, 0, 0) })]
      await memory.upsert(workspaceId, space, items)
      const hits = await memory.query({ workspaceId, space, vector: vector(5, 0, 0, 0), limit: 2 })
      const { vector: _, ...stored } = near
      expect(hits.map(({ item }) => item)).toEqual([stored, expect.objectContaining({ id: 'beside' })])
      expect(hits[0]?.score).toBeCloseTo(2 / Math.hypot(2, 0.2), 5)
      expect(hits[1]?.score).toBeCloseTo(0, 5)
      expect(await memory.spaceOf(workspaceId)).toEqual(space)
    })

    test('a workspace that has nothing finds nothing, counts nothing and has no space', async () => {
      const workspaceId = aWorkspace()
      expect(await find(workspaceId)).toEqual([])
      expect(await memory.count(workspaceId)).toBe(0)
      expect(await memory.spaceOf(workspaceId)).toBeUndefined()
      await memory.delete(workspaceId, { ids: ['none'] })
      await memory.delete(workspaceId, { filter: { goalId: 'C1' } })
    })

    test('nothing crosses between workspaces', async () => {
      const [one, two] = [aWorkspace(), aWorkspace()]
      await memory.upsert(one, space, [anItem(one, 'same id', { text: 'of one' })])
      await memory.upsert(two, space, [anItem(two, 'same id', { text: 'of two' })])
      expect((await memory.query({ workspaceId: one, space, vector: vector(1, 0, 0, 0), limit: 10 })).map(({ item }) => item.text)).toEqual(['of one'])
      await memory.delete(one, { ids: ['same id'] })
      expect(await find(two)).toEqual(['same id'])
    })

    test('a workspace may be called anything', async () => {
      const workspaceId = `door ${randomBytes(6).toString('hex')} / ümlaut` as WorkspaceId
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a')])
      expect(await find(workspaceId)).toEqual(['a'])
    })

    test('every filter holds, alone and together, in search, count and deletion', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [
        anItem(workspaceId, 'a', { goalId: 'C1', runId: 'r1', agentId: 'x', kind: 'result' }),
        anItem(workspaceId, 'b', { goalId: 'C1', runId: 'r2', agentId: 'y', kind: 'position', atMs: startMs + 10 }),
        anItem(workspaceId, 'c', { goalId: 'C2', runId: 'r3', agentId: 'x', kind: 'message', atMs: startMs + 20 }),
        anItem(workspaceId, 'd'),
      ])
      const cases: [MemoryFilter, string[]][] = [
        [{}, ['a', 'b', 'c', 'd']],
        [{ goalId: 'C1' }, ['a', 'b']],
        [{ runId: 'r2' }, ['b']],
        [{ agentId: 'x' }, ['a', 'c']],
        [{ kinds: ['result', 'message'] }, ['a', 'c', 'd']],
        [{ sinceMs: startMs + 10 }, ['b', 'c']],
        [{ goalId: 'C1', kinds: ['position'], agentId: 'y', sinceMs: startMs + 10 }, ['b']],
        [{ goalId: 'C1', agentId: 'z' }, []],
      ]
      for (const [filter, ids] of cases) {
        expect((await find(workspaceId, filter)).toSorted()).toEqual(ids)
        expect(await memory.count(workspaceId, filter)).toBe(ids.length)
      }
      await memory.delete(workspaceId, { filter: { goalId: 'C1', kinds: ['result'] } })
      expect((await find(workspaceId)).toSorted()).toEqual(['b', 'c', 'd'])
      await memory.delete(workspaceId, { ids: ['b', 'unknown'] })
      expect((await find(workspaceId)).toSorted()).toEqual(['c', 'd'])
    })

    test('the same id again replaces text, vector and facts', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a', { goalId: 'C1', vector: vector(0, 1, 0, 0) })])
      const doubled = [anItem(workspaceId, 'a', { text: 'first' }), anItem(workspaceId, 'a', { text: 'second', kind: 'position' })]
      await memory.upsert(workspaceId, space, doubled)
      const [hit, ...more] = await memory.query({ workspaceId, space, vector: vector(1, 0, 0, 0), limit: 10 })
      expect(more).toEqual([])
      expect(hit?.item).toMatchObject({ text: 'second', kind: 'position' })
      expect(hit?.score).toBeCloseTo(1, 5)
    })

    test('what has expired is neither found nor counted, and upkeep deletes it', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'short', { expiresAtMs: nowMs + 1_000 }), anItem(workspaceId, 'long', { expiresAtMs: nowMs + 9_000 }), anItem(workspaceId, 'kept')])
      expect(await memory.count(workspaceId)).toBe(3)
      nowMs += 1_000
      expect((await find(workspaceId)).toSorted()).toEqual(['kept', 'long'])
      expect(await memory.count(workspaceId)).toBe(2)
      await memory.tidy()
      nowMs -= 1_000
      expect((await find(workspaceId)).toSorted()).toEqual(['kept', 'long'])
    })

    test('the end of what expires can be moved, and nothing else changes', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a', { expiresAtMs: nowMs + 1_000, goalId: 'C1', text: 'kept' }), anItem(workspaceId, 'b', { expiresAtMs: nowMs + 1_000 }), anItem(workspaceId, 'for ever')])
      await memory.extend(workspaceId, ['a', 'for ever', 'unknown'], nowMs + 5_000)
      await memory.extend(aWorkspace(), ['a'], nowMs + 5_000)
      nowMs += 1_000
      for (const each of [memory, other]) expect((await find(workspaceId, {}, each)).toSorted()).toEqual(['a', 'for ever'])
      const [hit] = await memory.query({ workspaceId, space, vector: vector(1, 0, 0, 0), limit: 1, filter: { goalId: 'C1' } })
      expect(hit?.item).toMatchObject({ id: 'a', text: 'kept', expiresAtMs: nowMs + 4_000 })
      nowMs += 4_000
      expect(await find(workspaceId)).toEqual(['for ever'])
      nowMs -= 5_000
    })

    test('a check reads everything and finds nothing wrong', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, Array.from({ length: 120 }, (_, at) => anItem(workspaceId, `i${at}`, { vector: vector(at, 1, 2, 3) })))
      await memory.delete(workspaceId, { ids: ['i7'] })
      for (const each of [memory, other]) expect(await each.check(workspaceId)).toEqual({ items: 119, problems: [] })
      expect(await memory.check(aWorkspace())).toEqual({ items: 0, problems: [] })
    })

    test('another embedder or dimension is refused, and what is stored stays', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a')])
      const others: VectorSpace[] = [{ embedder: 'other', dimension: 4 }, { embedder: 'test', dimension: 3 }]
      for (const wrong of others) {
        const given = new Float32Array(wrong.dimension).fill(1)
        const refusal = { code: 'MUR_MEMORY_SPACE', message: expect.stringMatching(/test \(4\).*embedded anew/) }
        await expect(memory.upsert(workspaceId, wrong, [anItem(workspaceId, 'b', { vector: given })])).rejects.toMatchObject(refusal)
        await expect(memory.query({ workspaceId, space: wrong, vector: given, limit: 1 })).rejects.toMatchObject(refusal)
      }
      await expect(memory.upsert(workspaceId, space, [anItem(workspaceId, 'b', { vector: vector(1, 2) })])).rejects.toMatchObject({ code: 'MUR_MEMORY_SPACE' })
      await expect(memory.upsert(workspaceId, space, [anItem(workspaceId, 'b', { vector: vector(1, Number.NaN, 0, 0) })])).rejects.toMatchObject({ code: 'MUR_BUG' })
      expect(await find(workspaceId)).toEqual(['a'])
    })

    test('an emptied workspace may begin with another space', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a')])
      await memory.delete(workspaceId, { filter: {} })
      expect(await memory.spaceOf(workspaceId)).toBeUndefined()
      await memory.upsert(workspaceId, { embedder: 'other', dimension: 2 }, [anItem(workspaceId, 'b', { vector: vector(1, 0) })])
      expect(await memory.spaceOf(workspaceId)).toEqual({ embedder: 'other', dimension: 2 })
      expect(await memory.count(workspaceId)).toBe(1)
    })

    test('a workspace is embedded anew, also when that was cut off, and nothing is lost', async () => {
      const workspaceId = aWorkspace()
      const next: VectorSpace = { embedder: 'next', dimension: 2 }
      await memory.upsert(workspaceId, space, Array.from({ length: 150 }, (_, at) => anItem(workspaceId, `i${at}`, { goalId: `C${at % 2}` })))
      let calls = 0
      const embed = async (items: readonly unknown[]) => {
        if (++calls === 2) throw new MurmurError('MUR_MODEL_DOWN', { reason: 'cut off' })
        // Not all the same: an approximate index loses its way among equals.
        return items.map((_, at) => vector(at / 1_000, 1))
      }
      await expect(memory.reembed(workspaceId, next, embed)).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN' })
      // The new space is served at once.
      await memory.upsert(workspaceId, next, [anItem(workspaceId, 'new', { vector: vector(1, 0) })])
      expect(await memory.reembed(workspaceId, next, embed)).toBeGreaterThan(0)
      expect(await memory.reembed(workspaceId, next, embed)).toBe(0)
      expect(await memory.count(workspaceId)).toBe(151)
      expect(await memory.count(workspaceId, { goalId: 'C1' })).toBe(75)
      const hits = await memory.query({ workspaceId, space: next, vector: vector(0, 1), limit: 100 })
      expect(hits).toHaveLength(100)
      expect(hits.every(({ score, item }) => score > 0.99 && item.id !== 'new')).toBe(true)
      await expect(memory.query({ workspaceId, space, vector: vector(1, 0, 0, 0), limit: 1 })).rejects.toMatchObject({ code: 'MUR_MEMORY_SPACE' })
    })

    test('another process sees what was written and deleted, and its own writes stay beside it', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'a'), anItem(workspaceId, 'b')])
      expect((await find(workspaceId, {}, other)).toSorted()).toEqual(['a', 'b'])
      await memory.delete(workspaceId, { ids: ['a'] })
      await other.upsert(workspaceId, space, [anItem(workspaceId, 'c')])
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'd')])
      for (const each of [memory, other]) expect((await find(workspaceId, {}, each)).toSorted()).toEqual(['b', 'c', 'd'])
      await other.delete(workspaceId, { filter: {} })
      await other.upsert(workspaceId, space, [anItem(workspaceId, 'e')])
      expect(await find(workspaceId)).toEqual(['e'])
    })

    test('writes of many at once are all there', async () => {
      const workspaceId = aWorkspace()
      const stores = [memory, other]
      await Promise.all(Array.from({ length: 60 }, (_, at) => (stores[at % 2] ?? memory).upsert(workspaceId, space, [anItem(workspaceId, `i${at}`), anItem(workspaceId, `j${at}`)])))
      expect(await memory.count(workspaceId)).toBe(120)
      expect(await other.count(workspaceId)).toBe(120)
    })

    test('the nearest of many are found as by comparing all', async () => {
      const workspaceId = aWorkspace()
      const random = seededRandom(7)
      const wide: VectorSpace = { embedder: 'test', dimension: 33 }
      const draw = () => Float32Array.from({ length: 33 }, () => random() - 0.5)
      const items = Array.from({ length: 700 }, (_, at) => anItem(workspaceId, `i${at}`, { vector: draw(), goalId: `C${at % 3}` }))
      await memory.upsert(workspaceId, wide, items)
      const wanted = draw()
      const cosine = (one: Float32Array) => one.reduce((sum, value, at) => sum + value * (wanted[at] ?? 0), 0) / Math.hypot(...one) / Math.hypot(...wanted)
      const best = items.filter(({ goalId }) => goalId === 'C1').toSorted((a, b) => cosine(b.vector) - cosine(a.vector)).slice(0, 5)
      const hits = await memory.query({ workspaceId, space: wide, vector: wanted, limit: 5, filter: { goalId: 'C1' } })
      expect(hits.map(({ item }) => item.id)).toEqual(best.map(({ id }) => id))
      hits.forEach(({ score }, at) => expect(score).toBeCloseTo(cosine(best[at]?.vector ?? wanted), 4))
    })

    test('a text without direction is kept, and near to nothing', async () => {
      const workspaceId = aWorkspace()
      await memory.upsert(workspaceId, space, [anItem(workspaceId, 'zero', { vector: vector(0, 0, 0, 0) }), anItem(workspaceId, 'a')])
      const hits = await memory.query({ workspaceId, space, vector: vector(1, 0, 0, 0), limit: 2 })
      expect(hits.map(({ item }) => item.id)).toEqual(['a', 'zero'])
      expect(hits[1]?.score).toBeCloseTo(0, 5)
    })

    test('says that it is well', async () => {
      await expect(memory.health()).resolves.toBeUndefined()
    })
  })
}
