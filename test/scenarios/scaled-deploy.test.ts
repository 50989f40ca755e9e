import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers, sentences } from './script-model.ts'
import { alice, waitUntil, type Asked } from './start-scenario.ts'
import { startScaled, type Scaled } from './start-scaled.ts'

/* Three workers: their limits together, and a later version that makes its tables while they work. */

const mostAWorker = 2
const workers = 3
const mostOfAChannel = 2
const leaseMs = 15_000
const limitMs = 240_000
let scaled: Scaled
const asked: Asked[] = []

beforeAll(async () => {
  scaled = await startScaled({ edges: 1, workers, environment: { MURMUR_CONCURRENCY: String(mostAWorker), MURMUR_MIN_CONCURRENCY: '1' } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(2)}`)
}, 240_000)
afterAll(() => scaled?.close(), 60_000)

const channelOf = (index: number): string => `C0FRESH${String(index % 60).padStart(4, '0')}`
const ask = async (count: number, channel?: string): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const number = asked.length
    asked.push(await scaled.ask(`Well, and now? What do you say to that, for the ${number}. time?`, { channel: channel ?? channelOf(number) }))
  }
}
const count = async (status: string): Promise<number> => Number((await scaled.rows(`select count(*)::int as tasks from tasks where status = '${status}'`))[0]?.['tasks'])


test('autoscalers of three workers give out no more than each may have, and all of it', async () => {
  scaled.model.hold({ match: isAnswerCall })
  await ask(workers * mostAWorker + 4)
  await waitUntil('all places to be taken', () => scaled.model.held === workers * mostAWorker, 60_000)
  const lookedAtMs = Date.now()
  // The autoscalers have looked since: each look at the queue comes with a renewal of the leases or sooner.
  await waitUntil('leases renewed since', async () => Number((await scaled.rows("select min(lease_until_ms)::float8 as until from tasks where status = 'running'"))[0]?.['until']) > lookedAtMs + leaseMs, 60_000)
  expect([scaled.model.held, await count('running'), await count('queued')]).toEqual([workers * mostAWorker, workers * mostAWorker, 4])
  scaled.model.release()
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('no more agents of a channel are at work at once than it allows, whichever workers they are in', async () => {
  const channel = 'C0FRESH0055'
  await scaled.workspace.command({ user: alice, channel, command: '/swarm', text: `budget set concurrent ${mostOfAChannel}` })
  scaled.model.hold({ match: isAnswerCall })
  await ask(6, channel)
  // An agent does several requests at a time, in several workers too, and counts once.
  const atWork: number[] = []
  for (let ended = 0; ended < 6; ended++) {
    await waitUntil('a call', () => scaled.model.held > 0, 60_000)
    const [agents] = await scaled.rows(`select count(distinct agent_id)::int as agents from agent_places where goal_id = '${channel}'`)
    atWork.push(Number(agents?.['agents']))
    scaled.model.release(1)
  }
  scaled.model.release()
  expect(Math.min(...atWork)).toBeGreaterThanOrEqual(1)
  expect(Math.max(...atWork)).toBeLessThanOrEqual(mostOfAChannel)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)

test('a later version makes its tables while this one works, and its processes take the place of others one by one', async () => {
  // What is asked often is kept ready by the server, for the tables as they were.
  await ask(12)
  expect(await scaled.findFaults(asked)).toEqual([])
  scaled.model.hold({ match: isAnswerCall })
  await ask(4)
  await scaled.model.waitFor('the calls', () => scaled.model.held === 4)
  const tables = (await scaled.rows("select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'kysely%'")).map((row) => String(row['name']))
  expect(tables).toContain('runs')
  for (const table of tables) await scaled.rows(`alter table "${table}" add column later_said text not null default 'nothing'`)
  await scaled.rows('create table later_things (id text primary key)')
  await scaled.rows('create index later_index on runs (later_said)')
  await scaled.rows("insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')")
  scaled.model.release()
  for (let index = 0; index < workers; index++) {
    await ask(2)
    await scaled.kill('worker', index)
    await scaled.start('worker', index)
  }
  await scaled.kill('edge', 0)
  await scaled.start('edge', 0)
  await ask(4)
  expect(await scaled.findFaults(asked)).toEqual([])
}, limitMs)
