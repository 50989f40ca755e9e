import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { agingMs } from '../../src/storage/queue/task-order.ts'
import { priorities, type Priority, type RunId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskList } from '../../src/storage/task-list.ts'
import { createTaskStore, type TaskStore } from '../../src/storage/task-store.ts'
import { aNewRun } from '../builders.ts'
import { ManualClock } from '../fakes/manual-clock.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'
import type { StoreUnderTest } from './state-store.ts'

interface Came {
  readonly runId: RunId
  readonly rank: number
  readonly atMs: number
  readonly deadlineMs: number | undefined
}

/** Before whom nobody may pass: what came later than this after it. */
const longestOvertaking = (priorities.length - 1) * agingMs + agingMs

/** The order in which tasks are taken, as properties under a driven clock. */
export function testTaskOrder({ name, create, destroy }: StoreUnderTest): void {
  describe(`the order of tasks on ${name}`, () => {
    let database: Database
    let tasks: TaskStore
    const clock = new ManualClock()
    beforeAll(async () => {
      database = await openDatabase(await create())
      tasks = createTaskStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const submit = async (priority: Priority, deadlineMs?: number): Promise<Came> => {
      const run = aNewRun({ priority, deadlineMs, nowMs: clock.now() })
      await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
      return { runId: run.runId, rank: priorities.indexOf(priority), atMs: clock.now(), deadlineMs }
    }
    const takeOne = async (): Promise<RunId | undefined> => {
      const [task] = await tasks.claim({ owner: 'boot', limit: 1, nowMs: clock.now(), leaseMs: 1_000 })
      if (task) await database.db.transaction().execute((trx) => tasks.end(trx, task, 'completed'))
      return task?.runId
    }

    test.each([1, 2, 3])('no task is passed over by one that has less claim to come first (seed %i)', async (seed) => {
      const random = seededRandom(seed)
      const waiting = new Map<RunId, Came>()
      const faults: string[] = []
      let taken = 0
      for (let step = 0; step < 160 || waiting.size > 0; step++) {
        clock.advance(pickNumber(random, 12) * 60_000)
        for (let arriving = step < 160 ? pickNumber(random, 3) : 0; arriving > 0; arriving--) {
          const deadlineMs = random() < 0.4 ? clock.now() + pickNumber(random, 600) * 60_000 : undefined
          const came = await submit(priorities[pickNumber(random, priorities.length)] ?? 'low', deadlineMs)
          waiting.set(came.runId, came)
        }
        const runId = await takeOne()
        const first = runId && waiting.get(runId)
        if (!first) continue
        taken++
        waiting.delete(first.runId)
        for (const other of waiting.values()) faults.push(...faultsOf(first, other))
      }
      expect(faults).toEqual([])
      expect(taken).toBeGreaterThan(100)
    })

    test('a low task is reached although critical ones come as fast as they are done', async () => {
      const low = await submit('low')
      let taken: RunId | undefined
      let steps = 0
      while (taken !== low.runId && steps < 1_000) {
        await submit('critical', clock.now() + 1_000)
        taken = await takeOne()
        clock.advance(60_000)
        steps++
      }
      expect(steps * 60_000).toBeLessThanOrEqual(longestOvertaking + 60_000)
      while (await takeOne());
    })

    test('a task knows how many are before it', async () => {
      const list = createTaskList(database.db)
      const [low, high, urgent] = [await submit('low'), await submit('high'), await submit('high', clock.now() + 5_000)]
      const places = []
      for (const { runId } of [low, high, urgent]) {
        const task = await list.taskOf(runId)
        places.push(task && (await list.placeOf(task.taskId)))
      }
      expect(places).toEqual([2, 1, 0])
      expect(await list.taskOf(urgent.runId)).toMatchObject({ priority: 'high', status: 'queued', deadlineMs: urgent.deadlineMs })
      expect((await list.taskOf(low.runId))?.deadlineMs).toBeUndefined()
      expect([await takeOne(), await takeOne(), await takeOne()]).toEqual([urgent.runId, high.runId, low.runId])
      const ended = await list.taskOf(low.runId)
      expect(ended && (await list.placeOf(ended.taskId))).toBeUndefined()
    })
  })
}

/** What is wrong with taking `first` while `other` waits. */
function faultsOf(first: Came, other: Came): string[] {
  const sameHalfHour = Math.floor(first.atMs / agingMs) === Math.floor(other.atMs / agingMs)
  const faults = []
  if (first.atMs - other.atMs > longestOvertaking) faults.push('overtaken by one that came long after')
  if (sameHalfHour && other.rank < first.rank) faults.push('the less urgent of one half hour first')
  if (sameHalfHour && other.rank === first.rank && (other.deadlineMs ?? Infinity) < (first.deadlineMs ?? Infinity)) faults.push('the later deadline first')
  if (other.rank <= first.rank && other.atMs < first.atMs && !sameHalfHour) faults.push('the younger and less urgent first')
  return faults
}
