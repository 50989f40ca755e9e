import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openDatabase, type Database, type DatabasePlace } from '../../src/storage/database.ts'
import type { DatabaseQueueOptions } from '../../src/storage/queue/database-queue.ts'
import { queuedTaskOf } from '../../src/storage/queue/task-order.ts'
import type { AttemptResult, TaskQueue } from '../../src/storage/queue/task-queue.ts'
import type { NewRun } from '../../src/storage/insert-runs.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore, type ClaimedTask } from '../../src/storage/task-store.ts'
import { aNewRun } from '../builders.ts'

/** A queue and the store it stands on. */
export interface QueueUnderTest {
  readonly name: string
  create(): Promise<DatabasePlace>
  destroy(): Promise<void>
  /** Several of one test share what they need. */
  makeQueue(options: DatabaseQueueOptions): TaskQueue
}

/** Collects what the handler is given until `count` attempts have begun. */
function collect(count: number) {
  const attempts: ClaimedTask[] = []
  const all = Promise.withResolvers<ClaimedTask[]>()
  return {
    all: all.promise,
    add(task: ClaimedTask) {
      attempts.push(task)
      if (attempts.length === count) all.resolve(attempts)
    },
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve())
  })

/** What every queue keeps to. */
export function testTaskQueue({ name, create, destroy, makeQueue }: QueueUnderTest): void {
  describe(`${name}`, () => {
    let database: Database
    let aheadMs: number
    let errors: unknown[]
    const queues: TaskQueue[] = []
    const now = (): number => Date.now() + aheadMs

    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })
    beforeEach(() => {
      aheadMs = 0
      errors = []
    })
    afterEach(async () => {
      await Promise.all(queues.splice(0).map((queue) => queue.drain(0)))
      await database.db.deleteFrom('tasks').execute()
    })

    function aQueue(over: Partial<DatabaseQueueOptions> = {}): TaskQueue {
      const queue = makeQueue({
        tasks: createTaskStore(database),
        owner: 'boot-1',
        concurrency: 4,
        nowMs: now,
        onError: (error) => errors.push(error),
        pollMs: 5,
        ...over,
      })
      queues.push(queue)
      return queue
    }

    const insert = async (over: Partial<NewRun> = {}): Promise<NewRun> => {
      const run = aNewRun({ nowMs: now(), ...over })
      await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
      return run
    }

    const end = async (task: ClaimedTask): Promise<AttemptResult> => {
      await database.db.transaction().execute((trx) => createTaskStore(database).end(trx, task, 'completed'))
      return { kind: 'ended' }
    }

    test('a stored task starts when it is announced, and one that nobody announced at the next poll', async () => {
      const seen = collect(2)
      const queue = aQueue()
      await queue.start(async (task) => {
        seen.add(task)
        return end(task)
      })
      const announced = await insert()
      queue.announce()
      const silent = await insert()
      expect((await seen.all).map((task) => task.runId).toSorted()).toEqual([announced.runId, silent.runId].toSorted())
    })

    test('never more tasks run at once than the limit, and every one of them runs', async () => {
      const total = 40
      for (let index = 0; index < total; index++) await insert()
      const seen = collect(total)
      let running = 0
      let most = 0
      const full = Promise.withResolvers<void>()
      await aQueue({ concurrency: 4 }).start(async (task) => {
        most = Math.max(most, ++running)
        if (running === 4) full.resolve()
        await full.promise
        await new Promise((resolve) => setImmediate(resolve))
        running--
        seen.add(task)
        return end(task)
      })
      expect(new Set((await seen.all).map((task) => task.runId)).size).toBe(total)
      expect(most).toBe(4)
    })

    test('a task that asks for a retry comes again when its time has come, with the attempts counted', async () => {
      const seen = collect(2)
      await insert()
      await aQueue().start(async (task) => {
        seen.add(task)
        if (task.attempt === 2) return end(task)
        aheadMs += 1_000
        return { kind: 'retry', delayMs: 500, error: 'MUR_MODEL_DOWN' }
      })
      const advancing = setInterval(() => (aheadMs += 100), 1)
      expect((await seen.all).map((task) => task.attempt)).toEqual([1, 2])
      clearInterval(advancing)
    })

    test('cancelling fires the signal of the run at work and of no other', async () => {
      const [first, second] = [await insert(), await insert()]
      const started = collect(2)
      const ended = collect(2)
      const reasons = new Map<string, unknown>()
      const queue = aQueue()
      await queue.start(async (task, signal) => {
        started.add(task)
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
        })
        reasons.set(task.runId, signal.reason)
        ended.add(task)
        return end(task)
      })
      await started.all
      expect(queue.cancel(first.runId)).toBe(true)
      expect(queue.cancel('no such run')).toBe(false)
      const drained = queue.drain(1)
      await ended.all
      await drained
      expect(reasons.get(first.runId)).toBe('cancelled')
      expect(reasons.get(second.runId)).toBe('draining')
    })

    test('draining gives back what did not finish in time, without counting the attempt', async () => {
      await insert()
      const started = collect(1)
      const queue = aQueue()
      await queue.start(async (task, signal) => {
        started.add(task)
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve())
        })
        return { kind: 'retry', delayMs: 60_000, error: 'drained' }
      })
      await started.all
      await queue.drain(1)
      expect(await createTaskStore(database).countOpen()).toEqual({ queued: 1, running: 0 })
      const [again] = await createTaskStore(database).claim({ owner: 'boot-2', limit: 1, nowMs: now(), leaseMs: 1_000 })
      expect(again?.attempt).toBe(1)
    })

    test('what a dead process left running is taken up when its lease has ended', async () => {
      const left = await insert()
      await createTaskStore(database).claim({ owner: 'dead-boot', limit: 1, nowMs: now(), leaseMs: 1 })
      const seen = collect(1)
      await aQueue({ owner: 'boot-2', leaseMs: 300 }).start(async (task) => {
        seen.add(task)
        return end(task)
      })
      expect(await seen.all).toEqual([expect.objectContaining({ runId: left.runId, attempt: 2 })])
    })

    test('a task whose handler throws comes again later and stops nobody else', async () => {
      const broken = await insert()
      const fine = await insert()
      const seen = collect(2)
      await aQueue({ concurrency: 2 }).start(async (task) => {
        if (task.runId === broken.runId && task.attempt === 1) {
          aheadMs += 5_000
          throw new Error('store gone')
        }
        seen.add(task)
        return end(task)
      })
      const advancing = setInterval(() => (aheadMs += 100), 1)
      expect((await seen.all).map((task) => task.runId)).toEqual([fine.runId, broken.runId])
      clearInterval(advancing)
      expect(errors).toEqual([expect.objectContaining({ message: 'store gone' })])
    })

    test('more work is begun as soon as there may be more, and none is broken off when there may be less', async () => {
      let fullness = 0
      const queue = aQueue({ concurrency: 1, onFull: () => void fullness++ })
      for (let run = 0; run < 4; run++) await insert()
      const { promise: three, resolve: atThree } = Promise.withResolvers<void>()
      const finish = Promise.withResolvers<void>()
      const begun: ClaimedTask[] = []
      await queue.start(async (task) => {
        begun.push(task)
        if (begun.length === 1) queue.setConcurrency(3)
        if (begun.length === 3) atThree()
        await finish.promise
        return end(task)
      })
      await three
      while (fullness === 0) await new Promise(setImmediate)
      expect(queue.activeCount).toBe(3)
      queue.setConcurrency(1)
      expect(queue.activeCount).toBe(3)
      finish.resolve()
      await queue.drain(1_000)
      expect(begun.length).toBeGreaterThanOrEqual(3)
      expect(errors).toEqual([])
    })

    test('tasks of one lane come one after the other, in their order', async () => {
      const seen = collect(6)
      let running = 0
      const overlaps: number[] = []
      const lane = ['C1:1', 'C1:1', 'C1:1', 'C1:1', 'C1:1', 'C1:1']
      const runs = []
      for (const one of lane) runs.push(await insert({ lane: one }))
      await aQueue().start(async (task) => {
        overlaps.push(++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        seen.add(task)
        return end(task)
      })
      expect((await seen.all).map((task) => task.runId)).toEqual(runs.map(({ runId }) => runId))
      expect(overlaps).toEqual([1, 1, 1, 1, 1, 1])
    })
  })
}

