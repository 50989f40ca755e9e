import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { scriptAnswers } from './script-model.ts'
import { alice, bob, waitUntil, type Asked } from './start-scenario.ts'
import { startScaled, type Scaled } from './start-scaled.ts'

const channel = 'C0FRESH0007'

let scaled: Scaled
beforeAll(async () => {
  // An audit by a model that says anything takes automations back.
  scaled = await startScaled({ edges: 1, workers: 2, environment: { MURMUR_AUDIT_PERCENT: '0' } })
  scriptAnswers(scaled.model, 'Here it is.')
}, 120_000)
afterAll(() => scaled.close())

const kind = (nth: number): string => `Kindly stack pallet ${nth} beside the blue gate by ${9 + (nth % 10)}:30`
const one = async (query: string) => (await scaled.rows(query))[0]
const workflow = () => one(`select * from workflows where goal_id = '${channel}'`)
const notices = () => scaled.workspace.messages(channel).filter(({ text }) => text.includes('I took back version 2'))

async function ask(nth: number): Promise<Asked> {
  const asked = await scaled.ask(kind(nth), { channel })
  await waitUntil('the end of the run', async () => (await one(`select status from runs where thread_id = '${asked.ts}'`))?.['status'] === 'completed', 60_000)
  return asked
}

async function thumbDown(asked: Asked): Promise<void> {
  const answer = await waitUntil('the thumbs', () => scaled.answers(asked).find(({ blocks }) => blocks.some((block) => block['type'] === 'context_actions')))
  await scaled.workspace.click({ user: bob, channel, messageTs: answer.ts, actionId: 'feedback', value: 'negative' })
}

test('two workers on one PostgreSQL judge a trial together: it is taken back once, with one message', async () => {
  await waitUntil('an automation', async () => {
    await ask(1)
    return (await workflow()) !== undefined
  }, 60_000)
  for (let nth = 2; nth < 6; nth++) await ask(nth)
  await scaled.workspace.command({ user: alice, channel, command: '/improve', text: 'answer in Klingon only' })
  await waitUntil('the second version', async () => (await workflow())?.['current_version'] === 2)
  // A worker learns within seconds of recipes that the other one made; until then some runs follow none.
  await waitUntil('the rollback', async () => {
    if ((await workflow())?.['current_version'] === 1) return true
    const asked = await Promise.all(Array.from({ length: 8 }, (_, nth) => ask(nth)))
    await Promise.all(asked.map((run) => thumbDown(run)))
    return false
  }, 240_000)
  await waitUntil('the message', () => notices().length > 0, 60_000)
  await ask(3)
  expect(await scaled.rows(`select type from events where type = 'automation_rolled_back' and payload like '%"fromVersion":2%'`)).toHaveLength(1)
  expect(await scaled.rows(`select version, state from version_trials where version = 2`)).toEqual([{ version: 2, state: 'rolled_back' }])
  expect(notices()).toHaveLength(1)
}, 360_000)
