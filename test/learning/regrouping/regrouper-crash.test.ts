import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database, type DatabaseOptions } from '../../../src/storage/database.ts'
import type { PatternRecord, WorkspaceId } from '../../../src/storage/records.ts'
import { storeEngines } from '../../conformance/engines.ts'
import type { StoreUnderTest } from '../../conformance/state-store.ts'
import { projectRoot } from '../../support/source-tree.ts'
import type { RegroupOrder, StopsAt } from './regroup-process.ts'
import { regrouperWorld, type RegrouperWorld } from './regrouper-world.ts'

const program = join(projectRoot, 'test/learning/regrouping/regroup-process.ts')
const texts = ['Summarise the sales of March 2026 for Berlin', 'Summarise the sales of April 2026 for Paris', 'Summarise the sales of May 2026 for Rome'] as const
const goalId = 'C1'

/** A process that groups anew, killed by kill -9 while its transaction is open. */
async function killAt(order: RegroupOrder): Promise<void> {
  const child = fork(program, { execArgv: [], env: { PATH: process.env['PATH'], REGROUP_ORDER: JSON.stringify(order) } })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child, 'message'), ended])
  child.kill('SIGKILL')
  expect([said[0], (await ended)[1]]).toEqual([order.stopsAt, 'SIGKILL'])
}

function testCrashes({ name, create, destroy }: StoreUnderTest): void {
  describe(`grouping anew, killed on ${name}`, () => {
    let options: DatabaseOptions
    let nth = 0
    beforeAll(async () => {
      options = await create()
    })
    afterAll(() => destroy())

    /** On SQLite one process at a time has the store. */
    async function withStore<T>(work: (here: RegrouperWorld, database: Database) => Promise<T>): Promise<T> {
      const database = await openDatabase(options)
      try {
        return await work(regrouperWorld(database), database)
      } finally {
        await database.close()
      }
    }

    /** All that grouping anew writes of one workspace, but whose turn it is. */
    const stateOf = (workspaceId: WorkspaceId) =>
      withStore(async ({ patterns, workflows }, { db }) => ({
        patterns: (await patterns.listGoal(workspaceId, goalId)).toSorted((a, b) => (a.patternId < b.patternId ? -1 : 1)),
        runs: await db.selectFrom('runs').select(['run_id', 'pattern_id']).where('workspace_id', '=', workspaceId).orderBy('run_id').execute(),
        workflows: await workflows.listGoal(workspaceId, goalId),
        events: (await db.selectFrom('events').select('type').where('workspace_id', '=', workspaceId).orderBy('seq').execute()).map(({ type }) => type),
        waiting: await db.selectFrom('pattern_regroupings').select('waiting').where('workspace_id', '=', workspaceId).execute(),
      }))

    test.each<StopsAt>(['rewrite', 'event', 'automation', 'end'])('while its transaction is open, at its %s, it leaves all as it was, and the next process does all of it once', async (stopsAt) => {
      const workspaceId = `T${++nth}` as WorkspaceId
      const parts = await withStore(async ({ patternOf }) => {
        const made: PatternRecord[] = []
        for (const text of texts) made.push(await patternOf(goalId, [text], { workspaceId }))
        return made
      })
      const before = await stateOf(workspaceId)
      await killAt({ options, stopsAt })
      expect(await stateOf(workspaceId)).toEqual(before)
      await withStore(async (here) => {
        // The killed one's turn has to run out.
        here.clock.ms += 6 * 60_000
        const { regrouper } = here.process('next')
        regrouper.wake()
        await regrouper.settled()
        expect(here.errors).toEqual([])
      })
      const first = parts[0]?.patternId
      const after = await stateOf(workspaceId)
      expect(after.patterns).toMatchObject([{ patternId: first, state: 'recognised', runs: 3, examples: texts.map((text) => ({ text })), workflowId: after.workflows[0]?.workflowId }])
      expect(after.runs.map((run) => run.pattern_id)).toEqual([first, first, first])
      expect(after.workflows).toHaveLength(1)
      expect(after.events).toEqual(['pattern_recognized', 'automation_created'])
    })
  })
}

for (const engine of storeEngines()) testCrashes(engine)