/** What queues of several processes on one store keep to. */
export function testSharedTaskQueue(kit: QueueUnderTest): void {
  const { name, create, destroy, makeQueue } = kit
  describe(`several processes, ${name}`, () => {
    let database: Database
    const queues: TaskQueue[] = []
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })
    afterEach(async () => {
      await Promise.all(queues.splice(0).map((queue) => queue.drain(0)))
      await database.db.deleteFrom('tasks').execute()
    })
    const aQueue = (owner: string, over: Partial<DatabaseQueueOptions> = {}): TaskQueue => {
      const queue = makeQueue({ tasks: createTaskStore(database), owner, concurrency: 4, nowMs: Date.now, onError: () => {}, pollMs: 5, leaseMs: 3_000, ...over })
      queues.push(queue)
      return queue
    }
    const insert = async (over: Partial<NewRun> = {}): Promise<NewRun> => {
      const run = aNewRun({ nowMs: Date.now(), ...over })
      await database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, []))
      return run
    }
    const end = async (task: ClaimedTask): Promise<AttemptResult> => {
      await database.db.transaction().execute((trx) => createTaskStore(database).end(trx, task, 'completed'))
      return { kind: 'ended' }
    }

    test('each task is begun by one of them, and those of a lane in their order', async () => {
      const total = 60
      const seen = collect(total)
      const atWork = new Map<string, number>()
      const overlaps: string[] = []
      const handler = async (task: ClaimedTask): Promise<AttemptResult> => {
        const lanes = (atWork.get(task.lane) ?? 0) + 1
        if (lanes > 1) overlaps.push(task.lane)
        atWork.set(task.lane, lanes)
        await new Promise((resolve) => setImmediate(resolve))
        atWork.set(task.lane, lanes - 1)
        seen.add(task)
        return end(task)
      }
      const [first, second] = [aQueue('boot-1'), aQueue('boot-2')]
      await Promise.all([first.start(handler), second.start(handler)])
      const lanes = new Map<string, string[]>()
      for (let index = 0; index < total; index++) {
        const run = await insert({ lane: `C${index % 7}:1` })
        lanes.set(run.lane, [...(lanes.get(run.lane) ?? []), run.runId])
        first.announce([queuedTaskOf(run)])
      }
      const tasks = await seen.all
      expect(new Set(tasks.map(({ runId }) => runId)).size).toBe(total)
      expect(tasks.every(({ attempt }) => attempt === 1)).toBe(true)
      expect(overlaps).toEqual([])
      for (const [lane, runIds] of lanes) expect(tasks.filter((task) => task.lane === lane).map(({ runId }) => runId)).toEqual(runIds)
    })

    test('one that rests begins nothing, others go on, and it goes on itself afterwards', async () => {
      const [during, after] = [collect(20), collect(21)]
      const handler = async (task: ClaimedTask): Promise<AttemptResult> => {
        during.add(task)
        after.add(task)
        return end(task)
      }
      const [resting, other] = [aQueue('boot-1'), aQueue('boot-2')]
      resting.rest(600_000)
      await Promise.all([resting.start(handler), other.start(handler)])
      for (let index = 0; index < 20; index++) other.announce([queuedTaskOf(await insert())])
      expect(new Set((await during.all).map(({ owner }) => owner))).toEqual(new Set(['boot-2']))
      await other.drain(5_000)
      resting.rest(1)
      await insert()
      expect((await after.all).at(-1)?.owner).toBe('boot-1')
    })

    test('a run that another process has at work is stopped', async () => {
      const started = collect(1)
      const stopped = Promise.withResolvers<unknown>()
      const [edge, worker] = [aQueue('edge'), aQueue('worker')]
      await worker.start(async (task, signal) => {
        started.add(task)
        await aborted(signal)
        stopped.resolve(signal.reason)
        return end(task)
      })
      const run = await insert()
      edge.announce([queuedTaskOf(run)])
      await started.all
      await database.db.updateTable('runs').set({ cancelled_by: 'U1' }).where('run_id', '=', run.runId).execute()
      edge.cancel(run.runId)
      expect(await stopped.promise).toBe('cancelled')
    })

    test('what a dead process had at work is taken over once its lease has ended', async () => {
      const run = await insert()
      await createTaskStore(database).claim({ owner: 'dead', limit: 1, nowMs: Date.now(), leaseMs: 100 })
      const seen = collect(1)
      await aQueue('boot-1', { leaseMs: 600 }).start(async (task) => {
        seen.add(task)
        return end(task)
      })
      expect(await seen.all).toEqual([expect.objectContaining({ runId: run.runId, attempt: 2 })])
    })

    test('a process that stood still lets go of what is no longer its own, and cannot end it', async () => {
      let aheadMs = 0
      const started = collect(1)
      const gaveUp = Promise.withResolvers<unknown>()
      const refused = Promise.withResolvers<unknown>()
      const still = aQueue('still', { nowMs: () => Date.now() + aheadMs })
      await still.start(async (task, signal) => {
        started.add(task)
        await aborted(signal)
        gaveUp.resolve(signal.reason)
        await end(task).catch(refused.resolve)
        return { kind: 'retry', delayMs: 0, error: 'drained' }
      })
      const run = await insert()
      still.announce([queuedTaskOf(run)])
      await started.all
      // Another process has found the lease ended.
      await database.db.updateTable('tasks').set({ lease_owner: 'another' }).where('run_id', '=', run.runId).execute()
      aheadMs = 10_000
      expect(await gaveUp.promise).toBe('draining')
      expect(await refused.promise).toMatchObject({ code: 'MUR_STORE_CONFLICT' })
    })
  })
}
