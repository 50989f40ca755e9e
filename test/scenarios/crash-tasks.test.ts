import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import { findAccountFaults, finishedCalls } from './paid-calls.ts'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
})
afterEach(() => {
  scenario.workspace.faults.clear()
  scenario.model.release()
})
afterAll(() => scenario.close())

let batches = 0
const objectives = (count: number): string[] => Array.from({ length: count }, (_, index) => `Write line ${index + 1} of poem ${batches}`)

/** Whatever has left the model's server is stored by then: of an answer that is on its way nobody could know whether it was given. */
async function killAndRestart(): Promise<void> {
  const { model, store } = scenario
  model.hold()
  await waitUntil('what is answered to be stored', () => model.pending === model.held && store.rows('ledger').filter(({ outcome }) => outcome === 'ok').length === finishedCalls(scenario).length)
  await scenario.kill()
  model.release()
  scenario.workspace.faults.clear()
  await scenario.start()
}

async function submitBatch(channel: string, lines: readonly string[]): Promise<void> {
  const { workspace } = scenario
  await workspace.command({ user: alice, channel, command: '/swarm', text: 'batch' })
  const view = await workspace.waitFor('the form', () => workspace.openViews(alice).at(-1))
  await workspace.submitView({ user: alice, viewId: view.id, values: { batch_lines_text: lines.join('\n') } })
}

const runsIn = (channel: string) => scenario.store.rows('runs').filter((run) => run['channel_id'] === channel)

/** What the channel's one thread holds when the batch has ended. */
async function endOf(channel: string, lines: readonly string[]) {
  const { workspace, store } = scenario
  await waitUntil('the end of the batch', () => {
    const runs = runsIn(channel)
    return runs.length === lines.length + 1 && runs.every((run) => run['status'] === 'completed')
  })
  const [root] = workspace.messages(channel)
  const [, board, answer, ...more] = workspace.thread(channel, root?.ts ?? '')
  const text = shownText(answer as StoredMessage)
  return {
    isBoardDone: JSON.stringify(board?.blocks).includes(`${lines.length} of ${lines.length} done`),
    results: lines.map((line) => text.split(`Said: ${line}`).length - 1),
    more,
    openTasks: store.rows('tasks').filter((task) => task['status'] !== 'completed'),
    accountFaults: findAccountFaults(scenario),
  }
}

/** One root, one board that is over, one answer with every line once, each paid once. */
const whole = (lines: readonly string[]) => ({ isBoardDone: true, results: lines.map(() => 1), more: [], openTasks: [], accountFaults: [] })

const isLine = (number: number) => (body: Readonly<Record<string, unknown>>) => isAnswerCall(body) && JSON.stringify(body).includes(`line ${number} of poem ${batches}`)

test('a crash in the middle of a batch keeps what is done, and joins all of it once', async () => {
  batches++
  const { model, workspace, freshChannel } = scenario
  const [channel, lines] = [freshChannel(), objectives(5)]
  model.hold({ match: (body) => [2, 4].some((number) => isLine(number)(body)) })
  await submitBatch(channel, lines)
  await model.waitFor('two held calls', () => model.held === 2)
  await waitUntil('three results', () => runsIn(channel).filter((run) => run['status'] === 'completed').length === 3)
  const paid = finishedCalls(scenario).filter(({ body }) => isAnswerCall(body)).length
  await killAndRestart()
  expect(await endOf(channel, lines)).toEqual(whole(lines))
  expect(finishedCalls(scenario).filter(({ body }) => isAnswerCall(body)).length).toBe(paid + 2)
  expect(workspace.messages(channel)[0]?.text).toContain('Batch of 5 tasks')
})

test('crash upon crash while the parts end, one after the other, loses and doubles none', async () => {
  batches++
  const { model, freshChannel } = scenario
  const [channel, lines] = [freshChannel(), objectives(3)]
  const holdFrom = (first: number) => model.hold({ match: (body) => lines.some((_, index) => index + 1 >= first && isLine(index + 1)(body)) })
  holdFrom(1)
  await submitBatch(channel, lines)
  for (let done = 0; done < lines.length; done++) {
    await model.waitFor('the rest to be held', () => model.held === lines.length - done)
    await waitUntil('what is answered to be stored', () => runsIn(channel).filter((run) => run['status'] === 'completed').length === done)
    await scenario.kill()
    model.release()
    holdFrom(done + 2)
    await scenario.start()
  }
  expect(await endOf(channel, lines)).toEqual(whole(lines))
}, 120_000)

