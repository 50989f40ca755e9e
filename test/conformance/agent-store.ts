import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createAgentStore } from '../../src/storage/agent-store.ts'
import { openDatabase, type Database, type DatabaseOptions, type Trx } from '../../src/storage/database.ts'
import { newAgentId, newRunId } from '../../src/storage/ids.ts'
import { createMailboxStore } from '../../src/storage/mailbox-store.ts'
import { createProfileStore, profileHalfLifeMs } from '../../src/storage/profile-store.ts'
import type { AgentId, ProfileSubject, RouteDecision, WorkspaceId } from '../../src/storage/records.ts'
import type { NewRun } from '../../src/storage/insert-runs.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { aNewRun, anAgent, aRequest } from '../builders.ts'

export interface AgentStoreUnderTest {
  readonly name: string
  /** Options of a new, empty store. */
  create(): Promise<DatabaseOptions>
  destroy(): Promise<void>
}

const workspaceId = 'T1' as WorkspaceId
const route: RouteDecision = { specialtyId: 'planner', layer: 'keywords', confidence: 0.5, reason: 'r', candidates: [] }

/** What the stores of agents, profiles and mail do, whatever engine they stand on. */
export function testAgentStore({ name, create, destroy }: AgentStoreUnderTest): void {
  describe(`the agent store on ${name}`, () => {
    let database: Database
    beforeAll(async () => {
      database = await openDatabase(await create())
    })
    afterAll(async () => {
      await database.close()
      await destroy()
    })

    const inTrx = <T>(work: (trx: Trx) => Promise<T>): Promise<T> => database.db.transaction().execute(work)
    const store = () => createAgentStore(database)
    const insert = async (over: Parameters<typeof anAgent>[0] = {}) => {
      const agent = anAgent(over)
      await inTrx((trx) => store().insert(trx, agent))
      return agent
    }

    test('an agent is read back as it was stored, and only in its workspace', async () => {
      const parent = newAgentId()
      const agent = await insert({ parentAgentId: parent, config: { ...anAgent().config, context: { focus: 'pricing "A" ❄️', urgency: 'high' } } })
      expect(await store().find(workspaceId, agent.agentId)).toEqual(agent)
      expect(await store().find('T2' as WorkspaceId, agent.agentId)).toBeUndefined()
    })

    test('a goal lists its active agents, last used first', async () => {
      const goalId = 'C-list'
      const older = await insert({ goalId, lastUsedAtMs: 1_000 })
      const newer = await insert({ goalId, lastUsedAtMs: 2_000 })
      const gone = await insert({ goalId, lastUsedAtMs: 3_000 })
      await insert({ goalId, workspaceId: 'T2' as WorkspaceId })
      expect(await inTrx((trx) => store().retire(trx, workspaceId, gone.agentId))).toBe(true)
      expect(await inTrx((trx) => store().retire(trx, workspaceId, gone.agentId))).toBe(false)
      expect((await store().listGoal(workspaceId, goalId)).map(({ agentId }) => agentId)).toEqual([newer.agentId, older.agentId])
      await inTrx((trx) => store().markUsed(trx, older.agentId, 4_000))
      const [first] = await store().listGoal(workspaceId, goalId)
      expect(first).toMatchObject({ agentId: older.agentId, runsEnded: 1, lastUsedAtMs: 4_000, hasMail: false })
    })

    test('no more agents are counted for a goal and a day than its limit, by however many at once', async () => {
      const day = { workspaceId, goalId: 'C-race', day: '2025-11-21' }
      const counted = await Promise.all(Array.from({ length: 40 }, () => inTrx((trx) => store().countSpawn(trx, day, 7))))
      expect(counted.filter(Boolean)).toHaveLength(7)
      expect(await store().spawnedOn(day)).toBe(7)
      expect(await inTrx((trx) => store().countSpawn(trx, { ...day, day: '2025-11-22' }, 7))).toBe(true)
      expect(await inTrx((trx) => store().countSpawn(trx, { ...day, goalId: 'C-none' }, 0))).toBe(false)
    })

    test('an agent that was counted in a transaction that failed was never counted', async () => {
      const day = { workspaceId, goalId: 'C-undo', day: '2025-11-21' }
      const failing = inTrx(async (trx) => {
        await store().countSpawn(trx, day, 7)
        throw new Error('rolled back')
      })
      await expect(failing).rejects.toThrow('rolled back')
      expect(await store().spawnedOn(day)).toBe(0)
    })

    test('agents with a run under way are counted once each, and the asking run is left out', async () => {
      const goalId = 'C-work'
      const [one, two] = [await insert({ goalId }), await insert({ goalId })]
      await insert({ goalId })
      const runs = createRunStore(database.db)
      const started: NewRun[] = []
      for (const agent of [one, one, two]) {
        const run = aNewRun({ request: aRequest({ channelId: goalId }) })
        await inTrx((trx) => runs.insertOnce(trx, run, []))
        await inTrx((trx) => runs.setRoute(trx, run.runId, route, agent.agentId))
        started.push(run)
      }
      const count = (but?: NewRun) => inTrx((trx) => store().countAtWork(trx, workspaceId, goalId, but?.runId))
      expect(await count()).toBe(0)
      await createTaskStore(database).claim({ owner: 'boot', limit: 10, nowMs: 1e12, leaseMs: 1_000 })
      expect(await count()).toBe(2)
      expect(await count(started[2])).toBe(1)
      expect([...(await store().listAtWork(workspaceId))].toSorted()).toEqual([one.agentId, two.agentId].toSorted())
      expect((await runs.find(started[0]?.runId ?? ''))?.agentId).toBe(one.agentId)
      await database.db.updateTable('tasks').set({ status: 'completed' }).execute()
    })

    test('a judgement is due every so many runs, never earlier, and taken by one', async () => {
      const agent = await insert({ runsEnded: 8 })
      const claim = () => store().claimJudgement(agent.agentId, 10)
      expect(await claim()).toBe(false)
      await inTrx((trx) => store().markUsed(trx, agent.agentId, 1))
      expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1)
      for (let run = 0; run < 9; run++) await inTrx((trx) => store().markUsed(trx, agent.agentId, 1))
      expect(await claim()).toBe(false)
      await inTrx((trx) => store().markUsed(trx, agent.agentId, 1))
      expect(await claim()).toBe(true)
    })

    test('a removed agent is gone with its profile and its mail', async () => {
      const agent = await insert()
      const subject: ProfileSubject = `agent:${agent.agentId}`
      const profiles = createProfileStore(database)
      await inTrx((trx) => profiles.observe(trx, workspaceId, [{ subject, metric: 'success', value: 1 }], 1))
      await inTrx((trx) => createMailboxStore(database).send(trx, mail(agent.agentId, 'hello')))
      expect(await inTrx((trx) => store().remove(trx, 'T2' as WorkspaceId, agent.agentId))).toBe(false)
      expect(await inTrx((trx) => store().remove(trx, workspaceId, agent.agentId))).toBe(true)
      expect(await store().find(workspaceId, agent.agentId)).toBeUndefined()
      expect((await profiles.read(workspaceId, [subject])).size).toBe(0)
      expect(await createMailboxStore(database).listUnread(agent.agentId, 5)).toEqual([])
    })

    const mail = (toAgentId: AgentId, text: string) => ({ workspaceId, fromAgentId: newAgentId(), toAgentId, runId: newRunId(), text, atMs: 5 })

    test('mail is shown until it is read, the newest of it, oldest first', async () => {
      const box = createMailboxStore(database)
      const agent = await insert({ goalId: 'C-mail' })
      for (const text of ['one', 'two', 'three']) await inTrx((trx) => box.send(trx, mail(agent.agentId, text)))
      expect(await store().listGoal(workspaceId, 'C-mail')).toMatchObject([{ hasMail: true }])
      const shown = await box.listUnread(agent.agentId, 2)
      expect(shown.map(({ text }) => text)).toEqual(['two', 'three'])
      await inTrx((trx) => box.send(trx, mail(agent.agentId, 'four')))
      await inTrx((trx) => box.markRead(trx, agent.agentId, shown.at(-1)?.messageId ?? '', 9))
      expect((await box.listUnread(agent.agentId, 5)).map(({ text }) => text)).toEqual(['four'])
    })

    test('a figure is a moving average whose old observations fade, counted all the same', async () => {
      const profiles = createProfileStore(database)
      const subject: ProfileSubject = `agent:${newAgentId()}`
      const observe = (value: number, atMs: number) => inTrx((trx) => profiles.observe(trx, workspaceId, [{ subject, metric: 'latency', value }], atMs))
      const figure = async () => (await profiles.read(workspaceId, [subject])).get(subject)?.latency
      await observe(100, 1_000)
      expect(await figure()).toEqual({ count: 1, mean: 100, weight: 1, updatedAtMs: 1_000 })
      await observe(200, 1_000)
      expect(await figure()).toMatchObject({ count: 2, weight: 1.98 })
      expect((await figure())?.mean).toBeCloseTo((100 * 0.98 + 200) / 1.98, 9)
      await observe(300, 1_000 + profileHalfLifeMs)
      expect((await figure())?.weight).toBeCloseTo(1.98 * 0.98 * 0.5 + 1, 9)
      await observe(300, 500)
      expect(await figure()).toMatchObject({ count: 4, updatedAtMs: 1_000 + profileHalfLifeMs })
    })

    test('observations of many at once all count, those of one statement and of several for the same figure too', async () => {
      const profiles = createProfileStore(database)
      const subjects: ProfileSubject[] = [`agent:${newAgentId()}`, `specialty:${newAgentId()}`]
      const both = subjects.toReversed().map((subject) => ({ subject, metric: 'success' as const, value: 1 }))
      await Promise.all(Array.from({ length: 20 }, () => inTrx((trx) => profiles.observe(trx, workspaceId, [...both, ...both], 1_000))))
      const read = await profiles.read(workspaceId, subjects)
      for (const subject of subjects) expect(read.get(subject)?.success).toMatchObject({ count: 40, mean: 1 })
      expect((await profiles.read('T2' as WorkspaceId, subjects)).size).toBe(0)
    })

    test('a changed mind moves the mean and is no second observation', async () => {
      const profiles = createProfileStore(database)
      const subject: ProfileSubject = `agent:${newAgentId()}`
      const seen = { subject, metric: 'satisfaction' as const, value: 1 }
      await inTrx((trx) => profiles.observe(trx, workspaceId, [seen, seen], 1_000))
      await inTrx((trx) => profiles.correct(trx, workspaceId, { ...seen, value: 0 }, 1))
      const figure = (await profiles.read(workspaceId, [subject])).get(subject)?.satisfaction
      expect(figure?.count).toBe(2)
      expect(figure?.mean).toBeCloseTo(1 - 1 / 1.98, 9)
      for (let more = 0; more < 3; more++) await inTrx((trx) => profiles.correct(trx, workspaceId, { ...seen, value: 0 }, 1))
      expect((await profiles.read(workspaceId, [subject])).get(subject)?.satisfaction?.mean).toBe(0)
    })
  })
}
