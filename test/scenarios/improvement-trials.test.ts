import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall } from './script-model.ts'
import { alice, bob, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

const lesson = 'Name the shelf of every item.'
const remark = 'Nobody knows the shelf'

let scenario: Scenario
beforeAll(async () => {
  // An audit by a model that says anything takes automations back.
  scenario = await startScenario({ environment: { MURMUR_AUDIT_PERCENT: '0' } })
  script()
})
afterAll(() => scenario.close())

/** Whoever looks back finds the lesson in the remark. */
const script = (): void =>
  scenario.model.setAnswer((request) => {
    const { format } = request
    if (format.kind !== 'json_schema') return 'Here it is.'
    if (format.name === 'route') return { json: { specialty: 'writer', confidence: 0.9, reason: 'It is about words.' } }
    if (format.name === 'lesson') return { json: { isAvoidable: askedOf(request).includes(remark), lesson, quotes: [remark] } }
    return undefined
  })

const command = async (text: string, channel: string, user = alice): Promise<string> => JSON.stringify(await scenario.workspace.command({ user, channel, command: '/swarm', text }))
const workflowOf = (channel: string) => scenario.store.rows('workflows').find((row) => row['goal_id'] === channel)
const studies = (channel: string) => scenario.store.rows('studies').filter((row) => row['workflow_id'] === workflowOf(channel)?.['workflow_id'])
const notices = (channel: string, words: string) => scenario.workspace.messages(channel).filter(({ text }) => text.includes(words))
const rate = async ({ channel, ts }: Asked, value: 'positive' | 'negative'): Promise<void> => {
  const answer = await scenario.waitForAnswer(channel, ts)
  await scenario.workspace.click({ user: bob, channel, messageTs: answer.ts, actionId: 'feedback', value })
}
const runOf = ({ channel, ts }: Asked) => scenario.store.rows('runs').find((row) => row['channel_id'] === channel && row['thread_id'] === ts)
/** The version that a request was answered with. */
const versionOf = (asked: Asked) => Number(runOf(asked)?.['workflow_version'])

async function askAll(count: number, text: (nth: number) => string, channel: string): Promise<Asked[]> {
  const asked: Asked[] = []
  for (let nth = 0; nth < count; nth++) asked.push(await scenario.ask(text(nth), { channel }))
  await Promise.all(asked.map((one) => scenario.waitForEnd(one)))
  return asked
}

/** Three in a row have to be answered by the same specialist, and thumbs of other tests teach the router. */
const automate = (channel: string, text: (nth: number) => string): Promise<boolean> =>
  waitUntil('an automation', async () => {
    if (workflowOf(channel) === undefined) await askAll(1, text, channel)
    return workflowOf(channel) !== undefined
  })

/** The thumbs on an answer were seen by what looks back at bad ones. */
async function thumbsRead(asked: Asked): Promise<void> {
  const said = () => scenario.store.rows('events').findLast((row) => row['type'] === 'feedback_received' && row['run_id'] === runOf(asked)?.['run_id'])
  const read = () => scenario.store.rows('event_cursors').find((row) => row['reader'] === 'learn-from-failures')
  await waitUntil('the thumb to be read', () => said() !== undefined && Number(read()?.['seq']) >= Number(said()?.['seq']))
}

/**
 * Two thumbs down, so far apart that the automation does not go back to learning.
 * @returns the one at which the second is known: it is looked back at, and its thread asked
 */
async function rateBoth(asked: readonly Asked[]): Promise<Asked> {
  const [first, last] = [asked[0], asked.at(-1)] as [Asked, Asked]
  await rate(first, 'negative')
  await thumbsRead(first)
  await rate(last, 'negative')
  return last
}

/** An automation of which everything that was looked at is wrong goes back to learning instead. */
async function praise(channel: string, text: (nth: number) => string): Promise<void> {
  const [good] = (await askAll(1, () => text(99), channel)) as [Asked]
  await rate(good, 'positive')
  await waitUntil('the thumb', () => scenario.store.rows('feedback').some((row) => row['kind'] === 'up' && row['run_id'] === runOf(good)?.['run_id']))
}

/** An automation, then two answers with a thumb down: the lesson goes on trial. */
async function learn(channel: string, text: (nth: number) => string): Promise<void> {
  await automate(channel, text)
  await praise(channel, text)
  const asked = await askAll(8, text, channel)
  // The reasons come with the thumb in one form; here the remark was said before it. One bad answer alone is none.
  await rateBoth(asked)
  await waitUntil('the lesson on trial', () => workflowOf(channel)?.['canary_version'] === 2)
}

test('a lesson of a bad answer serves a quarter of the requests, and when it does as well it serves all, with one message', async () => {
  const text = (nth: number): string => `Kindly sort item ${nth} into the red pile by ${9 + (nth % 10)}:30, ${remark}`
  const channel = scenario.freshChannel()
  await learn(channel, text)
  expect(studies(channel)).toMatchObject([{ kind: 'reflect', outcome: 'offered' }])
  expect(await command('workflows', channel)).toMatch(/version 2 on trial for 25 %/)
  expect(await command(`workflows ${String(workflowOf(channel)?.['workflow_id'])}`, channel)).toMatch(/version 2 on trial: no request yet[\s\S]*looked back at an answer that went wrong: tried out[\s\S]*Looking back at an answer that went wrong[\s\S]*\+ guidance: Name the shelf/)
  const asked: Asked[] = []
  await waitUntil('the promotion', async () => {
    if (workflowOf(channel)?.['current_version'] === 2) return true
    asked.push(...(await askAll(10, text, channel)))
    return false
  }, 90_000)
  await waitUntil('the notice', () => notices(channel, 'serves all such requests from now on').length > 0)
  const served = asked.map(versionOf)
  const share = served.filter((version) => version === 2).length / served.length
  // Draws of a quarter; of 60 and more fewer than 1 in 10,000 fall out of this.
  expect(share).toBeGreaterThan(0.05)
  expect(share).toBeLessThan(0.55)
  const prompts = scenario.model.requests().filter(({ body }) => isAnswerCall(body)).map(({ body }) => JSON.stringify(body['messages']))
  expect(prompts.filter((prompt) => prompt.includes(lesson))).toHaveLength(served.filter((version) => version === 2).length)
  await scenario.crash()
  script()
  await scenario.waitForEnd(await scenario.ask(text(1), { channel }))
  expect(notices(channel, 'serves all such requests from now on')).toHaveLength(1)
}, 120_000)

test('a lesson that does worse is taken back with one message, and was never in force', async () => {
  const text = (nth: number): string => `Have crate ${nth} labelled for the northern depot at ${9 + (nth % 10)}:15, ${remark}`
  const channel = scenario.freshChannel()
  await learn(channel, text)
  await waitUntil('the rollback', async () => {
    if (workflowOf(channel)?.['canary_version'] === null) return true
    for (const one of await askAll(8, text, channel)) if (versionOf(one) === 2) await rate(one, 'negative')
    return false
  }, 60_000)
  await waitUntil('the notice', () => notices(channel, 'I took back version 2').length > 0)
  expect(workflowOf(channel)).toMatchObject({ current_version: 1, canary_version: null, state: 'active' })
  expect(notices(channel, 'I took back version 2')).toHaveLength(1)
  expect(notices(channel, 'I took back version 2')[0]?.text).toContain('a share of the requests only')
}, 120_000)

test('where admins approve improvements a lesson waits for one, and is then tried out like any other', async () => {
  const text = (nth: number): string => `Fetch ladder ${nth} from the old barn at ${9 + (nth % 10)}:20, ${remark}`
  const channel = scenario.freshChannel()
  await automate(channel, text)
  await praise(channel, text)
  const asked = await askAll(8, text, channel)
  expect(await command('workflows approval on', channel)).toMatch(/wait for an admin/)
  const bad = await rateBoth(asked)
  const question = await waitUntil('the question', () => scenario.answers(channel, bad.ts).find(({ blocks }) => JSON.stringify(blocks).includes('approve_improvement')))
  expect(JSON.stringify(question.blocks)).toMatch(/I would try this out on 25 %[\s\S]*\+ guidance: Name the shelf/)
  expect(workflowOf(channel)).toMatchObject({ current_version: 1, canary_version: null })
  const click = (user: string) => scenario.workspace.click({ user, channel, messageTs: question.ts, actionId: 'approve_improvement' })
  await click(bob)
  expect(workflowOf(channel)).toMatchObject({ canary_version: null })
  await click(alice)
  await waitUntil('the trial', () => workflowOf(channel)?.['canary_version'] === 2)
  expect(workflowOf(channel)).toMatchObject({ current_version: 1 })
  expect(JSON.stringify(scenario.answers(channel, bad.ts).find(({ ts }) => ts === question.ts)?.blocks)).toMatch(/approved what I wanted to try[\s\S]*is tried out on 25 %/)
  expect(await command('workflows approval off', channel)).toMatch(/count at once/)
}, 120_000)

test('where trials are off nothing is looked into', async () => {
  const text = (nth: number): string => `Print ticket ${nth} for the evening show at ${9 + (nth % 10)}:45, ${remark}`
  const channel = scenario.freshChannel()
  expect(await command('workflows trials off', channel, bob)).toMatch(/for admins/)
  expect(await command('workflows trials off', channel)).toMatch(/change no recipe by myself/)
  await automate(channel, text)
  const [bad] = (await askAll(2, text, channel)) as [Asked]
  const before = scenario.model.requests().length
  await rate(bad, 'negative')
  await thumbsRead(bad)
  expect(studies(channel)).toEqual([])
  expect(scenario.model.requests()).toHaveLength(before)
  expect(await command('workflows trials on', channel)).toMatch(/look back at answers/)
  // By how many runs the tests before had, a step may have begun.
  expect(await command('workflows tuning', channel)).toMatch(/No setting is tuned here yet|Back to what is configured/)
  expect(await command('workflows tuning reset temperature:nobody', channel, bob)).toMatch(/for admins/)
  expect(await command('workflows tuning reset temperature:nobody', channel)).toMatch(/the name of a setting that is tuned/)
}, 120_000)
