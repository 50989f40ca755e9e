import { afterEach, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import { fillRedis, layOut, readEarlierVersion, sayAgain } from './earlier-version.ts'
import { finishedCalls } from './paid-calls.ts'
import { askedOf, isAnswerCall, isRouteCall, scriptAnswers, sentences } from './script-model.ts'
import { startScaled, type Scaled } from './start-scaled.ts'
import { isFinishedAnswer, waitUntil } from './start-scenario.ts'

/* An update: what the version before had taken in, begun and paid for when its last process went, this one ends. */

const limitMs = 240_000
const endMs = 120_000
let scaled: Scaled | undefined
afterEach(async () => {
  await scaled?.close()
  scaled = undefined
}, 60_000)

/** Starts this version on what that one left. */
async function takeOver(name: 'tables' | 'queue') {
  const earlier = readEarlierVersion(name, Date.now())
  let clockMs: number | undefined
  let redisUrl = ''
  scaled = await startScaled({
    edges: 1,
    workers: 2,
    // Nobody is there to answer while the workspace is filled.
    retryDelaysMs: [],
    now: () => clockMs ?? Date.now(),
    async prepare({ workspace, model, databaseUrl, dataDir, ...servers }) {
      redisUrl = servers.redisUrl
      scriptAnswers(model, (request) => `Said: ${askedOf(request)}. ${sentences(3)}`)
      await layOut({ url: databaseUrl, dataDir }, earlier)
      await fillRedis(redisUrl, earlier)
      await sayAgain(workspace, earlier, (ms) => void (clockMs = ms))
    },
  })
  return { earlier, set: scaled, redisUrl }
}

/** What the person asked whom a call is for: the last thing said in it. */
function askedIn({ body }: JournalEntry): string {
  const messages = body['messages'] as readonly { readonly role: string; readonly content: unknown }[]
  return JSON.stringify(messages.findLast(({ role }) => role === 'user')?.content ?? '')
}

const callsFor = (set: Scaled, words: string): string[] =>
  finishedCalls(set)
    .filter((call) => askedIn(call).includes(words))
    .map(({ body }) => (isRouteCall(body) ? 'route' : isAnswerCall(body) ? 'answer' : 'other'))

async function findAccountFaults(set: Scaled): Promise<string[]> {
  const [sums] = await set.rows(`select
    (select coalesce(sum(amount_micro_usd), 0)::bigint from ledger) as paid,
    (select coalesce(sum(cost_micro_usd), 0)::bigint from runs) as costs,
    (select coalesce(sum(settled_micro_usd), 0)::bigint from budget_spend where scope = 'workspace') as settled,
    (select coalesce(sum(reserved_micro_usd), 0)::bigint from budget_spend) as reserved,
    (select count(*)::int from reservations) as held,
    (select count(*)::int from (select 1 from ledger where outcome = 'ok' group by run_id, step_key having count(*) > 1) as twice) as twice`)
  const isExact = sums?.['paid'] === sums?.['costs'] && sums?.['paid'] === sums?.['settled'] && Number(sums?.['reserved']) === 0 && sums?.['held'] === 0 && sums?.['twice'] === 0
  return isExact ? [] : [JSON.stringify(sums)]
}

test.each(['tables', 'queue'] as const)('work of an earlier version is ended by this one, once, and nothing it had paid for is paid again (%s)', async (name) => {
  const { earlier, set, redisUrl } = await takeOver(name)
  const wanted = Map.groupBy(earlier.said.slice(1), ({ channel, ts, threadTs }) => `${channel} ${threadTs ?? ts}`)
  const answersOf = (thread: string) => {
    const [channel = '', ts = ''] = thread.split(' ')
    return set.answers({ channel, ts })
  }
  await waitUntil('all tasks to end', async () => (await set.rows("select 1 from tasks where status in ('queued', 'running')")).length === 0, endMs)
  await waitUntil('all answers', () => [...wanted].every(([thread, said]) => answersOf(thread).filter(isFinishedAnswer).length === said.length), endMs)
  for (const [thread, said] of wanted) expect(answersOf(thread)).toHaveLength(said.length)
  expect(await set.rows("select run_id, error_code from runs where status <> 'completed'")).toEqual([])
  expect(await set.rows('select count(*)::int as runs from runs')).toEqual([{ runs: earlier.said.length }])

  // Ended before; answered before, which only had to be said; and two that were at the model, whose routes were paid for.
  expect(callsFor(set, 'What do you say to that?')).toEqual([])
  expect(callsFor(set, 'It is answered, and not said.')).toEqual([])
  expect(callsFor(set, 'The model is at work on it.')).toEqual(['answer'])
  expect(callsFor(set, 'The model is at work on it as well.')).toEqual(['answer'])
  expect(await findAccountFaults(set)).toEqual([])

  const redis = new Redis(redisUrl)
  await waitUntil('jobs of dead processes to be gone', async () => (await redis.llen('murmur:tasks:active')) + (await redis.zcard('murmur:tasks:prioritized')) === 0, endMs)
  redis.disconnect()
}, limitMs)

test('Slack repeats a delivery that the earlier version had acknowledged, and a thread of that version goes on', async () => {
  const { earlier, set } = await takeOver('tables')
  const [first] = earlier.said
  if (!first) throw new Error('Expected something to have been said.')
  const { channel, ts, user, text } = first
  const event = { type: 'app_mention', channel, user, text, ts, event_ts: ts }
  const again = await set.workspace.deliver({ body: { token: 't', team_id: set.workspace.teamId, api_app_id: set.workspace.appId, type: 'event_callback', event_id: 'Ev0AGAIN001', event_time: Math.floor(Number(ts)), event } })
  expect(again).toMatchObject({ ok: true })
  await set.ask('And what do you say now?', { channel, threadTs: ts })
  await waitUntil('the answer in that thread', () => set.answers({ channel, ts }).some((message) => isFinishedAnswer(message) && message.deliveredText.includes('And what do you say now?')), endMs)
  await waitUntil('all tasks to end', async () => (await set.rows("select 1 from tasks where status in ('queued', 'running')")).length === 0, endMs)
  expect(await set.rows('select count(*)::int as runs from runs')).toEqual([{ runs: earlier.said.length + 1 }])
}, limitMs)
