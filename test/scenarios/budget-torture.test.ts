import { afterEach, describe, expect, test } from '@jest/globals'
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBudgetStore } from '../../src/storage/budget-store.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { waitUntil } from './start-scenario.ts'
import { callOfStep, startTortureModel, type AnsweredCall, type TortureModel } from './torture-model.ts'
import { readBalance, readPostgres, readSqlite, type Balance, type TortureReader } from './torture-reader.ts'
import type { FromWorker, ToWorker, WorkerSettings } from './torture-worker.ts'

/*
 * 200 runs at once against small caps, a model that fails at random and uses tokens at random, and kill -9 in the middle,
 * again and again. A reader of its own looks at the ledger all the while. Exact at every moment, on both engines:
 *   - no scope stands above its cap, not by a micro-dollar; none is below zero;
 *   - what is counted as reserved is what the open reservations hold;
 *   - what is counted as spent is what the ledger says, in all four kinds of scopes.
 * Exact at the end:
 *   - the ledger is the model server's own account of what it answered, priced by config/models.json, without the calls
 *     whose answer was on its way when the process was killed: those are in no step, were never shown to anybody, and are
 *     the only ones that are missing. None is missing that was made after the last kill.
 */

const runs = 200
const channels = ['C1', 'C2', 'C3']
const people = Array.from({ length: 8 }, (_, index) => `U${index}`)
/** Far less than 200 runs may cost; a single worst case is about 2 cents. */
const caps = { workspaceDailyUsd: 0.16, goalDailyUsd: 0.08, perPersonDailyUsd: 0.04, perRunUsd: 0.03 }
const perProcess = 200
const sampleMs = 15
/** After this a lease of a dead process is over. */
const leasesOverMs = 20_000
const dayMs = 24 * 3_600_000

const workers = new Set<ChildProcess>()
afterEach(() => {
  for (const worker of workers) worker.kill('SIGKILL')
  workers.clear()
})

