import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createBudgetLedger } from '../../src/storage/budget-ledger.ts'
import { openDatabase, type Database, type DatabaseOptions } from '../../src/storage/database.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { RunId, WorkspaceId } from '../../src/storage/records.ts'
import type { NewRun } from '../../src/storage/insert-runs.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { openJournal } from '../../src/storage/step-journal.ts'
import { createTaskStore, patienceMs } from '../../src/storage/task-store.ts'
import { aNewRun, aRequest } from '../builders.ts'

export interface StoreUnderTest {
  readonly name: string
  /** Options of a new, empty store. */
  create(): Promise<DatabaseOptions>
  destroy(): Promise<void>
}

const workspace = 'T1' as WorkspaceId
const owner = (runId: RunId) => ({ runId, workspaceId: workspace, channelId: 'C1' })

/** What every state store does, whatever engine it stands on. */
export function testStateStore({ name, create, destroy }: StoreUnderTest): void {
  describe(`the state store on ${name}`, () => {
    let options: DatabaseOptions
    let database: Database

    beforeAll(async () => {
      options = await create()
      database = await openDatabase(options)
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const insert = (run: NewRun, ...keys: string[]) =>
      database.db.transaction().execute((trx) => createRunStore(database.db).insertOnce(trx, run, keys))
    const claim = (nowMs = 10_000, limit = 100, boot = 'boot-1') => createTaskStore(database).claim({ owner: boot, limit, nowMs, leaseMs: 1_000 })
    const endAll = async () => {
      const tasks = createTaskStore(database)
      for (;;) {
        const claimed = await claim(1e12)
        if (claimed.length === 0) return
        await database.db.transaction().execute(async (trx) => {
          for (const { taskId } of claimed) await tasks.end(trx, { taskId }, 'completed')
        })
      }
    }

    test('a run is read back as it was stored, also after closing and opening the store', async () => {
      const run = aNewRun({ request: aRequest({ text: 'snow ❄️ \u0000 and "quotes"'.replace('\u0000', '') }) })
      await insert(run)
      await database.flush()
      await database.close()
      database = await openDatabase(options)
      expect(await createRunStore(database.db).find(run.runId)).toMatchObject({ runId: run.runId, request: run.request, status: 'queued', costMicroUsd: 0 })
      await endAll()
    })

    test('many runs are read at once, in the order that was asked for, without those that there are not', async () => {
      const all = Array.from({ length: 35 }, () => aNewRun())
      for (const run of all) await insert(run)
      const wanted = all.map(({ runId }) => runId as string).toReversed()
      expect([...(await createRunStore(database.db).findAll([...wanted, 'nobody', wanted[0] ?? '']))].map(([runId, run]) => [runId, run.runId])).toEqual(wanted.map((runId) => [runId, runId]))
      expect(await createRunStore(database.db).findAll([])).toEqual(new Map())
      await endAll()
    })

    test('a second delivery gives the first run, by either of its keys', async () => {
      const first = aNewRun()
      expect(await insert(first, 'event:E1', 'message:C1:7.7')).toBe(first.runId)
      expect(await insert(aNewRun(), 'event:E1', 'message:C1:7.7')).toBe(first.runId)
      expect(await insert(aNewRun(), 'event:E2', 'message:C1:7.7')).toBe(first.runId)
      expect(await insert(aNewRun(), 'event:E2')).toBe(first.runId)
      expect(await claim()).toHaveLength(1)
      await endAll()
    })

    test('of messages that several take in together, each in another order, each makes one run', async () => {
      const takeIn = (numbers: readonly number[]) => database.db.transaction().execute((trx) => createRunStore(database.db).insertAll(trx, numbers.map((number) => ({ run: aNewRun(), dedupeKeys: [`event:together-${number}`, `message:C1:together-${number}`] }))))
      const numbers = Array.from({ length: 40 }, (_, index) => index)
      const taken = await Promise.all([takeIn(numbers), takeIn(numbers.toReversed()), takeIn([...numbers.slice(20), ...numbers.slice(0, 20)])])
      const [first, second, third] = [taken[0] ?? [], taken[1]?.toReversed() ?? [], [...(taken[2]?.slice(20) ?? []), ...(taken[2]?.slice(0, 20) ?? [])]]
      expect(second).toEqual(first)
      expect(third).toEqual(first)
      expect((await createRunStore(database.db).findAll(first)).size).toBe(40)
      await endAll()
    })

    test('of many deliveries of one message at once exactly one makes a run', async () => {
      const runs = Array.from({ length: 20 }, () => aNewRun())
      const winners = await Promise.all(runs.map((run, index) => insert(run, `event:race-${index}`, 'message:C1:race')))
      expect(new Set(winners).size).toBe(1)
      expect(await claim()).toHaveLength(1)
      await endAll()
    })

    test('the same key in another workspace is another request', async () => {
      const here = aNewRun()
      const there = aNewRun({ request: aRequest({ workspaceId: 'T2' as WorkspaceId }) })
      expect(await insert(here, 'event:shared')).toBe(here.runId)
      expect(await insert(there, 'event:shared')).toBe(there.runId)
      await endAll()
    })

    test('urgent tasks are claimed first, and equals in the order they came', async () => {
      const low = aNewRun({ priority: 'low' })
      const first = aNewRun()
      const second = aNewRun()
      const critical = aNewRun({ priority: 'critical' })
      for (const run of [low, first, second, critical]) await insert(run)
      const claimed = await claim()
      expect(claimed.map((task) => task.runId)).toEqual([critical.runId, first.runId, second.runId, low.runId])
      expect(await claim()).toEqual([])
      await endAll()
      await release('boot-1')
    })

    const release = async (boot: string) => {
      await database.db.updateTable('tasks').set({ status: 'completed' }).where('lease_owner', '=', boot).execute()
    }

    test('a lane gives its tasks one at a time, oldest first, also past a retry that waits', async () => {
      const tasks = createTaskStore(database)
      const first = aNewRun({ lane: 'thread:a' })
      const second = aNewRun({ lane: 'thread:a', priority: 'critical' })
      await insert(first)
      await insert(second)
      const [running] = await claim()
      expect(running?.runId).toBe(first.runId)
      expect(await claim()).toEqual([])
      await tasks.requeue(first, 50_000, 'MUR_SLACK_BUSY')
      expect(await claim(20_000)).toEqual([])
      const [retried] = await claim(60_000)
      expect(retried).toMatchObject({ runId: first.runId, attempt: 2 })
      await database.db.transaction().execute((trx) => tasks.end(trx, first, 'completed'))
      expect((await claim(60_000)).map((task) => task.runId)).toEqual([second.runId])
      await release('boot-1')
    })

    test('two claims at once never give the same task', async () => {
      const runs = Array.from({ length: 30 }, () => aNewRun())
      for (const run of runs) await insert(run)
      const claimed = (await Promise.all(Array.from({ length: 6 }, (_, index) => claim(10_000, 5, `boot-${index}`)))).flat()
      const rest = await claim(10_000, 100, 'boot-9')
      const ids = [...claimed, ...rest].map((task) => task.runId)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toHaveLength(30)
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    })

    test('tasks of a process that is gone are queued again', async () => {
      const tasks = createTaskStore(database)
      await insert(aNewRun())
      expect(await claim(10_000, 1, 'dead-boot')).toHaveLength(1)
      expect(await tasks.releaseOrphans('new-boot', 11_500)).toBe(1)
      const [again] = await claim(11_500, 1, 'new-boot')
      expect(again?.attempt).toBe(2)
      expect(await tasks.releaseOrphans('new-boot', 11_600)).toBe(0)
      await release('new-boot')
    })

    test('an attempt cannot end or give back what its own process has claimed anew', async () => {
      const tasks = createTaskStore(database)
      const run = aNewRun()
      await insert(run)
      const [lapsed] = await claim(10_000, 1)
      await tasks.requeue(run, 10_000, 'lease ended')
      const [held] = await claim(12_000, 1)
      await tasks.requeue(lapsed!, 60_000, 'drained')
      const end = (task: typeof held) => database.db.transaction().execute((trx) => tasks.end(trx, task!, 'completed'))
      await expect(end(lapsed)).rejects.toMatchObject({ code: 'MUR_STORE_CONFLICT' })
      await end(held)
      expect(held).toMatchObject({ owner: lapsed?.owner, attempt: 2 })
    })

    test('a task of a type that a later version brought is left to it for an hour, and its thread waits', async () => {
      const tasks = createTaskStore(database)
      const [later, behind] = [aNewRun({ lane: 'thread:later' }), aNewRun({ lane: 'thread:later' })]
      await insert(later)
      await insert(behind)
      await database.db.updateTable('tasks').set({ type: 'dream' }).where('task_id', '=', later.taskId).execute()
      const named = (nowMs: number) => tasks.claimThese([later.taskId, behind.taskId], { owner: 'boot-1', nowMs, leaseMs: 1_000 })
      const endOfPatienceMs = later.nowMs + patienceMs
      expect([await claim(endOfPatienceMs), await named(endOfPatienceMs), await tasks.listDue(endOfPatienceMs, 9)]).toEqual([[], [], []])
      expect(await named(endOfPatienceMs + 1)).toEqual([expect.objectContaining({ runId: later.runId, type: 'dream' })])
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    })

    test('tasks asked for by name are claimed if they are due and first of their lane, each once', async () => {
      const tasks = createTaskStore(database)
      const [first, second, later, running, lapsed] = [aNewRun({ lane: 'thread:n' }), aNewRun({ lane: 'thread:n' }), aNewRun({ nowMs: 90_000 }), aNewRun(), aNewRun()]
      for (const run of [first, second, later, running, lapsed]) await insert(run)
      const claimNamed = async (runs: readonly { readonly taskId: string }[], nowMs: number) =>
        (await tasks.claimThese(runs.map(({ taskId }) => taskId), { owner: 'boot-1', nowMs, leaseMs: 1_000 })).map(({ runId }) => runId)
      expect(await claimNamed([lapsed], 10_000)).toEqual([lapsed.runId])
      expect(await claimNamed([running], 50_000)).toEqual([running.runId])
      const all = [first, second, later, running, lapsed, first]
      expect((await claimNamed(all, 50_000)).toSorted()).toEqual([first.runId, lapsed.runId].toSorted())
      expect(await claimNamed(all, 50_500)).toEqual([])
      await release('boot-1')
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    })

    test('a finished step is read back instead of done again, also by a later attempt', async () => {
      const run = aNewRun()
      const attempt = await openJournal(database, owner(run.runId), true, () => 5)
      let calls = 0
      const effect = async () => ({ calls: ++calls })
      expect(await attempt.once('model:answer:0', effect)).toEqual({ calls: 1 })
      expect(await attempt.once('model:answer:0', effect)).toEqual({ calls: 1 })
      const later = await openJournal(database, owner(run.runId), false, () => 6)
      expect(later.has('model:answer:0')).toBe(true)
      expect(await later.once('model:answer:0', effect)).toEqual({ calls: 1 })
      expect(calls).toBe(1)
    })

    test('an effect whose result was lost is looked for before it is repeated', async () => {
      const run = aNewRun()
      const attempt = await openJournal(database, owner(run.runId), true, () => 5)
      const lost = attempt.once('post:a', () => Promise.reject(new Error('cut off')), { recover: async () => undefined })
      await expect(lost).rejects.toThrow('cut off')
      const later = await openJournal(database, owner(run.runId), false, () => 6)
      const effect = () => Promise.reject(new Error('posted twice'))
      const messageIdOf = ({ ts }: { ts: string }) => ts
      expect(await later.once('post:a', effect, { recover: async () => ({ ts: '9.9' }), messageIdOf })).toEqual({ ts: '9.9' })
      const runs = createRunStore(database.db)
      expect(await runs.isKnownPost(workspace, 'C1', '9.9')).toBe(true)
      expect(await runs.isKnownPost(workspace, 'C1', '9.8')).toBe(false)
    })

    test('what belongs to a step is stored with it or not at all', async () => {
      const run = aNewRun()
      const ledger = createBudgetLedger(database.db)
      const journal = await openJournal(database, owner(run.runId), true, () => 5)
      const payer = { workspaceId: workspace, goalId: 'C9', userId: 'U1', runId: run.runId }
      const entry = { ...payer, stepKey: 's', modelId: 'm', outcome: 'ok', amountMicroUsd: 42, reservedMicroUsd: 50, savedMicroUsd: 0, inputTokens: 1, cachedInputTokens: 0, outputTokens: 2, latencyMs: 3, atMs: 4 }
      const failing = journal.once('s', async () => 1, {
        alongside: async (trx) => {
          await ledger.append(trx, entry)
          throw new Error('disk full')
        },
      })
      await expect(failing).rejects.toThrow('disk full')
      expect(journal.has('s')).toBe(false)
      expect(await ledger.spentByRun(run.runId)).toBe(0)
      await journal.once('s', async () => 1, { alongside: (trx) => ledger.append(trx, entry) })
      expect(await ledger.spentByRun(run.runId)).toBe(42)
      expect(await ledger.spendByModel(workspace, 'C9', 0)).toEqual([{ modelId: 'm', calls: 1, amountMicroUsd: 42 }])
    })

    test('an ended run has its answer, its tier and the cost that the ledger knows', async () => {
      const runs = createRunStore(database.db)
      const run = aNewRun()
      await insert(run)
      const payer = { workspaceId: workspace, goalId: 'C1', userId: 'U1', runId: run.runId, stepKey: 's', modelId: 'm', outcome: 'ok' }
      const ledger = createBudgetLedger(database.db)
      for (const amountMicroUsd of [10, 5]) {
        await ledger.append(database.db, { ...payer, amountMicroUsd, reservedMicroUsd: 20, savedMicroUsd: 0, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, latencyMs: 1.6, atMs: 1 })
      }
      await database.db.transaction().execute((trx) => runs.finish(trx, run.runId, { status: 'completed', answer: 'Done.', tier: 1, errorCode: undefined }, 2_000))
      expect(await runs.find(run.runId)).toMatchObject({ status: 'completed', answer: 'Done.', tier: 1, costMicroUsd: 15, finishedAtMs: 2_000 })
      await endAll()
    })

    test('a wish to stop is remembered for an open run and refused for an ended one', async () => {
      const runs = createRunStore(database.db)
      const run = aNewRun()
      await insert(run)
      const wish = () => database.db.transaction().execute((trx) => runs.requestCancel(trx, run.runId, 'U2', 3_000))
      expect(await wish()).toBe(true)
      const begin = () => database.db.transaction().execute((trx) => runs.begin(trx, run.runId, 3_100))
      expect(await begin()).toEqual({ cancelledBy: 'U2' })
      expect(await begin()).toBeUndefined()
      expect(await runs.goOn(run.runId, 3_200)).toBe('U2')
      await database.db.transaction().execute((trx) => runs.finish(trx, run.runId, { status: 'cancelled', answer: undefined, tier: undefined, errorCode: undefined }, 4_000))
      expect(await wish()).toBe(false)
      await endAll()
    })

    test('runs of a channel and of a thread are listed newest first and never cross workspaces', async () => {
      const runs = createRunStore(database.db)
      const place = { channelId: 'C-list', threadId: '5.5' }
      const mine = [aNewRun({ request: aRequest(place) }), aNewRun({ request: aRequest(place) })]
      const foreign = aNewRun({ request: aRequest({ ...place, workspaceId: 'T2' as WorkspaceId }) })
      for (const run of [...mine, foreign]) await insert(run)
      const newestFirst = mine.map((run) => run.runId).toReversed()
      expect((await runs.listChannel(workspace, 'C-list')).map((run) => run.runId)).toEqual(newestFirst)
      expect((await runs.listThread(workspace, 'C-list', '5.5')).map((run) => run.runId)).toEqual(newestFirst)
      await endAll()
    })

    test('events are read in order by cursor, and those of a failed transaction never appear', async () => {
      const log = createEventLog(database)
      const start = await log.lastSeq()
      const append = (type: string, fail = false) =>
        database.db.transaction().execute(async (trx) => {
          await log.append(trx, { workspaceId: workspace, type, payload: { n: 1 }, atMs: 1 })
          if (fail) throw new Error('rolled back')
        })
      await append('a')
      await expect(append('b', true)).rejects.toThrow('rolled back')
      await append('c')
      // What comes after a gap is held back until no transaction that was open with it, of any test, may still fill it.
      let events = await log.readAfter(start)
      while (events.length < 2) events = await log.readAfter(start)
      expect(events.map((event) => event.type)).toEqual(['a', 'c'])
      expect(await log.readAfter(events.at(-1)?.seq ?? 0)).toEqual([])
      expect(await log.lastSeq()).toBe(events.at(-1)?.seq)
    })

    test('a person has one thumb per run and may change it', async () => {
      const store = createFeedbackStore(database.db)
      const runId = newRunId()
      const put = (kind: 'up' | 'down' | 'improve', text = '') =>
        database.db.transaction().execute((trx) => store.put(trx, workspace, { runId, userId: 'U1', kind, text, createdAtMs: 1 }))
      await put('up')
      await put('up')
      await put('improve', 'shorter')
      await put('down')
      expect((await store.listForRun(runId)).map((feedback) => feedback.kind).toSorted()).toEqual(['down', 'improve'])
    })
  })
}
