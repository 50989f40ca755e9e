import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import { findAccountFaults } from './paid-calls.ts'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, elsewhere, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
})
afterEach(() => scenario.model.release())
afterAll(() => scenario.close())

async function type(text: string, channel: string, user = alice): Promise<string> {
  const { httpStatus, body } = await scenario.workspace.command({ user, channel, command: '/swarm', text })
  expect(httpStatus).toBe(200)
  return typeof body === 'string' ? body : JSON.stringify(body ?? '')
}

const runsIn = (channel: string) => scenario.store.rows('runs').filter((run) => run['channel_id'] === channel)
const ended = (channel: string, count: number) =>
  waitUntil(`${count} ended runs`, () => {
    const runs = runsIn(channel)
    return runs.length === count && runs.every((run) => run['finished_at_ms'] !== null) && runs
  })
const rootOf = (channel: string) => scenario.workspace.waitFor('the root', () => scenario.workspace.messages(channel)[0])
const idIn = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? ''

/** Fills in the form of a batch. @returns what stands at its fields */
async function submitBatch(channel: string, values: Readonly<Record<string, string | readonly string[]>>): Promise<Record<string, string>> {
  const { workspace } = scenario
  expect(await type('batch', channel)).toBe('""')
  const view = await workspace.waitFor('the form', () => workspace.openViews(alice).at(-1))
  const { body } = await workspace.submitView({ user: alice, viewId: view.id, values })
  const { errors = {} } = (body ?? {}) as { errors?: Record<string, string> }
  if (Object.keys(errors).length > 0) await workspace.closeView({ user: alice, viewId: view.id })
  return errors
}

test('a batch of a CSV file has one thread, a board and one joint answer', async () => {
  const { workspace, freshChannel } = scenario
  const channel = freshChannel()
  const file = workspace.stageFile({ user: alice, name: 'tasks.csv', content: 'objective,priority,role\nName a river,high,writer\n"Name a lake, please",low,writer\nName a sea,,writer\n' })
  expect(await submitBatch(channel, { batch_file_upload: [file] })).toEqual({})
  await ended(channel, 4)
  const root = await rootOf(channel)
  expect(root.text).toContain('Batch of 3 tasks')
  const thread = workspace.thread(channel, root.ts)
  expect(workspace.messages(channel).filter(({ threadTs }) => threadTs === undefined || threadTs === root.ts)).toHaveLength(thread.length)
  const [, board, answer, ...more] = thread
  expect(JSON.stringify(board?.blocks)).toContain('3 of 3 done')
  expect(JSON.stringify(board?.blocks)).not.toContain('stop_run')
  for (const said of ['3 of 3 done', 'Said: Name a river', 'Said: Name a lake, please', 'Said: Name a sea']) expect(shownText(answer as StoredMessage)).toContain(said)
  expect(more).toEqual([])
  const part = runsIn(channel).find((run) => String(run['request']).includes('Name a sea'))
  expect(await type(`result ${part?.['run_id']}`, channel)).toContain('Said: Name a sea')
  expect(findAccountFaults(scenario)).toEqual([])
})

test('what is wrong in a batch stands at its field, by line, and nothing is started', async () => {
  const channel = scenario.freshChannel()
  const file = scenario.workspace.stageFile({ user: alice, name: 'tasks.csv', content: 'objective,priority\nName a river,urgent\n' })
  expect(await submitBatch(channel, { batch_file_upload: [file] })).toEqual({ batch_file: expect.stringMatching(/^Line 2: Expected one of `critical`/) })
  expect(await submitBatch(channel, { batch_lines_text: `ok\n${'x'.repeat(2_500)}` })).toEqual({ batch_lines: expect.stringMatching(/^Line 2: Expected at most 2000/) })
  expect(await submitBatch(channel, {})).toEqual({ batch_lines: expect.stringMatching(/^Expected objectives, one a line/) })
  expect(runsIn(channel)).toEqual([])
})