/** A process of the app; killed without a word, or closed. */
class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<string, () => void>()

  constructor(settings: WorkerSettings) {
    const file = new URL('torture-worker.ts', import.meta.url)
    this.#child = fork(file, { execArgv: [], env: { PATH: process.env['PATH'], TORTURE_WORKER: JSON.stringify(settings) } })
    workers.add(this.#child)
    this.#child.on('message', (message: FromWorker) => this.#waiting.get(keyOf(message))?.())
  }

  hears(key: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(key, resolve))
  }

  /** Never settles when the process is killed before it answers. */
  async ask(message: ToWorker, answer: string): Promise<void> {
    const heard = this.hears(answer)
    this.#child.send(message, () => {})
    await heard
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
    workers.delete(this.#child)
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    await this.ask({ kind: 'close' }, 'closed')
    await gone
    workers.delete(this.#child)
  }
}

const keyOf = (message: FromWorker): string => (message.kind === 'accepted' ? message.key : message.kind === 'approved' ? message.runId : message.kind)

async function startWorker(settings: WorkerSettings): Promise<Worker> {
  const worker = new Worker(settings)
  await worker.hears('ready')
  return worker
}

/** Looks at the ledger all the while; keeps what is wrong, and how full the caps were. */
function startSampling(reader: TortureReader) {
  const wrong: Balance[] = []
  let samples = 0
  let mostHeld = 0
  let isOver = false
  const look = async (): Promise<void> => {
    const balance = await readBalance(reader)
    if (!balance) return
    samples++
    mostHeld = Math.max(mostHeld, balance.held)
    const isRight = balance.overCap === 0 && balance.belowZero === 0 && balance.reserved === balance.held && balance.settled.every((sum) => sum === balance.paid)
    if (!isRight) wrong.push(balance)
  }
  const loop = (async () => {
    while (!isOver) {
      await look()
      await new Promise((resolve) => setTimeout(resolve, sampleMs))
    }
  })()
  return {
    async stop() {
      isOver = true
      await loop
      return { wrong, samples, mostHeld }
    },
  }
}

interface World {
  readonly model: TortureModel
  readonly reader: TortureReader
  readonly settings: Omit<WorkerSettings, 'clockOffsetMs'>
  readonly processes: number
}

const countTasks = async ({ reader }: World): Promise<number> =>
  Number((await reader.query("SELECT count(*) AS n FROM tasks WHERE status IN ('queued', 'running')"))[0]?.['n'])

/** So many more calls were answered, or everything is done or waits. */
const someCalls = async (world: World, more: number): Promise<void> => {
  const before = world.model.answered().length
  await waitUntil('calls', async () => world.model.answered().length >= before + more || (await countTasks(world)) === 0, 40_000)
}

const allQuiet = (world: World): Promise<boolean> => waitUntil('all runs to end or wait', async () => (await countTasks(world)) === 0, 60_000)

/** Hands all requests in, each to one process; those that a kill swallowed come again under the same key. */
function submitAll(processes: readonly Worker[]): Promise<void>[] {
  return Array.from({ length: runs }, (_, index) => {
    const key = `run-${index}`
    const message = { kind: 'submit', key, text: `Plan the launch of newsletter ${index} in two weeks`, channelId: channels[index % channels.length] ?? '', userId: people[index % people.length] ?? '' } as const
    return processes[index % processes.length]?.ask(message, key) ?? Promise.resolve()
  })
}

/** Approves so many of the runs that wait, two clicks at once for each. */
async function approveSome({ reader }: World, processes: readonly Worker[], count: number): Promise<void> {
  const waiting = await reader.query(`SELECT run_id FROM runs WHERE status = 'waiting' ORDER BY run_id LIMIT ${count}`)
  await Promise.all(
    waiting.flatMap((row) => {
      const runId = String(row['run_id'])
      return processes.map((worker) => worker.ask({ kind: 'approve', runId }, runId))
    }),
  )
}

/** Four times killed in the middle, then to the end. @returns the number of the last call that a kill may have swallowed */
async function torture(world: World): Promise<number> {
  let clockOffsetMs = 0
  const startAll = () => Promise.all(Array.from({ length: world.processes }, () => startWorker({ ...world.settings, clockOffsetMs })))
  const restartAll = async (processes: readonly Worker[]): Promise<Worker[]> => {
    await Promise.all(processes.map((worker) => worker.kill()))
    clockOffsetMs += leasesOverMs
    return startAll()
  }
  let processes = await startAll()
  void submitAll(processes)
  await someCalls(world, 30)
  processes = await restartAll(processes)
  await Promise.all(submitAll(processes))
  await someCalls(world, 30)
  const [first, ...others] = processes
  await first?.kill()
  processes = [await startWorker({ ...world.settings, clockOffsetMs: world.processes === 1 ? (clockOffsetMs += leasesOverMs) : clockOffsetMs }), ...others]
  await someCalls(world, 15)
  // With the clock set forward, as else the lease of the one that was killed alone would be waited for.
  processes = await restartAll(processes)
  await allQuiet(world)
  await approveSome(world, processes, 20)
  await someCalls(world, 10)
  processes = await restartAll(processes)
  const lastBeforeKill = world.model.calls
  await allQuiet(world)
  await Promise.all(processes.map((worker) => worker.close()))
  return lastBeforeKill
}

/** The ledger beside the server's account, call by call. */
async function compare({ reader, model }: World) {
  const rows = await reader.query(`
    SELECT steps.result, ledger.amount_micro_usd AS paid
    FROM ledger LEFT JOIN steps ON steps.run_id = ledger.run_id AND steps.step_key = ledger.step_key
    WHERE ledger.outcome = 'ok'`)
  const answered = model.answered()
  const priceOf = new Map(answered.map(({ id, microUsd }) => [id, microUsd]))
  const paid = rows.map((row) => ({ id: callOfStep(String(row['result'])), microUsd: Number(row['paid']) }))
  const paidIds = new Set(paid.map(({ id }) => id))
  return {
    /** Paid at another price than the server's, paid without an answer, or paid twice: none of this may be. */
    wrong: paid.filter(({ id, microUsd }) => priceOf.get(id) !== microUsd),
    twice: paid.length - paidIds.size,
    /** Answered, and on its way to a process that was killed. */
    lost: answered.filter(({ id }) => !paidIds.has(id)),
    answered,
  }
}

const sumOf = (calls: readonly AnsweredCall[]): number => calls.reduce((total, { microUsd }) => total + microUsd, 0)

/** An empty store: SQLite serves one process, PostgreSQL two at once. */
async function openStore(engine: 'SQLite' | 'PostgreSQL', dataDir: string) {
  if (engine === 'SQLite') return { processes: 1, reader: readSqlite(dataDir), place: {}, drop: async () => {} }
  const { url, drop } = await createTestDatabase()
  return { processes: 2, reader: await readPostgres(url), place: { databaseUrl: url }, drop }
}

/** Whatever the killed processes held is given back when it expires. */
async function releaseAll({ settings: { dataDir, databaseUrl } }: World): Promise<void> {
  const database = await openDatabase({ dataDir, url: databaseUrl })
  while ((await createBudgetStore(database).releaseExpired(Date.now() + dayMs)) > 0);
  await database.close()
}

/** What approvals raised, by the events that tell of them. */
async function raisesOf({ reader }: World): Promise<number[]> {
  const events = await reader.query("SELECT payload FROM events WHERE type = 'budget_raised'")
  return events.map((row) => (JSON.parse(String(row['payload'])) as { byMicroUsd: number }).byMicroUsd)
}

describe.each(['SQLite', 'PostgreSQL'] as const)('the ledger on %s', (engine) => {
  test('passes no cap under 200 runs, failures and kill -9, and is exact to the micro-dollar', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'murmur-torture-'))
    writeFileSync(join(dataDir, 'budgets.json'), JSON.stringify({ ...caps, agentsPerDay: 1_000, concurrentAgents: 1_000 }))
    const { processes, reader, place, drop } = await openStore(engine, dataDir)
    const model = await startTortureModel(engine.length)
    const world: World = { model, reader, processes, settings: { dataDir, ...place, configDir: dataDir, openAiBaseUrl: model.server.baseUrl, concurrency: perProcess } }
    const sampling = startSampling(reader)
    try {
      const lastBeforeKill = await torture(world)
      const { wrong, samples, mostHeld } = await sampling.stop()
      expect(wrong).toEqual([])
      expect(samples).toBeGreaterThan(100)
      expect(mostHeld).toBeGreaterThan(0.5 * caps.goalDailyUsd * 1e6)

      await releaseAll(world)
      const balance = await readBalance(reader)
      expect(balance).toMatchObject({ overCap: 0, belowZero: 0, reserved: 0, held: 0 })
      const { wrong: wrongCalls, twice, lost, answered } = await compare(world)
      expect([wrongCalls, twice]).toEqual([[], 0])
      expect(balance?.paid).toBe(sumOf(answered) - sumOf(lost))
      expect(lost.filter(({ id }) => id > lastBeforeKill)).toEqual([])

      // The caps were those that were set, they were met, and each approval, clicked twice at once, raised one of them once.
      const [spend] = await reader.query('SELECT sum(raised_micro_usd) AS raised, count(DISTINCT limit_micro_usd) AS caps FROM budget_spend')
      const raises = await raisesOf(world)
      expect(raises.length).toBeGreaterThan(0)
      expect([Number(spend?.['raised']), Number(spend?.['caps'])]).toEqual([raises.reduce((sum, raise) => sum + raise, 0), Object.keys(caps).length])
    } finally {
      await sampling.stop()
      for (const worker of workers) worker.kill('SIGKILL')
      await reader.close()
      await model.server.close()
      await drop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }, 120_000)
})
