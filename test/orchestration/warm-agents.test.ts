import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { planner } from '../../src/agents/specialties/planner.ts'
import { writer } from '../../src/agents/specialties/writer.ts'
import { composeAgents, type AgentDesk } from '../../src/app/compose-agents.ts'
import { fade, guessNext } from '../../src/learning/foresight/foresight.ts'
import { defaultLimits, type Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { WarmAgents } from '../../src/orchestration/warm-agents.ts'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { createEventCursors } from '../../src/storage/event-cursors.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { createHabitStore } from '../../src/storage/habit-store.ts'
import { newRunId, newTaskId } from '../../src/storage/ids.ts'
import type { RouteDecision, WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createSetAsideStore } from '../../src/storage/set-aside-store.ts'
import { createWarmupStore } from '../../src/storage/warmup-store.ts'
import { aNewRun } from '../builders.ts'
import { waitUntil } from '../scenarios/start-scenario.ts'

const workspaceId = 'T1' as WorkspaceId
const minuteMs = 60_000
const weekMs = 7 * 24 * 60 * minuteMs
const maxInstances = 50

let dataDir: string
let database: Database
let desk: AgentDesk
let warm: WarmAgents
let nowMs = 0
let limits: Limits
let wake = (): void => {}
let failures: unknown[] = []

const specialties = [planner, writer]
const asLimits = () => ({ goalOf: async (_: WorkspaceId, channelId: string) => channelId, limits: async () => limits, dayOf: () => 'today' }) as never

function startWarm(): void {
  const events = createEventLog(database)
  const parts = { database, runs: createRunStore(database.db), events, limits: asLimits(), nowMs: () => nowMs, onEvent: () => {}, onError: (error: unknown) => void failures.push(error) }
  desk = composeAgents(parts)
  warm = new WarmAgents({
    ...parts,
    habits: createHabitStore(database, fade),
    warmups: createWarmupStore(database),
    staff: desk.staff,
    pool: desk.pool,
    maxInstances,
    partsOf: async (_, id) => {
      const specialty = specialties.find((one) => one.id === id)
      return specialty && { specialty, tools: [], specialties }
    },
    cursors: createEventCursors(database),
    setAsides: createSetAsideStore(database, events),
    listen: (_, listener) => {
      wake = listener
      return () => {}
    },
    owner: 'here',
  })
  warm.start()
}

const cursor = async () => (await database.db.selectFrom('event_cursors').select('seq').where('reader', '=', 'warm-agents').executeTakeFirst())?.seq

beforeEach(async () => {
  failures = []
  limits = defaultLimits
  // A Monday at 8:30 by UTC.
  nowMs = Date.UTC(2026, 10, 2, 8, 30)
  dataDir = mkdtempSync(join(tmpdir(), 'murmur-warm-'))
  database = await openDatabase({ dataDir })
  startWarm()
  await waitUntil('the reader has its place', async () => (await cursor()) !== undefined)
})
afterEach(async () => {
  await warm.close()
  await desk.stop()
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
  expect(failures).toEqual([])
})

/** A run of a specialty that was asked now and has ended; waits until it is learnt. */
async function ask(specialtyId: string, { layer = 'model', channelId = 'C1' }: { layer?: RouteDecision['layer']; channelId?: string } = {}): Promise<void> {
  const runs = createRunStore(database.db)
  const runId = newRunId()
  nowMs += minuteMs
  const { request, ...run } = aNewRun({ runId, taskId: newTaskId(), nowMs })
  await database.db.transaction().execute(async (trx) => {
    await runs.insertOnce(trx, { ...run, request: { ...request, channelId } }, [])
    await runs.setRoute(trx, runId, { specialtyId, layer, confidence: 1, reason: '', candidates: [] })
    await runs.finish(trx, runId, { status: 'completed', answer: 'a', tier: 1, errorCode: undefined }, nowMs)
    await createEventLog(database).append(trx, { workspaceId, runId, type: 'workflow_completed', payload: {}, atMs: nowMs })
  })
  const last = await createEventLog(database).lastSeq()
  wake()
  await waitUntil('it is learnt', async () => ((await cursor()) ?? 0) >= last)
}

const warmups = () => database.db.selectFrom('warmups').select(['goal_id', 'specialty_id', 'reason', 'state']).orderBy('warmup_id').execute()
const agents = async () => (await database.db.selectFrom('agents').select('specialty_id').execute()).map((row) => row.specialty_id)
const pair = async (): Promise<void> => {
  await ask('writer')
  await ask('planner')
  nowMs += 60 * minuteMs
}

test('after the writer mostly comes the planner: after three times its agent is ready before it is asked, and that is a hit', async () => {
  for (let count = 0; count < 3; count++) await pair()
  expect(await warmups()).toEqual([])
  await ask('writer')
  expect(await warmups()).toEqual([{ goal_id: 'C1', specialty_id: 'planner', reason: 'after:writer', state: 'open' }])
  expect(await agents()).toEqual(['planner'])
  expect(desk.pool.size).toBe(1)
  expect(desk.pool.atWork).toBe(0)
  await ask('planner')
  expect((await warmups())[0]?.state).toBe('hit')
  // Its instance is there now, so there is nothing to make ready.
  nowMs += 60 * minuteMs
  await ask('writer')
  expect(await warmups()).toHaveLength(1)
})

test('what did not come is a miss, once there was time for it', async () => {
  for (let count = 0; count < 3; count++) await pair()
  await ask('writer')
  nowMs += 45 * minuteMs
  await warm.prepareHour()
  expect((await warmups())[0]?.state).toBe('open')
  nowMs += 20 * minuteMs
  await warm.prepareHour()
  expect((await warmups())[0]?.state).toBe('miss')
})

test('an hour of a weekday that mostly has a request is made ready for shortly before it, once', async () => {
  for (let week = 0; week < 4; week++) {
    await ask('planner')
    nowMs += weekMs - minuteMs
  }
  nowMs -= 20 * minuteMs
  await warm.prepareHour()
  expect(await warmups()).toEqual([])
  // 7:56, the hour before; then 8:10 has passed, so nothing is to be done.
  nowMs = Date.UTC(2026, 10, 30, 7, 56)
  await warm.prepareHour()
  await warm.prepareHour()
  expect(await warmups()).toEqual([{ goal_id: 'C1', specialty_id: 'planner', reason: 'hour:1-8', state: 'open' }])
})

test('it never takes more than half of the agents of a day, nor of the pool, and another channel is not concerned', async () => {
  for (let count = 0; count < 3; count++) await pair()
  limits = { ...defaultLimits, agentsPerDay: 1 }
  await ask('writer')
  expect([await warmups(), await agents()]).toEqual([[], []])
  limits = defaultLimits
  for (let at = 0; at < maxInstances / 2; at++) (await desk.pool.acquire(`other ${at}`, async () => ({}) as never, AbortSignal.timeout(10_000))).release()
  await ask('writer')
  expect([await warmups(), await agents()]).toEqual([[], []])
  await ask('writer', { channelId: 'C2' })
  expect(await warmups()).toEqual([])
})

test('a refusal of the spawn leaves no decision behind, and one specialty that is gone is passed over', async () => {
  for (let count = 0; count < 3; count++) await pair()
  limits = { ...defaultLimits, concurrentAgents: 0 }
  await ask('writer')
  expect(await agents()).toEqual([])
  limits = defaultLimits
  for (let count = 0; count < 4; count++) {
    await ask('gone', { channelId: 'C3' })
    await ask('gone', { channelId: 'C3' })
  }
  expect((await warmups()).filter(({ goal_id: goal }) => goal === 'C3')).toEqual([])
})

test('a follow-up in a thread teaches nothing and is no hit', async () => {
  for (let count = 0; count < 5; count++) {
    await ask('writer')
    await ask('planner', { layer: 'thread' })
    nowMs += 60 * minuteMs
  }
  expect(await warmups()).toEqual([])
})

test('a guess needs three times and an even chance, and names at most two', () => {
  const count = (specialtyId: string, weight: number, cue = 'a') => ({ cue, specialtyId, weight })
  expect(guessNext([count('x', 2)], new Map([['a', 2]]))).toEqual([])
  expect(guessNext([count('x', 1.4)], new Map([['a', 3]]))).toEqual([])
  expect(guessNext([count('x', 2), count('y', 3), count('z', 9, 'b'), count('', 9)], new Map([['a', 3], ['b', 10]]))).toEqual([
    { specialtyId: 'y', chance: 1, cue: 'a' },
    { specialtyId: 'z', chance: 0.9, cue: 'b' },
  ])
})
