import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, scriptAnswers, sentences } from './script-model.ts'
import { alice, isFinishedAnswer, waitUntil, type Asked } from './start-scenario.ts'
import { startScaled, type Scaled } from './start-scaled.ts'

/* What one edge has begun with a person, another one goes on with: only one of the two is there at a time. */

let scaled: Scaled
const river = { channel: 'C0FRESH0001' }
const lake = { channel: 'C0FRESH0002' }
const long = { channel: 'C0FRESH0003', text: `Write a text about our bread. ${'It is made of flour, water and salt. '.repeat(200)}` }

interface Begun {
  /** The answer whose recipe was improved, and the note with its buttons. */
  readonly improved: Asked & { readonly noteTs: string }
  readonly viewId: string
  /** A request that waits for a click, and the question. */
  readonly waiting: Asked & { readonly questionTs: string }
}
let begun: Begun

beforeAll(async () => {
  scaled = await startScaled({ edges: 1, workers: 1 })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(2)}`)
  const first = await scaled.ask('Name a river for the map', river)
  const second = await scaled.ask('Name a lake for the map', lake)
  await scaled.workspace.command({ user: alice, channel: long.channel, command: '/swarm', text: 'budget set confirm 0' })
  const third = await scaled.ask(long.text, long)
  await answerOf(first)
  await scaled.ask('improve name three of them', { ...river, threadTs: first.ts })
  const answer = await answerOf(second)
  await scaled.workspace.click({ user: alice, ...lake, messageTs: answer.ts, actionId: 'feedback', value: 'negative' })
  const view = await scaled.workspace.waitFor('the form', () => scaled.workspace.openViews(alice).at(-1))
  begun = {
    improved: { ...first, noteTs: (await withButton(first, 'compare_improved')).ts },
    viewId: view.id,
    waiting: { ...third, questionTs: (await withButton(third, 'approve_run')).ts },
  }
  await scaled.kill('edge', 0)
  await scaled.start('edge', 1)
}, 240_000)
afterAll(() => scaled?.close(), 60_000)

const answerOf = (one: Asked, but: readonly string[] = []) => waitUntil('an answer', () => scaled.answers(one).find((message) => isFinishedAnswer(message) && !but.includes(message.ts)), 60_000)
const withButton = (one: Asked, actionId: string) => waitUntil(actionId, () => scaled.answers(one).find((message) => JSON.stringify(message.blocks).includes(`"${actionId}"`)), 60_000)
const has = (query: string) => waitUntil(query, async () => (await scaled.rows(query)).length > 0, 60_000)

test('the improved version answers beside the old answer', async () => {
  const { improved } = begun
  const before = scaled.answers(improved).map(({ ts }) => ts)
  await scaled.workspace.click({ user: alice, channel: improved.channel, messageTs: improved.noteTs, actionId: 'compare_improved' })
  const word = await scaled.workspace.waitFor('a word', () => scaled.workspace.ephemerals(alice).findLast(({ channel }) => channel === improved.channel))
  expect(word.text).toContain('is answered again in its thread')
  expect((await answerOf(improved, before)).text).toContain('Said: Name a river for the map')
  expect(JSON.stringify(scaled.model.requests().at(-1)?.body)).toContain('name three of them')
}, 90_000)

test('the form of an improvement counts when it is handed in', async () => {
  await scaled.workspace.submitView({ user: alice, viewId: begun.viewId, values: { improvement_text: 'with its depth' } })
  const made = "select author_id from workflow_versions where reason = 'with its depth'"
  await has(made)
  expect(await scaled.rows(made)).toEqual([{ author_id: alice }])
}, 90_000)

test('work whose cost was asked about goes on after the click, once', async () => {
  const { waiting } = begun
  const click = () => scaled.workspace.click({ user: alice, channel: waiting.channel, messageTs: waiting.questionTs, actionId: 'approve_run' })
  await Promise.all([click(), click()])
  await answerOf(waiting)
  await has(`select 1 from runs where thread_id = '${waiting.ts}' and status = 'completed'`)
  expect(scaled.answers(waiting).filter(isFinishedAnswer)).toHaveLength(1)
}, 90_000)
