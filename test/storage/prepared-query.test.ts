import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../src/storage/database.ts'
import { inPortions, portionsOf, prepareQuery, prepareRows } from '../../src/storage/prepared-query.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'murmur-prepared-'))
let database: Database
beforeAll(async () => {
  database = await openDatabase({ dataDir })
})
afterAll(async () => {
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const putGoals = prepareRows((runner, rows: readonly { channelId: string; goalId: string }[]) =>
  runner
    .insertInto('goal_channels')
    .values(rows.map(({ channelId, goalId }) => ({ workspace_id: 'T1', channel_id: channelId, goal_id: goalId })))
    .returning('channel_id'),
)
const readGoals = prepareRows((runner, rows: readonly { channelId: string }[]) => runner.selectFrom('goal_channels').select('goal_id').where('channel_id', 'in', rows.map(({ channelId }) => channelId)))
const readGoal = prepareQuery((runner, { channelId }: { channelId: string }) => runner.selectFrom('goal_channels').select('goal_id').where('channel_id', '=', channelId))

test('a prepared query runs with the values of each call, inside and outside of transactions', async () => {
  await putGoals(database.db, [{ channelId: 'C1', goalId: 'one' }])
  await database.db.transaction().execute((trx) => putGoals(trx, [{ channelId: 'C2', goalId: 'two' }]))
  const goals = await Promise.all(['C1', 'C2', 'C3'].map((channelId) => readGoal(database.db, { channelId })))
  expect(goals.map(({ rows }) => rows[0]?.goal_id)).toEqual(['one', 'two', undefined])
})

test('an insert takes another number of rows each time, in the order given', async () => {
  const { rows: two } = await putGoals(database.db, [{ channelId: 'C4', goalId: 'four' }, { channelId: 'C5', goalId: 'five' }])
  const { rows: one } = await putGoals(database.db, [{ channelId: 'C6', goalId: 'six' }])
  expect([...two, ...one].map((row) => row.channel_id)).toEqual(['C4', 'C5', 'C6'])
})

test('the text is made once', async () => {
  let made = 0
  const read = prepareQuery((runner, { channelId }: { channelId: string }) => {
    made++
    return runner.selectFrom('goal_channels').select('goal_id').where('channel_id', '=', channelId)
  })
  for (const channelId of ['C1', 'C2']) await read(database.db, { channelId })
  expect(made).toBe(1)
})

test('a query that does not name its values is refused instead of running without them', async () => {
  const spread = prepareQuery((runner, values: { channel_id: string }) => runner.selectFrom('goal_channels').select('goal_id').where((row) => row.and({ ...values })))
  await expect(async () => spread(database.db, { channel_id: 'C1' })).rejects.toMatchObject({ code: 'MUR_BUG' })
})

test('a claim reads the open tasks only, however many have ended', async () => {
  const texts: string[] = []
  const original = DatabaseSync.prototype.prepare
  const other = mkdtempSync(join(tmpdir(), 'murmur-plan-'))
  DatabaseSync.prototype.prepare = function prepare(text: string) {
    texts.push(text)
    return original.call(this, text)
  }
  const fresh = await openDatabase({ dataDir: other })
  await createTaskStore(fresh).claim({ owner: 'o', limit: 1, nowMs: 1, leaseMs: 1 })
  DatabaseSync.prototype.prepare = original
  await fresh.close()
  const looks = texts.filter((text) => text.includes('from "tasks" as "t"'))
  const raw = new DatabaseSync(join(other, 'murmur.db'))
  const plans = looks.map((text) => raw.prepare(`explain query plan ${text}`).all('queued', 1, 1).map((row) => String(row['detail'])))
  raw.close()
  rmSync(other, { recursive: true, force: true })
  expect(plans).toEqual([expect.arrayContaining([expect.stringContaining('SCAN t USING INDEX tasks_open'), expect.stringContaining('SEARCH other USING INDEX tasks_lane')])])
})

test.each([0, 1, 33, 100])('%i names are read in portions, each once', async (count) => {
  const asked: number[] = []
  const names = Array.from({ length: count }, (_, index) => `P${index}`)
  for (const some of portionsOf(names)) await putGoals(database.db, some.map((name) => ({ channelId: `${count}-${name}`, goalId: name })))
  const found = await inPortions(names, (some) => {
    asked.push(some.length)
    return readGoals(database.db, some.map((name) => ({ channelId: `${count}-${name}` })))
  })
  expect(found.map((row) => row.goal_id).toSorted()).toEqual(names.toSorted())
  expect(asked.every((length) => [1, 2, 4, 8, 16, 32].includes(length))).toBe(true)
})

test('what is written in portions of few lengths is written once and in order', () => {
  const rows = Array.from({ length: 77 }, (_, index) => index)
  expect(portionsOf(rows).map((some) => some.length)).toEqual([32, 32, 8, 4, 1])
  expect(portionsOf(rows).flat()).toEqual(rows)
  expect(portionsOf([])).toEqual([])
})