test('a batch shows how far it is, and stops with its parts', async () => {
  const { workspace, model, freshChannel } = scenario
  const channel = freshChannel()
  model.hold({ match: (body) => isAnswerCall(body) && JSON.stringify(body).includes('slow') })
  await submitBatch(channel, { batch_lines_text: 'Write something quick\nWrite something slow\nWrite something slow too' })
  const root = await rootOf(channel)
  const board = () => JSON.stringify(workspace.thread(channel, root.ts)[1]?.blocks ?? '')
  await workspace.waitFor('the board', () => board().includes('1 of 3 done'))
  const id = idIn(await type('status', channel))
  expect(await type('status', channel)).toContain('1 of 3 parts ended (33 %)')
  expect(await type(`task ${id}`, channel)).toContain('Write something slow too')
  expect(await type(`cancel ${id}`, channel, bob)).toContain('is for admins')
  expect(await type(`cancel ${id}`, channel)).toContain('Stopping')
  const runs = await ended(channel, 4)
  expect(runs.map((run) => String(run['status'])).toSorted()).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed'])
  const answer = await workspace.waitFor('the answer', () => workspace.thread(channel, root.ts)[2])
  expect(shownText(answer)).toContain('1 of 3 done, 2 not')
})

test('flags say how urgent it is and who does it, and status shows the line', async () => {
  const { model, freshChannel } = scenario
  const channel = freshChannel()
  model.hold({ match: isAnswerCall })
  expect(await type('Write a poem --priority high --deadline=2h --role writer', channel)).toBe('""')
  await waitUntil('a run at work', () => runsIn(channel)[0]?.['status'] === 'running')
  expect(await type('status', channel)).toMatch(/Write a poem \(running.* · due (today|tomorrow) at \d+:\d\d/)
  expect(await type(`task ${String(runsIn(channel)[0]?.['run_id'])}`, channel)).toContain('Priority high, attempt 1 of at most 5')
  model.release()
  await ended(channel, 1)
  expect(await type('Write a poem --prority high', channel)).toContain('Did you mean `--priority`?')
  expect(await type('Write a poem --needs levitation', channel)).toContain('Expected capabilities out of')
})

test('what failed is listed with its reason, and goes again as the same run', async () => {
  const { workspace, store } = scenario
  await type('--role writer Write a song', elsewhere)
  const [run] = await ended(elsewhere, 1)
  const id = String(run?.['run_id'])
  expect(await type('status', elsewhere)).toMatch(new RegExp(`Failed lately.*\n• \`${id}\` Write a song: Expected a channel that I can write in.*MUR_REQUEST_INVALID`))
  workspace.channels.find((channel) => channel.id === elsewhere)?.members.add(workspace.botUserId)
  expect(await type(`retry ${id}`, elsewhere, bob)).toContain('is for admins')
  expect(await type(`retry ${id}`, elsewhere)).toContain('again')
  const root = await rootOf(elsewhere)
  await workspace.waitFor('the answer', () => workspace.thread(elsewhere, root.ts).length === 2 && shownText(workspace.thread(elsewhere, root.ts)[1] as StoredMessage) === 'Said: Write a song')
  await ended(elsewhere, 1)
  expect(store.runsOf(elsewhere, root.ts)).toMatchObject([{ runId: id, status: 'completed' }])
  expect(await type(`retry ${id}`, elsewhere)).toContain('nothing to try again')
})

test('a scheduled objective is listed, done in a thread that says who scheduled it, and can be ended', async () => {
  const channel = scenario.freshChannel()
  const reply = await type('every weekday at 9:00 Sum up the news', channel, bob)
  expect(reply).toMatch(/"Sum up the news" is done every weekday at 9:00, next .* at 9:00 \(UTC\)\. To end it: `\/swarm unschedule [0-9a-f-]{36}`\./)
  const id = idIn(reply)
  expect(await type('schedules', channel)).toContain(id)
  expect(await type('in 1 second Write a haiku', channel)).toMatch(/is done once, (today|tomorrow) at/)
  const root = await rootOf(channel)
  expect(root.text).toBe(`Scheduled by <@${alice}>:\n> Write a haiku`)
  await ended(channel, 1)
  expect(shownText(scenario.workspace.thread(channel, root.ts)[1] as StoredMessage)).toBe('Said: Write a haiku')
  expect(await type(`unschedule ${id}`, channel, 'U0CAROL0001')).toContain('is for admins')
  expect(await type(`unschedule \`${id}\``, channel, bob)).toContain('is not done any more')
  expect(await type('schedules', channel)).toContain('Nothing is scheduled here')
  expect(await type('at 25:00 x', channel)).toContain('Expected a time of day')
  expect(await type('in one word, what is it', channel)).toBe('""')
})
