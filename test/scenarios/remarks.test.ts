import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, aliceIm, bob, startScenario, waitUntil, type Asked, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  script()
})

function script(): void {
  scenario.model.setAnswer((request) => {
    if (request.format.kind !== 'json_schema') return `Said: ${askedOf(request).slice(0, 60)}`
    if (request.format.name === 'recipe_change') return typeof refinement === 'string' ? refinement : { json: refinement }
    return request.format.name === 'route' ? { json: { specialty: 'writer', confidence: 0.9, reason: 'It is about words.' } } : undefined
  })
}
afterAll(() => scenario.close())

/** What the model answers when it is asked what a remark means. */
let refinement: unknown
const isRefineCall = (body: Readonly<Record<string, unknown>>): boolean => JSON.stringify(body['response_format'])?.includes('recipe_change') ?? false
const refineCalls = () => scenario.model.requests().filter(({ body }) => isRefineCall(body)).length

const kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30`

async function answered(user = alice, text = kind(1)): Promise<Asked> {
  const asked = await scenario.ask(text, { user })
  await scenario.waitForAnswer(asked.channel, asked.ts)
  await scenario.waitForEnd(asked)
  return asked
}

const runsIn = ({ channel, ts }: Asked) => scenario.store.runsOf(channel, ts)

/** Says something in the thread and waits until all that came of it has ended. */
async function say({ channel, ts }: Asked, text: string, user = alice) {
  const before = runsIn({ channel, ts }).length
  await scenario.ask(text, { user, channel, threadTs: ts })
  await waitUntil('the end of it', () => runsIn({ channel, ts }).length > before && runsIn({ channel, ts }).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  return lastOf({ channel, ts })
}

function lastOf({ channel, ts }: Asked) {
  const message = scenario.answers(channel, ts).at(-1)
  if (!message) throw new Error('Expected a message of the app.')
  return { ts: message.ts, text: shownText(message), blocks: JSON.stringify(message.blocks) }
}

const versions = () => scenario.store.rows('workflow_versions')
const remarksIn = (reason: string) => versions().filter((row) => row['reason'] === reason)
const answerPrompts = () => scenario.model.requests().filter(({ body }) => isAnswerCall(body)).map(({ body }) => JSON.stringify(body['messages']))

test('a remark in a thread improves its answer, once whatever is delivered how often, and asks no model', async () => {
  const { workspace, model } = scenario
  const asked = await answered()
  const calls = model.requests().length
  workspace.faults.add({ kind: 'duplicate_delivery', times: 2 })
  const note = await say(asked, 'improve answer in rhymes')
  expect(model.requests()).toHaveLength(calls)
  expect(note.text).toMatch(/now version 1[\s\S]*\+ guidance: answer in rhymes/)
  expect(note.blocks).toContain('compare_improved')
  expect(runsIn(asked)).toHaveLength(2)
  expect(scenario.answers(asked.channel, asked.ts)).toHaveLength(2)
  expect(remarksIn('answer in rhymes')).toHaveLength(1)
  await say({ ...asked }, kind(2), bob)
  expect(answerPrompts().at(-1)).toContain('answer in rhymes')
  await workspace.click({ user: alice, channel: asked.channel, messageTs: note.ts, actionId: 'undo_improvement' })
  await workspace.waitFor('a word', () => workspace.ephemerals(alice).find(({ channel, text }) => channel === asked.channel && /Taken back/.test(text)))
  await say(asked, kind(3))
  expect(answerPrompts().at(-1)).not.toContain('What this team has said')
})

test('Compare under the note answers the same request by the improved recipe, in the thread', async () => {
  const { workspace } = scenario
  const asked = await answered(alice, 'Name a river for the map')
  const note = await say(asked, 'improve name three rivers')
  await workspace.click({ user: bob, channel: asked.channel, messageTs: note.ts, actionId: 'compare_improved' })
  await workspace.waitFor('the other answer', () => scenario.answers(asked.channel, asked.ts).length > 2)
  await waitUntil('its end', () => runsIn(asked).length === 3 && runsIn(asked).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(lastOf(asked).text).toBe('Said: Name a river for the map')
  expect(answerPrompts().at(-1)).toContain('name three rivers')
  expect(lastOf(asked).blocks).toContain('recipe v1, to compare')
  // It is no hit of an automation, has saved nothing, and the request has not recurred.
  const [first, , compared] = runsIn(asked)
  expect(scenario.store.rows('runs').find((row) => row['run_id'] === compared?.runId)).toMatchObject({ layer: 'forced', pattern_id: null })
  const patternId = scenario.store.rows('runs').find((row) => row['run_id'] === first?.runId)?.['pattern_id']
  expect(scenario.store.rows('patterns').find((row) => row['pattern_id'] === patternId)).toMatchObject({ runs: 1 })
})

test('a remark is on the own last answer of the thread, of others on the last one there, and /improve passes remarks over', async () => {
  const asked = await answered(alice, 'Name a colour for the wall')
  await say(asked, 'Name a pet for the office', bob)
  await say(asked, 'improve only warm ones')
  await say(asked, 'improve it has to be small', bob)
  const meant = (user: string) => scenario.store.rows('feedback').filter((row) => row['user_id'] === user).at(-1)?.['run_id']
  const [first, second] = runsIn(asked)
  expect([meant(alice), meant(bob)]).toEqual([first?.runId, second?.runId])
  const { body } = await scenario.workspace.command({ user: alice, channel: asked.channel, command: '/improve', text: 'and soft' })
  expect(JSON.stringify(body)).toContain('Name a colour')
})

test('"improve ..." is a request like any other where nothing of ours stands, and where the way out is taken', async () => {
  const { workspace } = scenario
  const first = await answered(alice, 'improve this sentence: I is here')
  expect(lastOf(first).text).toBe('Said: improve this sentence: I is here')
  const note = await say(first, 'improve this one: you is here')
  expect(note.blocks).toContain('remark_as_request')
  await workspace.click({ user: bob, channel: first.channel, messageTs: note.ts, actionId: 'remark_as_request' })
  await workspace.waitFor('a refusal', () => workspace.ephemerals(bob).find(({ channel, text }) => channel === first.channel && /who wrote it/.test(text)))
  for (let twice = 0; twice < 2; twice++) await workspace.click({ user: alice, channel: first.channel, messageTs: note.ts, actionId: 'remark_as_request' })
  await waitUntil('the answer', () => runsIn(first).length === 3 && runsIn(first).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(lastOf(first).text).toBe('Said: improve this one: you is here')
})

test('in direct messages a remark counts in a thread and at the top, and what names a thing of its own is answered', async () => {
  const { workspace } = scenario
  const dm = async (text: string, threadTs?: string): Promise<Asked> => {
    const { message } = await workspace.say({ user: alice, channel: aliceIm, text, ...(threadTs === undefined ? {} : { threadTs }) })
    const place = { channel: aliceIm, ts: threadTs ?? message.ts }
    await waitUntil('its end', () => runsIn(place).length > 0 && runsIn(place).every(({ finishedAtMs }) => finishedAtMs !== undefined) && scenario.answers(aliceIm, place.ts).some(({ ts }) => ts > message.ts))
    return place
  }
  const top = await dm('improve everything, please')
  expect(lastOf(top).text).toBe('Said: improve everything, please')
  expect(lastOf(await dm('improve with a joke', top.ts)).text).toContain('+ guidance: with a joke')
  expect(lastOf(await dm('improve in two lines')).text).toContain('+ guidance: in two lines')
  expect(lastOf(await dm('improve my motto: Carpe noctem')).text).toBe('Said: improve my motto: Carpe noctem')
  expect(lastOf(await dm('improve', top.ts)).text).toMatch(/Say what to do better/)
})

test.each([true, false])('kill -9 while the note is posted (took effect: %s) neither loses nor doubles the change or the note', async (afterEffect) => {
  const { workspace } = scenario
  const asked = await answered(alice, `Sing of the mountain ${afterEffect ? 'north' : 'south'}`)
  const reason = `loudly ${String(afterEffect)}`
  const hung = workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect })
  await scenario.ask(`improve ${reason}`, { channel: asked.channel, threadTs: asked.ts })
  await workspace.waitFor('the post to hang', () => workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length > hung)
  await scenario.crash()
  await scenario.waitForEnd(asked)
  expect(lastOf(asked).text).toContain(`+ guidance: ${reason}`)
  expect(scenario.answers(asked.channel, asked.ts)).toHaveLength(2)
  expect(remarksIn(reason)).toHaveLength(1)
})

test('hostile remarks ping nobody, break no fence, and leak no key into prompts', async () => {
  const asked = await answered(alice, 'Count the chairs of the hall')
  const key = `xoxb-${'1234567890'.repeat(3)}`
  const note = await say(asked, `improve <!channel> <@${bob}> \`\`\`*bold* use ${key} ${'very '.repeat(2_000)}slow`)
  expect(note.text).not.toContain(key)
  expect(note.text).not.toContain('<!channel>')
  expect(note.text.match(/```/g)).toHaveLength(2)
  expect(note.text.length).toBeLessThan(1_500)
  await scenario.waitForEnd(await scenario.ask('Count the chairs of the hall', { channel: asked.channel }))
  expect(answerPrompts().at(-1)).toContain('[redacted]')
  expect(answerPrompts().at(-1)).not.toContain(key)
  expect(JSON.stringify(versions())).not.toContain(key)
  expect(JSON.stringify(scenario.store.rows('feedback'))).not.toContain(key)
})

test('remarks of two people at once in two threads are both kept', async () => {
  const channel = scenario.freshChannel()
  const threads: Asked[] = []
  for (const [user, nth] of [[alice, 1], [bob, 2]] as const) {
    const asked = await scenario.ask(kind(nth), { user, channel })
    await scenario.waitForEnd(asked)
    threads.push(asked)
  }
  await Promise.all([say(threads[0]!, 'improve with dates first'), say(threads[1]!, 'improve with names last', bob)])
  const { body } = await scenario.workspace.command({ user: alice, channel, command: '/swarm', text: 'workflows' })
  const id = /`([0-9a-f-]{36})`/.exec(JSON.stringify(body))?.[1] ?? ''
  const shown = JSON.stringify((await scenario.workspace.command({ user: alice, channel, command: '/swarm', text: `workflows ${id}` })).body)
  expect(shown).toMatch(/version 2 in force/)
  for (const remark of ['with dates first', 'with names last']) expect(shown).toContain(remark)
})

const improve = async ({ channel }: Asked, text: string, user = alice): Promise<string> => JSON.stringify((await scenario.workspace.command({ user, channel, command: '/improve', text })).body)
const recipeOf = (reason: string) => remarksIn(reason).map((row) => JSON.parse(String(row['recipe'])) as Readonly<Record<string, unknown>>)

test('plain wishes become fields of the recipe beside their words, and no model is asked', async () => {
  const asked = await answered(alice, 'List the keys of the building')
  const calls = scenario.model.requests().length
  expect(await improve(asked, 'use the planner, as a table, with gpt-9')).toMatch(/\+ specialist: planner[\s\S]*\+ format: a table[\s\S]*There is no model `gpt-9` here/)
  expect(scenario.model.requests()).toHaveLength(calls)
  await scenario.waitForEnd(await scenario.ask('List the keys of the building', { channel: asked.channel }))
  expect(answerPrompts().at(-1)).toMatch(/use the planner, as a table[\s\S]*Form of the answer: a table/)
  expect(answerPrompts().at(-1)).toContain('planner')
})

test('what names a field that no rule can read is asked of a model once, and only that field changes', async () => {
  const asked = await answered(alice, 'Draw up the menu of the canteen')
  refinement = { changes: [{ field: 'model', values: ['gpt-5.4-mini'], quote: 'a stronger model' }, { field: 'who', values: ['planner'], quote: 'a stronger model' }] }
  const calls = refineCalls()
  const reason = 'use a stronger model'
  expect(await improve(asked, reason)).toMatch(/\+ guidance: use a stronger model[\s\S]*asked of a model/)
  await waitUntil('what comes of it', () => lastOf(asked).text.includes('+ model: gpt-5.4-mini') && runsIn(asked).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(refineCalls()).toBe(calls + 1)
  expect(recipeOf(reason)).toEqual([{ specialtyId: 'writer', guidance: [reason] }, { specialtyId: 'writer', modelId: 'gpt-5.4-mini', guidance: [reason] }])
  expect(runsIn(asked).at(-1)?.costMicroUsd).toBeGreaterThan(0)
  await improve(asked, reason)
  expect(refineCalls()).toBe(calls + 1)
})

test.each([
  ['garbage', 'la la la'],
  ['what nobody asked for', { changes: [{ field: 'who', values: ['planner'], quote: 'another model' }, { field: 'model', values: ['gpt-5.4-mini'], quote: 'the best' }] }],
  ['what does not exist', { changes: [{ field: 'model', values: ['gpt-99'], quote: 'another model' }] }],
])('a model that answers %s changes nothing, and the words count all the same', async (what, answer) => {
  const asked = await answered(alice, `Tell the story of ${what}`)
  refinement = answer
  const reason = `another model for ${what}`
  await say(asked, `improve ${reason}`)
  expect(lastOf(asked).text).toMatch(/could not tell more/)
  expect(recipeOf(reason)).toEqual([{ specialtyId: 'writer', guidance: [reason] }])
  await scenario.waitForEnd(await scenario.ask(`Tell the story of ${what}`, { channel: asked.channel }))
  expect(answerPrompts().at(-1)).toContain(reason)
})

test('kill -9 between the model and its note makes one version, one call and one note', async () => {
  const { workspace } = scenario
  const asked = await answered(alice, 'Paint the fence of the yard')
  refinement = { changes: [{ field: 'model', values: ['gpt-5.4-mini'], quote: 'a cheaper model' }] }
  const calls = refineCalls()
  const hung = workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect: true })
  await improve(asked, 'try a cheaper model')
  await workspace.waitFor('the post to hang', () => workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length > hung)
  await scenario.crash()
  script()
  await waitUntil('the end', () => runsIn(asked).length === 2 && runsIn(asked).every(({ finishedAtMs }) => finishedAtMs !== undefined))
  expect(refineCalls()).toBe(calls + 1)
  expect(recipeOf('try a cheaper model')).toHaveLength(2)
  expect(scenario.answers(asked.channel, asked.ts).filter((message) => shownText(message).includes('+ model: gpt-5.4-mini'))).toHaveLength(1)
})
