import { afterEach, expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import { checkLesson } from '../../../src/orchestration/studies/reflect.ts'
import type { FailureClass } from '../../../src/storage/failure-class.ts'
import { workspaceId } from '../../fakes/budget-world.ts'
import { openStudyWorld } from './study-world.ts'

type World = Awaited<ReturnType<typeof openStudyWorld>>
let world: World | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

const lesson = (over: object = {}) => ({ text: JSON.stringify({ isAvoidable: true, lesson: 'Name the source of every figure.', quotes: ['Nobody knows where 42 comes from'], ...over }) })
const remark = 'Nobody  knows where 42 comes from!'

/** A thumb down on an answer, and the order to look back at it. */
async function fail(here: World, text = remark) {
  const run = await here.ended('There were 42 sales.')
  await here.thumbDown(run, text)
  expect(await here.order('reflect', run)).toBe(true)
  return run
}

test('what an answer that went wrong teaches is tried out on a share of the requests', async () => {
  world = await openStudyWorld([lesson()])
  const run = await fail(world)
  expect(await world.work()).toMatchObject({ result: { kind: 'ended' } })
  expect(JSON.stringify(world.model.requests)).toMatch(/Use a table.*There were 42 sales.*thumb down: Nobody/s)
  expect((await world.versions())[0]).toEqual({ version: 2, source: 'system', guidance: ['Use a table.', 'Name the source of every figure.'], reason: 'Looking back at an answer that went wrong: "Nobody knows where 42 comes from".' })
  expect(await world.workflows.find(world.workflowId)).toMatchObject({ currentVersion: 1, canary: { version: 2, share: 0.25 } })
  expect(await world.outcomes()).toEqual(['offered'])
  expect(await world.order('reflect', run)).toBe(false)
  expect(await world.eventTypes()).toEqual(['improvement_available', 'improvement_available'])
  expect(await world.stateOf('person:murmur')).toEqual([0, expect.any(Number)])
})

test.each([
  ['chance', { isAvoidable: false }],
  ['words that stand nowhere', { quotes: ['The figures were wrong'] }],
  ['no words', { quotes: [] }],
  ['an instruction that is too long', { lesson: 'x'.repeat(301) }],
  ['an address', { lesson: 'Always link to https://example.com in the answer.' }],
  ['a mention', { lesson: 'Always call <!channel> in the answer.' }],
  ['what is said already', { lesson: 'Use a table.' }],
])('no version is made of %s', async (_what, over) => {
  world = await openStudyWorld([lesson(over)])
  await fail(world)
  await world.work()
  expect(await world.outcomes()).toEqual(['nothing'])
  expect(await world.versions()).toHaveLength(1)
})

test('a secret does not come into a recipe', () => {
  expect(checkLesson({ isAvoidable: true, lesson: 'Never say hunter2 again.', quotes: ['it was hunter2'] }, 'it was hunter2', (text) => text.replaceAll('hunter2', '[redacted]'))).toEqual({ text: 'Never say [redacted] again.', quotes: ['it was [redacted]'] })
})

test('a model that is away, that babbles, or a budget without room change nothing, and nobody waits', async () => {
  world = await openStudyWorld([{ error: new MurmurError('MUR_MODEL_DOWN', { provider: 'x' }) }])
  await fail(world)
  expect(await world.work()).toMatchObject({ result: { kind: 'ended' } })
  expect(await world.outcomes()).toEqual(['failed'])
  await world.close()
  world = await openStudyWorld([{ text: 'bla' }, { text: 'bla' }])
  await fail(world)
  await world.work()
  expect(await world.outcomes()).toEqual(['failed'])
  await world.close()
  world = await openStudyWorld([], { workspacePerDayMicroUsd: 100 })
  await fail(world)
  await world.work()
  expect(await world.outcomes()).toEqual(['unpaid'])
  expect(world.model.requests).toEqual([])
})

test('killed after the call, it neither pays nor proposes twice', async () => {
  world = await openStudyWorld([lesson()])
  await fail(world)
  const { studies, offering } = world.studying
  const dies = { ...offering, database: { ...offering.database, db: { transaction: () => ({ execute: () => Promise.reject(new MurmurError('MUR_STORE_DOWN')) }) } as never } }
  await world.attempt({ studying: { ...world.studying, offering: dies } })
  world.clock.advance(60_000)
  expect(world.model.requests).toHaveLength(1)
  await world.work()
  expect(world.model.requests).toHaveLength(1)
  expect((await world.ledgerRows()).filter(({ outcome }) => outcome === 'ok')).toHaveLength(1)
  expect(await world.versions()).toHaveLength(2)
  expect((await studies.list(world.workflowId, 5)).map(({ outcome }) => outcome)).toEqual(['offered'])
})

test('two of a workflow in a day are looked back at, and none while something is tried out or where it is switched off', async () => {
  world = await openStudyWorld([lesson({ isAvoidable: false }), lesson({ isAvoidable: false })])
  await fail(world)
  await world.work()
  await fail(world)
  await world.work()
  const third = await world.ended('There were 42 sales.')
  await world.thumbDown(third, remark)
  expect(await world.order('reflect', third)).toBe(false)
  world.clock.advance(25 * 3_600_000)
  await world.switches.set(workspaceId, 'trials', false, 'U1', world.clock.now())
  expect(await world.order('reflect', third)).toBe(false)
  await world.switches.set(workspaceId, 'trials', true, 'U1', world.clock.now())
  await world.database.db.updateTable('workflows').set({ canary_version: 1, canary_share: 0.1 }).execute()
  expect(await world.order('reflect', third)).toBe(false)
  await world.database.db.updateTable('workflows').set({ canary_version: null, canary_share: null }).execute()
  expect(await world.order('reflect', third)).toBe(true)
})

test('while the version in force is itself in doubt nothing is tried out on it', async () => {
  world = await openStudyWorld([])
  const here = world
  const bad = async () => {
    const run = await here.ended('Up.')
    await here.thumbDown(run, remark)
    return run
  }
  for (let nth = 0; nth < 6; nth++) await world.ended('Sales went up.')
  await world.library.improve(await world.ended('Sales went up.'), 'C1', { authorId: 'U1', source: 'user', reason: 'Shorter.', change: { addGuidance: 'Shorter.' } })
  expect(await world.order('reflect', await bad())).toBe(false)
  for (let nth = 0; nth < 40; nth++) await world.ended('Up.')
  expect(await world.order('reflect', await bad())).toBe(true)
})

test('where a workspace wants an admin to approve, the lesson waits, once', async () => {
  world = await openStudyWorld([lesson(), lesson()])
  await world.proposals.setApproval(workspaceId, true, 'U1', world.clock.now())
  const run = await fail(world)
  await world.work()
  expect(await world.outcomes()).toEqual(['proposed'])
  expect(await world.versions()).toHaveLength(1)
  const [proposal] = await world.proposals.listPending(workspaceId, 'C1', 5)
  expect(proposal).toMatchObject({ authorId: '', runId: run.runId, change: { addGuidance: 'Name the source of every figure.' } })
  // The question to the admins is the next run.
  expect(await world.runs.listChannel(workspaceId, 'C1', 1)).toMatchObject([{ request: { remarkOn: { proposalId: proposal?.proposalId } } }])
  await world.attempt()
  await fail(world)
  await world.work()
  expect((await world.outcomes())[0]).toBe('overtaken')
  expect(await world.proposals.listPending(workspaceId, 'C1', 5)).toHaveLength(1)
})

test('one thumb down without a word is no reason, and two are, or one with words or a correction', async () => {
  world = await openStudyWorld([])
  const [first, second] = [await world.ended('There were 42 sales.'), await world.ended('There were 43 sales.')]
  await world.thumbDown(first, '')
  expect(await world.order('reflect', first)).toBe(false)
  await world.thumbDown(second, '')
  expect(await world.order('reflect', second)).toBe(true)
  await world.close()

  world = await openStudyWorld([])
  const corrected = await world.ended('There were 42 sales.')
  await world.say(corrected, 'correction', 'researcher')
  expect(await world.order('reflect', corrected)).toBe(true)
})

test('what an answer failed by counts as a bad outcome, and what it did not cause does not', async () => {
  world = await openStudyWorld([])
  const here = world
  const failed = async (failureClass: FailureClass) => {
    const run = await here.ended('There were 42 sales.')
    await here.database.db.updateTable('runs').set({ failure_class: failureClass }).where('run_id', '=', run.runId).execute()
    return run
  }
  await failed('model_down')
  const poor = await failed('poor')
  expect(await here.order('reflect', poor)).toBe(false)
  expect(await here.order('reflect', await failed('timed_out'))).toBe(true)
})

test('after a person has taken a version back nothing is looked into because of what came before', async () => {
  world = await openStudyWorld([])
  const before = [await world.ended('There were 42 sales.'), await world.ended('There were 43 sales.')]
  for (const run of before) await world.thumbDown(run, remark)
  await world.library.improve(before[0]!, 'C1', { authorId: 'U1', source: 'user', reason: 'Shorter.', change: { addGuidance: 'Shorter.' } })
  world.clock.advance(1)
  await world.library.move(world.workflowId, { userId: 'U1', what: 'rollback' }, () => ({ currentVersion: 1, canary: undefined }))
  world.clock.advance(1)
  for (const run of before) expect(await world.order('reflect', run)).toBe(false)
  expect(await world.order('replay', before[1]!)).toBe(false)
  const after = await world.ended('There were 44 sales.')
  await world.thumbDown(after, '')
  expect(await world.order('reflect', after)).toBe(false)
  const again = await world.ended('There were 45 sales.')
  await world.thumbDown(again, '')
  expect(await world.order('reflect', again)).toBe(true)
})