test.each([
  ['the root', 'chat.postMessage', false],
  ['the root', 'chat.postMessage', true],
  ['an update of the board', 'chat.update', false],
  ['an update of the board', 'chat.update', true],
])('a crash at %s (%s, took effect: %s) leaves one thread, one board and one answer', async (_name, method, afterEffect) => {
  batches++
  const { workspace, freshChannel } = scenario
  const [channel, lines] = [freshChannel(), objectives(2)]
  const hangs = () => workspace.calls(method).filter(({ error }) => error === 'hang').length
  const before = hangs()
  workspace.faults.add({ kind: 'hang', method, afterEffect })
  await submitBatch(channel, lines)
  await workspace.waitFor(`${method} to hang`, () => hangs() > before)
  await killAndRestart()
  expect(await endOf(channel, lines)).toEqual(whole(lines))
})

test('a batch that is stopped stays stopped over a crash', async () => {
  batches++
  const { model, workspace, freshChannel } = scenario
  const [channel, lines] = [freshChannel(), objectives(3)]
  model.hold({ match: isAnswerCall })
  await submitBatch(channel, lines)
  await model.waitFor('held calls', () => model.held > 0)
  const batch = await waitUntil('the batch', () => runsIn(channel).find((run) => run['parent_run_id'] === null))
  await workspace.command({ user: alice, channel, command: '/swarm', text: `cancel ${String(batch['run_id'])}` })
  await killAndRestart()
  await waitUntil('the end', () => runsIn(channel).every((run) => run['status'] === 'cancelled'))
  expect(runsIn(channel)).toHaveLength(4)
})

/** While the app is down, as if time had gone on. */
function moveSchedules(byMs: number): void {
  const database = new DatabaseSync(join(scenario.dataDir, 'murmur.db'))
  database.prepare("UPDATE schedules SET next_at_ms = next_at_ms + ?, rule = json_set(rule, '$.atMs', json_extract(rule, '$.atMs') + ?) WHERE status = 'active'").run(byMs, byMs)
  database.close()
}

const schedule = (channel: string, text: string) => scenario.workspace.command({ user: alice, channel, command: '/swarm', text })

test('an occurrence that came while the app was down is made up for, once', async () => {
  const { workspace, freshChannel, kill, start } = scenario
  const channel = freshChannel()
  await schedule(channel, 'in 2 hours Write a haiku')
  await kill()
  moveSchedules(-2 * 3_600_000 - 60_000)
  await start()
  await waitUntil('the run', () => runsIn(channel)[0]?.['status'] === 'completed')
  await killAndRestart()
  const root = await workspace.waitFor('the root', () => workspace.messages(channel)[0])
  expect(runsIn(channel)).toHaveLength(1)
  expect(workspace.thread(channel, root.ts).map(shownText).at(-1)).toBe('Said: Write a haiku')
  expect(scenario.store.rows('schedules').map(({ status }) => status)).toEqual(['done'])
})

test('one that came long before is skipped, and its thread says so', async () => {
  const { workspace, freshChannel, kill, start } = scenario
  const channel = freshChannel()
  await schedule(channel, 'in 2 hours Write a haiku')
  await kill()
  moveSchedules(-5 * 3_600_000)
  await start()
  const root = await workspace.waitFor('the root', () => workspace.messages(channel)[0])
  await workspace.waitFor('the notice', () => workspace.thread(channel, root.ts).some((message) => shownText(message).includes('while I was not running, so it is skipped')))
  await waitUntil('the end', () => runsIn(channel)[0]?.['status'] === 'completed')
  expect(runsIn(channel)).toMatchObject([{ cost_micro_usd: 0 }])
})

test.each([false, true])('a crash at the firing of a schedule (took effect: %s) does it once', async (afterEffect) => {
  const { workspace, freshChannel } = scenario
  const channel = freshChannel()
  const hangs = () => workspace.calls('chat.postMessage').filter(({ error }) => error === 'hang').length
  const before = hangs()
  workspace.faults.add({ kind: 'hang', method: 'chat.postMessage', afterEffect })
  await schedule(channel, `in 1 second Write a limerick of ${String(afterEffect)}`)
  await workspace.waitFor('the root to hang', () => hangs() > before)
  await killAndRestart()
  await waitUntil('the run', () => runsIn(channel)[0]?.['status'] === 'completed')
  const root = await workspace.waitFor('the root', () => workspace.messages(channel)[0])
  expect(runsIn(channel)).toHaveLength(1)
  expect(workspace.thread(channel, root.ts)).toHaveLength(2)
  expect(findAccountFaults(scenario)).toEqual([])
})
