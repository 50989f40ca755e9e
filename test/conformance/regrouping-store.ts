import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase, type Trx } from '../../src/storage/database.ts'
import { newRunId } from '../../src/storage/ids.ts'
import { createPatternStore, type PatternStore } from '../../src/storage/pattern-store.ts'
import type { PatternExample, PatternRecord, RunId, WorkflowId, WorkspaceId } from '../../src/storage/records.ts'
import { createRegroupingStore, type RegroupingStore } from '../../src/storage/regrouping-store.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { aNewRun, aPattern, aRequest } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

const workspaceId = 'T1' as WorkspaceId
const dayMs = 24 * 3_600_000

/** What every store of patterns and of their regroupings does, whatever engine it stands on. */
export function testRegroupingStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the store of regroupings on ${name}`, () => {
    let database: Database
    let patterns: PatternStore
    let regroupings: RegroupingStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      patterns = createPatternStore(database)
      regroupings = createRegroupingStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const within = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    let goals = 0
    const freshGoal = (): string => `C${++goals}`
    const count = (goalId: string, dueFrom = 3, nowMs = 1_000) => within((trx) => regroupings.count(trx, { workspaceId, goalId }, dueFrom, nowMs))
    const take = (owner: string, nowMs = 5_000, groupedBeforeMs = nowMs - dayMs) => regroupings.take({ owner, nowMs, untilMs: nowMs + 1_000, groupedBeforeMs })

    test('a goal is due with enough runs, and again with enough more, those counted that came meanwhile', async () => {
      const goalId = freshGoal()
      expect([await count(goalId), await count(goalId)]).toEqual([false, false])
      expect(await take('one')).toBeUndefined()
      expect(await count(goalId)).toBe(true)
      const turn = await take('one')
      expect(turn).toEqual({ workspaceId, goalId, waiting: 3, owner: 'one' })
      await count(goalId)
      expect(await within((trx) => regroupings.end(trx, turn!, 2, 6_000))).toBe(true)
      expect(await take('one')).toBeUndefined()
      expect(await count(goalId)).toBe(true)
      const next = await take('one')
      expect(next).toMatchObject({ goalId, waiting: 2 })
      await within((trx) => regroupings.end(trx, next!, 100, 6_000))
    })

    test('a goal with any new run is due once a day', async () => {
      const goalId = freshGoal()
      await count(goalId, 100, 1_000)
      expect(await take('one', 1_000 + dayMs - 1)).toBeUndefined()
      const turn = await take('one', 1_000 + dayMs)
      expect(turn).toMatchObject({ goalId, waiting: 1 })
      await within((trx) => regroupings.end(trx, turn!, 100, 1_000 + dayMs))
      expect(await take('one', 1_000 + 3 * dayMs)).toBeUndefined()
    })

    test('one process has a turn at a time, and who has lost it can not end it', async () => {
      const goalId = freshGoal()
      await count(goalId, 1)
      const turns = await Promise.all(['one', 'one', 'one'].map((owner) => take(owner)))
      const [turn] = turns.filter((each) => each !== undefined)
      expect(turns.filter((each) => each !== undefined)).toHaveLength(1)
      expect(await take('one', 5_999)).toBeUndefined()
      const later = await take('other', 6_001)
      expect(later).toMatchObject({ goalId, owner: 'other' })
      expect(await within((trx) => regroupings.end(trx, turn!, 100, 6_002))).toBe(false)
      expect(await within((trx) => regroupings.end(trx, later!, 100, 6_003))).toBe(true)
    })

    test('what another process has taken on is left to it where there can be one', async () => {
      const goalId = freshGoal()
      await count(goalId, 1)
      const turn = await take('one')
      const seized = await take('other')
      expect(seized === undefined).toBe(database.traits.isSingleProcess === false)
      await within((trx) => regroupings.end(trx, (seized ?? turn)!, 100, 6_000))
    })

    const example = (runId: RunId): PatternExample => ({ runId, text: `text of ${runId}` })
    const patternOf = (goalId: string, examples: readonly PatternExample[], over: Partial<PatternRecord> = {}): PatternRecord => aPattern({ workspaceId, goalId, examples, runs: examples.length, ...over })
    const put = (pattern: PatternRecord) => within((trx) => patterns.insert(trx, pattern))
    async function runOf(pattern: PatternRecord, runId: RunId = newRunId()): Promise<RunId> {
      const runs = createRunStore(database.db)
      await within(async (trx) => {
        await runs.insertOnce(trx, aNewRun({ runId, request: aRequest({ workspaceId: pattern.workspaceId }) }), [])
        await runs.setPattern(trx, runId, pattern.patternId)
      })
      return runId
    }
    const patternIdOf = async (runId: RunId) => (await createRunStore(database.db).find(runId))?.patternId

    test('rewrites who belongs where in one transaction: all of it, or nothing', async () => {
      const goalId = freshGoal()
      const [ids, forgotten] = [Array.from({ length: 4 }, () => newRunId()) as [RunId, RunId, RunId, RunId], newRunId()]
      const into = patternOf(goalId, [example(ids[0])])
      const split = patternOf(goalId, [example(ids[1])])
      const ended = patternOf(goalId, [example(ids[2]), example(ids[3])])
      for (const pattern of [into, split, ended]) await put(pattern)
      for (const [pattern, runId] of [[into, ids[0]], [split, ids[1]], [ended, ids[2]], [ended, ids[3]], [ended, forgotten]] as const) await runOf(pattern, runId)
      const begun = patternOf(goalId, [example(ids[1])], { title: 'begun' })
      const rewriting = { workspaceId, goalId, begun: [begun], changed: [{ ...into, title: 'changed', runs: 4 }], heirs: new Map([[ended.patternId, into.patternId]]), moved: new Map([[begun.patternId, [ids[1]]], [split.patternId, [ids[3]]]]) }
      const broken = within(async (trx) => {
        await patterns.rewrite(trx, rewriting)
        throw new Error('killed')
      })
      await expect(broken).rejects.toThrow('killed')
      expect(await Promise.all([...ids, forgotten].map(patternIdOf))).toEqual([into, split, ended, ended, ended].map(({ patternId }) => patternId))
      expect(await patterns.find(into.patternId)).toEqual(into)
      await within((trx) => patterns.rewrite(trx, rewriting))
      expect(await Promise.all([...ids, forgotten].map(patternIdOf))).toEqual([into, begun, into, split, into].map(({ patternId }) => patternId))
      expect(await patterns.find(ended.patternId)).toBeUndefined()
      expect(await patterns.find(begun.patternId)).toEqual(begun)
      expect(await patterns.find(into.patternId)).toMatchObject({ title: 'changed', runs: 4 })
      expect(await patterns.find(split.patternId)).toEqual(split)
    })

    test('touches no pattern and no run of another workspace or goal', async () => {
      const [goalId, otherGoal] = [freshGoal(), freshGoal()]
      const elsewhere = { ...patternOf(goalId, [example(newRunId())]), workspaceId: 'T2' as WorkspaceId }
      const beside = patternOf(otherGoal, [example(newRunId())])
      const own = patternOf(goalId, [example(newRunId())])
      for (const pattern of [elsewhere, beside, own]) await put(pattern)
      const runId = await runOf(elsewhere)
      expect(await within((trx) => patterns.lock(trx, own, [elsewhere, beside, own].map(({ patternId }) => patternId)))).toEqual([own])
      expect(await patterns.listRecent(own, { hasWorkflow: false, maxExamples: 10 })).toEqual([own])
      const heirs = new Map([[elsewhere.patternId, own.patternId], [beside.patternId, own.patternId]])
      await within((trx) => patterns.rewrite(trx, { workspaceId, goalId, begun: [], changed: [{ ...elsewhere, title: 'x' }, { ...beside, title: 'x' }], heirs, moved: new Map([[own.patternId, [runId]]]) }))
      expect(await Promise.all([elsewhere, beside].map(({ patternId }) => patterns.find(patternId)))).toEqual([elsewhere, beside])
      expect(await patternIdOf(runId)).toBe(elsewhere.patternId)
    })

    test('many are read, locked and rewritten in parts, seen last first, up to a bound', async () => {
      const goalId = freshGoal()
      const all = Array.from({ length: 230 }, (_, at) => patternOf(goalId, [example(newRunId())], { lastSeenAtMs: at, workflowId: at < 5 ? (`w${at}` as WorkflowId) : undefined }))
      for (const pattern of all) await put(pattern)
      const read = async (hasWorkflow: boolean, maxExamples: number) => (await patterns.listRecent({ workspaceId, goalId }, { hasWorkflow, maxExamples })).map(({ lastSeenAtMs }) => lastSeenAtMs)
      expect(await read(true, 3)).toEqual([4, 3, 2])
      expect(await read(false, 1_000)).toEqual(Array.from({ length: 225 }, (_, at) => 229 - at))
      expect(await read(false, 150)).toHaveLength(150)
      const [heir, ...ended] = all.slice(5) as [PatternRecord, ...PatternRecord[]]
      await within(async (trx) => {
        expect(await patterns.lock(trx, { workspaceId, goalId }, all.map(({ patternId }) => patternId))).toHaveLength(230)
        await patterns.rewrite(trx, { workspaceId, goalId, begun: [], changed: [heir], heirs: new Map(ended.map(({ patternId }) => [patternId, heir.patternId])), moved: new Map() })
      })
      expect(await read(false, 1_000)).toEqual([5])
    })
  })
}
