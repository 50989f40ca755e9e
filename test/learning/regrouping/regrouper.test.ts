import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { groupRuns } from '../../../src/learning/regrouping/group-runs.ts'
import type { RegrouperDeps } from '../../../src/learning/regrouping/regrouper.ts'
import { openDatabase, type Database, type Trx } from '../../../src/storage/database.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import type { PatternRecord, WorkflowState, WorkspaceId } from '../../../src/storage/records.ts'
import { storeEngines } from '../../conformance/engines.ts'
import type { StoreUnderTest } from '../../conformance/state-store.ts'
import { regrouperWorld, type RegrouperWorld } from './regrouper-world.ts'

const workspaceId = 'T1' as WorkspaceId
const [one, two, three] = ['Summarise the sales of March 2026 for Berlin', 'Summarise the sales of April 2026 for Paris', 'Summarise the sales of May 2026 for Rome'] as const
const minutes = 'Write the minutes of the stand-up on Monday'

function testRegrouper({ name, create, destroy }: StoreUnderTest): void {
  describe(`grouping patterns anew on ${name}`, () => {
    let database: Database
    let here: RegrouperWorld
    beforeAll(async () => {
      database = await openDatabase(await create())
      here = regrouperWorld(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    let goals = 0
    const freshGoal = (): string => `C${++goals}`
    const within = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)

    const patternOf: RegrouperWorld['patternOf'] = (...given) => here.patternOf(...given)

    /** The same with a workflow in some state. */
    async function automationOf(goalId: string, texts: readonly string[], state: WorkflowState): Promise<PatternRecord> {
      const pattern = await patternOf(goalId, texts, { state: 'recognised' })
      const run = await here.runs.find(pattern.outcomes[0]?.runId ?? '')
      const { library } = here.process('maker')
      await within((trx) => library.automateWithin(trx, run!, pattern, { specialtyId: 'writer', reason: 'made' }))
      const made = (await here.patterns.find(pattern.patternId))!
      if (state !== 'active') await library.move(made.workflowId!, { userId: 'U1', what: state }, () => ({ state, name: 'as a person calls it' }))
      return made
    }

    const regroup = async (owner: string, over: Partial<RegrouperDeps> = {}): Promise<void> => {
      const { regrouper } = here.process(owner, over)
      regrouper.wake()
      await regrouper.settled()
    }
    const patternsOf = (goalId: string, of = workspaceId) => here.patterns.listGoal(of, goalId)
    const patternIdsOf = (pattern: PatternRecord) => Promise.all(pattern.examples.map(async ({ runId }) => (await here.runs.find(runId))?.patternId))
    const eventsAbout = async (patternId: string) => (await here.events.readAfter(0)).filter(({ payload }) => payload['patternId'] === patternId).map(({ type }) => type)
    const ask = (goalId: string, text: string) => here.process('asker').library.find({ workspaceId, goalId, text, runId: newRunId() })

    test('runs of one kind that were put apart become one pattern, and three successes an automation, once', async () => {
      const goalId = freshGoal()
      const parts = [await patternOf(goalId, [one]), await patternOf(goalId, [two]), await patternOf(goalId, [three])]
      const other = await patternOf(goalId, [minutes])
      expect(await ask(goalId, 'Summarise the sales of June 2026 for Oslo')).toBeUndefined()
      await regroup('one')
      const [first] = parts as [PatternRecord]
      const merged = await here.patterns.find(first.patternId)
      expect(merged).toMatchObject({ title: one, state: 'recognised', runs: 3, examples: [{ text: one }, { text: two }, { text: three }], outcomes: parts.flatMap(({ outcomes }) => outcomes) })
      expect(await patternsOf(goalId)).toHaveLength(2)
      expect(await here.patterns.find(other.patternId)).toEqual(other)
      expect((await Promise.all(parts.map(patternIdsOf))).flat()).toEqual([first, first, first].map(({ patternId }) => patternId))
      expect(await eventsAbout(first.patternId)).toEqual(['pattern_recognized', 'automation_created'])
      expect(await here.workflows.find(merged?.workflowId ?? '')).toMatchObject({ name: one, state: 'active', patternId: first.patternId })
      expect(await ask(goalId, 'Summarise the sales of June 2026 for Oslo')).toMatchObject({ version: { source: 'automated', recipe: { specialtyId: 'writer' }, reason: '3 requests like this went well with the same specialist.' } })
      await patternOf(goalId, [minutes])
      await regroup('one')
      expect(await eventsAbout(first.patternId)).toEqual(['pattern_recognized', 'automation_created'])
    })

    test('too few successes, or one failure among the newest, make none', async () => {
      for (const last of [{ isGood: false }, { outcomes: [] }]) {
        const goalId = freshGoal()
        const first = await patternOf(goalId, [one])
        await patternOf(goalId, [two])
        await patternOf(goalId, [three], last)
        await regroup('one')
        expect(await patternsOf(goalId)).toMatchObject([{ patternId: first.patternId, runs: 3, state: 'learning', workflowId: undefined }])
        expect(await eventsAbout(first.patternId)).toEqual([])
      }
    })

    test.each(['active', 'paused', 'deleted', 'learning'] as const)('an automation that is %s stays what it is; like runs come to it, and none is made anew', async (state) => {
      const goalId = freshGoal()
      const kept = await automationOf(goalId, [one], state)
      const [before, versions] = [await here.workflows.find(kept.workflowId!), await here.workflows.versions(kept.workflowId!)]
      const parts = [await patternOf(goalId, [two]), await patternOf(goalId, [three]), await patternOf(goalId, ['Summarise the sales of June 2026 for Oslo'])]
      await regroup('one')
      expect(await patternsOf(goalId)).toEqual([{ ...kept, runs: 4, examples: [...kept.examples, ...parts.flatMap(({ examples }) => examples)] }])
      expect([await here.workflows.find(kept.workflowId!), await here.workflows.versions(kept.workflowId!)]).toEqual([before, versions])
      expect((await Promise.all(parts.map(patternIdsOf))).flat()).toEqual(parts.map(() => kept.patternId))
      expect((await eventsAbout(kept.patternId)).filter((type) => type === 'automation_created')).toHaveLength(1)
      expect(await here.workflows.listGoal(workspaceId, goalId)).toHaveLength(state === 'deleted' ? 0 : 1)
    })

    test('automations of one kind stay apart', async () => {
      const goalId = freshGoal()
      const both = [await automationOf(goalId, [one], 'active'), await automationOf(goalId, [two], 'paused')]
      await patternOf(goalId, [three])
      await regroup('one')
      const after = await patternsOf(goalId)
      expect(after.map(({ patternId }) => patternId).toSorted()).toEqual(both.map(({ patternId }) => patternId).toSorted())
      expect(after.map(({ examples }) => examples.length).toSorted((a, b) => a - b)).toEqual([1, 2])
    })

    test('where a write of it fails it changes nothing, and the next process does all of it', async () => {
      const goalId = freshGoal()
      const parts = [await patternOf(goalId, [one]), await patternOf(goalId, [two]), await patternOf(goalId, [three])]
      const before = await patternsOf(goalId)
      for (const dies of ['events', 'library', 'regroupings'] as const) {
        const killed = async (): Promise<never> => {
          throw new Error(`killed at ${dies}`)
        }
        await regroup(`dies at ${dies}`, dies === 'events' ? { events: { append: killed } } : dies === 'library' ? { library: { automateWithin: killed } } : { regroupings: { ...here.regroupings, end: killed } })
        expect(here.errors.splice(0)).toEqual([new Error(`killed at ${dies}`)])
        expect(await patternsOf(goalId)).toEqual(before)
        expect((await Promise.all(parts.map(patternIdsOf))).flat()).toEqual(parts.map(({ patternId }) => patternId))
        here.clock.ms += 6 * 60_000
      }
      await regroup('next')
      expect(await patternsOf(goalId)).toHaveLength(1)
      expect(await eventsAbout(parts[0]?.patternId ?? '')).toEqual(['pattern_recognized', 'automation_created'])
    })

    test('what is learnt while it groups is kept, whichever pattern it was learnt of', async () => {
      const goalId = freshGoal()
      const [first, second] = [await patternOf(goalId, [one]), await patternOf(goalId, [two])]
      const late = newRunId()
      const group: RegrouperDeps['group'] = async (units) => {
        const noteBoth = ({ outcomes, examples, ...pattern }: PatternRecord) => ({ ...pattern, runs: pattern.runs + 1, examples: [...examples, { runId: late, text: 'Summarise the sales of May' }], outcomes: [...outcomes.map((outcome) => ({ ...outcome, isSuccess: false })), { runId: late, isSuccess: true, specialtyId: 'writer' }] })
        await within((trx) => here.patterns.change(trx, second.patternId, noteBoth))
        return groupRuns(units)
      }
      await regroup('one', { group })
      expect(await patternsOf(goalId)).toMatchObject([{ patternId: first.patternId, runs: 3, examples: [{ text: one }, { text: two }, { runId: late }], outcomes: [{ isSuccess: true }, { isSuccess: false }, { runId: late, isSuccess: true }] }])
    })

    test('a pattern that becomes an automation while it groups is left alone, and taken as one the next time', async () => {
      const goalId = freshGoal()
      const [, second] = [await patternOf(goalId, [one]), await patternOf(goalId, [two])]
      const group: RegrouperDeps['group'] = async (units) => {
        const run = await here.runs.find(second.outcomes[0]?.runId ?? '')
        await within((trx) => here.process('maker').library.automateWithin(trx, run!, second, { specialtyId: 'writer', reason: 'made' }))
        return groupRuns(units)
      }
      await regroup('one', { group })
      expect(await patternsOf(goalId)).toHaveLength(2)
      here.clock.ms += 6 * 60_000
      await regroup('one')
      expect(await patternsOf(goalId)).toMatchObject([{ patternId: second.patternId, runs: 2 }])
      expect(here.errors).toEqual([])
    })

    test('who was too slow and lost the turn changes nothing', async () => {
      const goalId = freshGoal()
      const parts = [await patternOf(goalId, [one]), await patternOf(goalId, [two]), await patternOf(goalId, [three])]
      const group: RegrouperDeps['group'] = async (units) => {
        here.clock.ms += 6 * 60_000
        await regroup('other')
        return groupRuns(units)
      }
      await regroup('slow', { group })
      expect(await patternsOf(goalId)).toHaveLength(1)
      expect(await eventsAbout(parts[0]?.patternId ?? '')).toEqual(['pattern_recognized', 'automation_created'])
      // The patterns that it wanted to change were gone; where it wanted to change none, the turn tells.
      const quiet = await patternOf(freshGoal(), [minutes])
      const seize: RegrouperDeps['group'] = async (units) => {
        await within((trx) => here.regroupings.end(trx, { ...quiet, waiting: 1, owner: 'slow' }, 1, here.nowMs()))
        return groupRuns(units)
      }
      await regroup('slow', { group: seize })
      expect(here.errors.splice(0)).toMatchObject([{ code: 'MUR_STORE_CONFLICT' }])
      expect(await here.patterns.find(quiet.patternId)).toEqual(quiet)
    })

    test('processes that look at the same time group each goal once', async () => {
      const goalIds = [freshGoal(), freshGoal(), freshGoal()]
      for (const goalId of goalIds) for (const text of [one, two, three]) await patternOf(goalId, [text])
      const groupings: string[] = []
      const processes = ['a', 'b', 'c'].map((owner) => here.process(owner, { group: async (units) => (groupings.push(owner), groupRuns(units)) }).regrouper)
      // On SQLite there is one process.
      const active = database.traits.isSingleProcess ? processes.slice(0, 1) : processes
      for (const regrouper of active) regrouper.wake()
      await Promise.all(active.map((regrouper) => regrouper.settled()))
      expect(groupings).toHaveLength(3)
      for (const goalId of goalIds) {
        const [pattern] = await patternsOf(goalId)
        expect(await eventsAbout(pattern?.patternId ?? '')).toEqual(['pattern_recognized', 'automation_created'])
      }
      expect(here.errors).toEqual([])
    })

    test('no workspace sees another one', async () => {
      const goalId = freshGoal()
      const foreign = [await patternOf(goalId, [two], { workspaceId: 'T2' as WorkspaceId }), await patternOf(goalId, [three], { workspaceId: 'T2' as WorkspaceId })]
      const own = await patternOf(goalId, [one])
      const seen: string[] = []
      await regroup('one', { group: async (units) => (seen.push(units.flatMap(({ runs }) => runs.map(({ text }) => text)).toSorted().join(' | ')), groupRuns(units)) })
      expect(seen.toSorted()).toEqual([`${two} | ${three}`, one].toSorted())
      expect(await patternsOf(goalId)).toEqual([own])
      expect(await patternsOf(goalId, 'T2' as WorkspaceId)).toMatchObject([{ patternId: foreign[0]?.patternId, runs: 2, workspaceId: 'T2' }])
    })

    test('what took too long changes nothing, and who closes meanwhile gives the turn back', async () => {
      const goalId = freshGoal()
      await patternOf(goalId, [one])
      await patternOf(goalId, [two])
      await regroup('late', { group: async () => undefined })
      expect(await patternsOf(goalId)).toHaveLength(2)
      await patternOf(goalId, [minutes])
      for (let nth = 0; nth < 25; nth++) await within((trx) => here.regroupings.count(trx, { workspaceId, goalId }, 1, here.nowMs()))
      const asked = Promise.withResolvers<void>()
      const neverDone: RegrouperDeps['group'] = () => {
        asked.resolve()
        return new Promise(() => {})
      }
      const { regrouper } = here.process('closes', { group: neverDone })
      regrouper.wake()
      await asked.promise
      await regrouper.close()
      await regroup('next')
      expect(await patternsOf(goalId)).toHaveLength(2)
      expect(here.errors).toEqual([])
    })
  })
}

for (const engine of storeEngines()) testRegrouper(engine)
