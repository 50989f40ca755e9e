import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PatternBook } from '../../../src/learning/patterns/pattern-book.ts'
import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import { createPatternStore } from '../../../src/storage/pattern-store.ts'
import type { PatternRecord, WorkspaceId } from '../../../src/storage/records.ts'
import { storeEngines } from '../../conformance/engines.ts'

const workspaceId = 'T1' as WorkspaceId
const alike = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30`

describe.each(storeEngines())('the book of patterns on $name', ({ create, destroy }) => {
  let databases: Database[]
  let books: [PatternBook, PatternBook]
  beforeAll(async () => {
    const place = await create()
    const database = await openDatabase(place)
    // SQLite is of one process.
    const other = database.traits.isSingleProcess ? database : await openDatabase(place)
    databases = [...new Set([database, other])]
    const bookOf = (one: Database) => new PatternBook({ database: one, patterns: createPatternStore(one), nowMs: Date.now })
    books = [bookOf(database), bookOf(other)]
  })
  afterAll(async () => {
    for (const database of databases) await database.close()
    await destroy()
  })

  let goals = 0
  const freshGoal = (): string => `C${++goals}`

  async function put(book: PatternBook, goalId: string, text: string): Promise<PatternRecord> {
    const request = { workspaceId, goalId, text }
    const pattern = await book.place(request, undefined, (trx, place) => book.assign(trx, { ...request, runId: newRunId() }, place))
    await book.note(pattern)
    return pattern
  }

  const stored = (goalId: string) => createPatternStore(databases[0] as Database).listGoal(workspaceId, goalId)

  test('alike requests at the same time are of one pattern, in whatever processes', async () => {
    const goalId = freshGoal()
    await Promise.all(Array.from({ length: 8 }, (_, nth) => put(books[nth % 2] as PatternBook, goalId, alike(nth))))
    const patterns = await stored(goalId)
    expect(patterns.map(({ runs, examples }) => [runs, examples.length])).toEqual([[8, 8]])
  })

  test('a request joins the pattern that another process has just begun', async () => {
    const [goalId, [one, other]] = [freshGoal(), books]
    await put(other, goalId, 'Name the rivers of the north')
    const begun = await put(one, goalId, alike(1))
    expect((await put(other, goalId, alike(2))).patternId).toBe(begun.patternId)
  })

  test('requests of other kinds at the same time have a pattern each', async () => {
    const goalId = freshGoal()
    const texts = ['Name the rivers of the north', 'Plan a feast for twenty', 'Why is the build red?', 'Translate "harbour" into Danish', 'Sum up the minutes of May']
    await Promise.all(texts.map((text, nth) => put(books[nth % 2] as PatternBook, goalId, text)))
    expect((await stored(goalId)).map(({ examples }) => examples.map(({ text }) => text).join()).toSorted()).toEqual(texts.toSorted())
  })

  test('a request whose pattern has ended meanwhile joins the one that took it over', async () => {
    const [goalId, [one, other]] = [freshGoal(), books]
    const [former, heir] = [await put(one, goalId, alike(1)), await put(one, goalId, 'Plan a feast for twenty')]
    await put(other, goalId, alike(2))
    const patterns = createPatternStore(databases[0] as Database)
    await (databases[0] as Database).db.transaction().execute(async (trx) => {
      const changed = { ...heir, examples: former.examples }
      await patterns.rewrite(trx, { workspaceId, goalId, begun: [], changed: [changed], heirs: new Map([[former.patternId, heir.patternId]]), moved: new Map() })
    })
    expect((await put(other, goalId, alike(3))).patternId).toBe(heir.patternId)
    expect(await stored(goalId)).toHaveLength(1)
  })

  test('what is to be written for a place fails with its own error, once', async () => {
    let tries = 0
    const written = books[0].place({ workspaceId, goalId: freshGoal(), text: alike(1) }, undefined, async () => {
      tries++
      throw new Error('The disk is full.')
    })
    await expect(written).rejects.toThrow('The disk is full.')
    expect(tries).toBe(1)
  })
})
