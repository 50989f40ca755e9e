import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createPartStore, type PartStore } from '../../src/storage/part-store.ts'
import type { NewRun } from '../../src/storage/insert-runs.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore, type ClaimedTask, type TaskStore } from '../../src/storage/task-store.ts'
import { aNewRun } from '../builders.ts'
import type { StoreUnderTest } from './state-store.ts'

/** Tasks made of parts: what makes a resting one due again, and that nothing of it gets lost. */
export function testPartStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`tasks made of parts on ${name}`, () => {
    let database: Database
    let tasks: TaskStore
    let parts: PartStore
    beforeAll(async () => {
      database = await openDatabase(await create())
      tasks = createTaskStore(database)
      parts = createPartStore(database)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const within = <T>(work: Parameters<ReturnType<Database['db']['transaction']>['execute']>[0]) => database.db.transaction().execute(work) as Promise<T>
    const claim = (nowMs: number, limit = 50) => tasks.claim({ owner: 'boot', limit, nowMs, leaseMs: 1_000_000 })
    const submit = async (count: number): Promise<{ whole: NewRun; children: NewRun[] }> => {
      const whole = aNewRun({ type: 'batch', parts: count })
      const children = Array.from({ length: count }, () => aNewRun({ parentRunId: whole.runId }))
      await within(async (trx) => {
        for (const run of [whole, ...children]) await createRunStore(database.db).insertOnce(trx, run, [])
      })
      return { whole, children }
    }
    const endPart = (task: ClaimedTask, nowMs: number, whole: NewRun) =>
      within(async (trx) => {
        await createRunStore(database.db).finish(trx, task.runId, { status: 'completed', answer: 'x', tier: 1, errorCode: undefined }, nowMs)
        await tasks.end(trx, task, 'completed')
        await parts.noteEnded(trx, whole.runId, nowMs)
      })
    const endAll = async (nowMs: number) => {
      for (const { taskId } of await claim(nowMs)) await within((trx) => tasks.end(trx, { taskId }, 'completed'))
    }

    test('parts begin when their task says so, and speak in its thread', async () => {
      const { whole, children } = await submit(2)
      const [first, ...rest] = await claim(2_000)
      expect(first).toMatchObject({ runId: whole.runId, type: 'batch' })
      expect(rest).toEqual([])
      for (let time = 0; time < 2; time++) await within((trx) => parts.release(trx, whole.runId, '7.7'))
      expect((await claim(2_000)).map(({ runId }) => runId).toSorted()).toEqual(children.map(({ runId }) => runId))
      expect((await parts.list(whole.runId)).map(({ run: { threadId, parentRunId } }) => ({ threadId, parentRunId }))).toEqual(children.map(() => ({ threadId: '7.7', parentRunId: whole.runId })))
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    })

    test('a resting task is due a moment after the end of a part, and at once after the last', async () => {
      const { whole } = await submit(2)
      await claim(2_000)
      await within((trx) => parts.release(trx, whole.runId, undefined))
      const [one, two] = await claim(2_000)
      if (!one || !two) throw new Error('Expected two parts.')
      await parts.rest(whole.taskId, await parts.wakes(whole.taskId), '0 of 2 done', 2_000)
      expect(await claim(900_000)).toEqual([])
      await endPart(one, 3_000, whole)
      expect(await claim(3_000)).toEqual([])
      expect((await claim(10_000)).map(({ runId, attempt }) => ({ runId, attempt }))).toEqual([{ runId: whole.runId, attempt: 1 }])
      await parts.rest(whole.taskId, await parts.wakes(whole.taskId), '1 of 2 done', 10_000)
      await endPart(two, 11_000, whole)
      expect((await claim(11_000)).map(({ runId }) => runId)).toEqual([whole.runId])
      await within((trx) => tasks.end(trx, whole, 'completed'))
    })

    test('a part that ends while its task is about to rest wakes it all the same', async () => {
      const { whole } = await submit(20)
      await claim(2_000)
      await within((trx) => parts.release(trx, whole.runId, undefined))
      const children = await claim(2_000)
      const seenWakes = await parts.wakes(whole.taskId)
      const ends = children.map((task) => endPart(task, 5_000, whole))
      await Promise.all([...ends, parts.rest(whole.taskId, seenWakes, '', 5_000)])
      expect((await claim(5_000)).map(({ runId }) => runId)).toEqual([whole.runId])
      const row = await database.db.selectFrom('tasks').select('parts_ended').where('task_id', '=', whole.taskId).executeTakeFirst()
      expect(row?.parts_ended).toBe(20)
      await within((trx) => tasks.end(trx, whole, 'completed'))
    })

    test('a wish to stop reaches every part that has not ended', async () => {
      const { whole, children } = await submit(3)
      await claim(2_000)
      await within((trx) => parts.release(trx, whole.runId, undefined))
      const [one] = await claim(2_000, 1)
      if (!one) throw new Error('Expected a part.')
      await endPart(one, 3_000, whole)
      const stopped = await within<string[]>((trx) => parts.requestCancel(trx, whole.runId, 'U9', 4_000))
      expect(stopped.toSorted()).toEqual(children.map(({ runId }) => runId).filter((id) => id !== one.runId))
      expect(await createRunStore(database.db).cancelledBy(one.runId)).toBeUndefined()
      await endAll(1e12)
    })
  })
}
