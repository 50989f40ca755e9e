import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { alice, startScenario, waitUntil, type Scenario } from '../scenarios/start-scenario.ts'

/* Requests that nothing can be done with: they come to an end, and the others go on. */

let scenario: Scenario
/** Twelve times a process starts, on a machine that may have other work. */
const limitMs = 400_000

beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, sentences(3))
}, 120_000)
afterAll(() => scenario.close())

/** Those that look at runs that failed. */
const readers = ['count-stats', 'report-failures', 'learn-patterns', 'judge-versions']
const isPoison = (body: Readonly<Record<string, unknown>>): boolean => isAnswerCall(body) && JSON.stringify(body).includes('poison')
const newestRun = (ts: string) => scenario.store.rows('runs').find((run) => run['thread_id'] === ts)
const directMessages = (): string[] => scenario.workspace.calls('chat.postMessage').filter(({ args }) => args['channel'] === alice).map(({ args }) => String(args['text']))

test('a run that takes its process down each time is given up, told to the person, and holds up nobody', async () => {
  const { model, ask, kill, start } = scenario
  model.hold({ match: isPoison })
  const poison = await ask('Well, and now? What do you say to that, poison?')
  let crashes = 0
  const answers: string[] = []
  while (newestRun(poison.ts)?.['status'] !== 'failed') {
    await waitUntil('the call that kills, or the end', () => model.held > 0 || newestRun(poison.ts)?.['status'] === 'failed')
    if (model.held === 0) break
    const other = await ask(`Well, and now? What do you say to that, number ${crashes} of you?`)
    answers.push((await scenario.waitForAnswer(other.channel, other.ts)).text)
    await kill()
    crashes++
    // Before the next process makes the same call.
    await waitUntil('the call to be cut', () => model.held === 0)
    await start()
  }
  model.release()
  expect(newestRun(poison.ts)).toMatchObject({ status: 'failed', error_code: 'MUR_RUN_GIVEN_UP' })
  expect(crashes).toBe(12)
  expect(answers).toEqual(Array.from({ length: 12 }, () => expect.stringContaining('number 3 of 3')))
  expect(scenario.answers(poison.channel, poison.ts).at(-1)?.text).toContain('begun 12 times')
  expect(scenario.store.rows('reservations')).toEqual([])
}, limitMs)

test('a run whose row cannot be read is failed after its attempts, told to the person, and stops no reader of the events', async () => {
  const { model, ask, kill, start, dataDir } = scenario
  model.hold({ match: isPoison })
  const poison = await ask('Well, and now? What do you say to that, poison again?')
  await model.waitFor('the call', () => model.held === 1)
  await kill()
  const database = new DatabaseSync(join(dataDir, 'murmur.db'))
  database.prepare("update runs set request = '{' where thread_id = ?").run(poison.ts)
  database.prepare("update tasks set attempts = 3 where status = 'running'").run()
  database.close()
  await start()
  model.release()
  await waitUntil('the end of the run', () => newestRun(poison.ts)?.['status'] === 'failed', 60_000)
  expect(newestRun(poison.ts)).toMatchObject({ error_code: 'MUR_BUG' })
  expect(directMessages().at(-1)).toContain('I could not finish this.')
  const after = await ask('Well, and now? What do you say to that, afterwards?')
  expect((await scenario.waitForAnswer(after.channel, after.ts)).text).toContain('number 3 of 3')
  const last = Math.max(...scenario.store.rows('events').filter(({ type }) => type === 'workflow_failed').map(({ seq }) => Number(seq)))
  await waitUntil('readers to pass it', () => readers.every((name) => scenario.store.rows('event_cursors').some(({ reader, seq }) => reader === name && Number(seq) >= last)), 60_000)
}, limitMs)
