import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunningApp } from '../../playground/start-app.ts'
import { askedOf, isAnswerCall, scriptAnswers, sentences } from '../scenarios/script-model.ts'
import { waitUntil, type Asked } from '../scenarios/start-scenario.ts'
import { patientRetriesMs, startScaled, type Scaled } from '../scenarios/start-scaled.ts'
import { channelOf, questionOf } from './steady-load.ts'

/* What an operator reads while something of the set is away: each thing once, by whoever met it. */

interface Line {
  readonly 'log.level': string
  readonly message: string
  readonly [field: string]: unknown
}

const databaseAway = 'the database is away'
const databaseBack = 'the database answers again'
const redisAway = 'Redis does not answer any more'
const redisBack = 'Redis answers'

let scaled: Scaled
const asked: Asked[] = []
const limitMs = 240_000

beforeAll(async () => {
  scaled = await startScaled({ edges: 1, workers: 2, retryDelaysMs: patientRetriesMs, model: { latencyMs: 40, chunkDelayMs: 5 } })
  scriptAnswers(scaled.model, (request) => `Said: ${askedOf(request)}. ${sentences(5)}`)
}, 240_000)
afterAll(() => scaled?.close(), 60_000)

const ask = async (count: number): Promise<void> => {
  for (let index = 0; index < count; index++) {
    const number = asked.length
    asked.push(await scaled.ask(questionOf(number), { channel: channelOf(number) }))
  }
}
const linesOf = ({ log }: RunningApp): Line[] => log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line)
const all = (): RunningApp[] => [...scaled.edges, ...scaled.workers]
const said = (app: RunningApp, message: string): Line[] => linesOf(app).filter((line) => line.message === message)
/** Where the log of each process ends now; what was said since is counted from there. */
const mark = () => new Map(all().map((app) => [app.pid, linesOf(app).length]))
const since = (marks: ReadonlyMap<number, number>, app: RunningApp): Line[] => linesOf(app).slice(marks.get(app.pid) ?? 0)
const countSince = (marks: ReadonlyMap<number, number>, app: RunningApp, message: string): number => since(marks, app).filter((line) => line.message.startsWith(message)).length
const alarmsSince = (marks: ReadonlyMap<number, number>): string[] =>
  all().flatMap((app) => since(marks, app).filter((line) => line['log.level'] === 'error' && !line.message.startsWith(databaseAway)).map(({ message }) => message))

test('each request is told of when it is accepted and when its run ends, once, by the process and its role', async () => {
  await ask(4)
  expect(await scaled.findFaults(asked)).toEqual([])
  const accepted = scaled.edges.flatMap((edge) => said(edge, 'request accepted'))
  const endedLines = (): Line[] => scaled.workers.flatMap((worker) => said(worker, 'run ended'))
  // The store knows of an end before the line has been read.
  await waitUntil('the lines of all ends', () => endedLines().length >= asked.length)
  const ended = endedLines()
  expect(accepted).toHaveLength(asked.length)
  expect(new Set(ended.map(({ runId }) => runId))).toEqual(new Set(accepted.map(({ runId }) => runId)))
  expect(ended).toHaveLength(asked.length)
  for (const line of ended) expect(line).toMatchObject({ outcome: 'completed', attempt: expect.any(Number), 'service.node.roles': ['worker'], durationMs: expect.any(Number) })
}, limitMs)

test('whoever takes over the runs of a worker that was killed says so', async () => {
  scaled.model.hold({ match: isAnswerCall })
  await ask(4)
  await scaled.model.waitFor('the calls', () => scaled.model.held >= 4)
  const [held] = await scaled.rows("select count(*)::int as runs, lease_owner from tasks where status = 'running' group by lease_owner order by runs desc")
  expect(Number(held?.['runs'])).toBeGreaterThan(0)
  await scaled.kill('worker', 0)
  scaled.model.release()
  expect(await scaled.findFaults(asked)).toEqual([])
  const [survivor] = scaled.workers as [RunningApp]
  const left = () => said(survivor, 'tasks of a process that is gone are queued again').reduce((sum, { tasks }) => sum + Number(tasks), 0)
  const takenUp = () => said(survivor, 'run taken up again')
  // Which of the two had how many of the four is theirs.
  await waitUntil('a line for each that was taken up', () => takenUp().length >= left())
  for (const line of takenUp()) expect(line).toMatchObject({ runId: expect.any(String), attempt: expect.any(Number) })
  await scaled.start('worker', 0)
}, limitMs)

test('Redis that says nothing is told of once by each process, and no command that failed by it is called unexpected', async () => {
  const marks = mark()
  scaled.redis.silence()
  await ask(3)
  await waitUntil('all to know', () => all().every((app) => countSince(marks, app, redisAway) > 0), 60_000)
  expect(await scaled.findFaults(asked)).toEqual([])
  scaled.redis.allow()
  await waitUntil('all to know', () => all().every((app) => countSince(marks, app, redisBack) > 0), 60_000)
  for (const app of all()) expect(countSince(marks, app, redisAway)).toBe(countSince(marks, app, redisBack))
  expect(alarmsSince(marks)).toEqual([])
}, limitMs)

test('a database that is away is told of once by each process, with how long it was, and each delivery that is refused', async () => {
  const marks = mark()
  await scaled.postgres.refuse()
  scaled.noteLoss()
  const asking = ask(1)
  await waitUntil('all to know', () => all().every((app) => countSince(marks, app, databaseAway) > 0), 60_000)
  await waitUntil('a refused delivery', () => scaled.edges.every((edge) => said(edge, 'a delivery was not taken in; Slack sends it again').length > 1), 60_000)
  scaled.postgres.allow()
  await asking
  await waitUntil('all to know', () => all().every((app) => countSince(marks, app, databaseBack) === countSince(marks, app, databaseAway)), 60_000)
  expect(await scaled.findFaults(asked)).toEqual([])
  expect(alarmsSince(marks)).toEqual([])
}, limitMs)
