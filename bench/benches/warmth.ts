import { setTimeout as sleep } from 'node:timers/promises'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { createTools } from '../../src/agents/tools/create-tools.ts'
import { type AgentDesk, composeAgents } from '../../src/app/compose-agents.ts'
import { defaultLimits, LimitBook } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { createBudgetStore } from '../../src/storage/budget-store.ts'
import { type Database, openDatabase } from '../../src/storage/database.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { newRunId } from '../../src/storage/ids.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import type { Bench, Report } from '../bench.ts'
import { differences } from '../measure/paired.ts'
import { estimate } from '../measure/statistics.ts'

const states = ['never spawned', 'stored', 'made ready'] as const
type State = (typeof states)[number]
/** Milliseconds of each repetition. */
type Found = Record<State, number[]>

const workspaceId = 'TBENCH' as WorkspaceId
const never = new AbortController().signal
/** What fades from one repetition to the next must not be counted for the next. */
const settlingMs = 2

/**
 * What an agent that was made ready spares the run that comes: the time from the wish for a specialist to its open instance, each time
 * in a goal of its own. `stored` is what a run meets after a restart or where the goal was forgotten.
 */
export async function measureWarmth(bench: Bench): Promise<Report> {
  const repetitions = bench.isQuick ? 30 : 500
  const embedded = await measureOn(await openDatabase({ dataDir: bench.newDataDir() }), repetitions)
  const server = await startPostgres()
  const served = await measureOn(await openDatabase({ dataDir: bench.newDataDir(), url: server.url }), repetitions)
  await server.stop()
  const engines = [['SQLite', embedded], ['PostgreSQL', served]] as const
  const row = (engine: string, found: Found, state: State): string[] => {
    const one = estimate(found[state])
    const gain = estimate(differences(found[state], found['made ready']))
    return [engine, state, one.p50.toFixed(3), one.p99.toFixed(2), state === 'made ready' ? '' : `${gain.p50.toFixed(3)} [${gain.low.toFixed(3)}, ${gain.high.toFixed(3)}]`]
  }
  return {
    title: 'What an agent that was made ready spares the run that comes',
    head: ['engine', 'the agent is', 'p50 ms', 'p99 ms', 'spared by being ready: p50 [95 %] ms'],
    rows: engines.flatMap(([engine, found]) => states.map((state) => row(engine, found, state))),
    notes: [`${repetitions} repetitions, each in a new goal, the three in turns. No model is asked: what a person waits for besides is the route and the answer.`],
    data: engines.map(([engine, found]) => ({ engine, ...Object.fromEntries(Object.entries(found).map(([state, times]) => [state, estimate(times)])) })),
  }
}

async function measureOn(database: Database, repetitions: number): Promise<Found> {
  const [maker, desk] = [openDesk(database), openDesk(database)]
  const found: Found = { 'never spawned': [], stored: [], 'made ready': [] }
  const warmUp = Math.ceil(repetitions / 10)
  // What there is before the measured part; ready as warm-agents.ts makes it: assigned, opened, given back.
  const before: Readonly<Record<State, AgentDesk | undefined>> = { 'never spawned': undefined, stored: maker, 'made ready': desk }
  try {
    for (let repetition = -warmUp; repetition < repetitions; repetition++) {
      for (let turn = 0; turn < states.length; turn++) {
        // In another order each time, so that whatever the machine does meanwhile hits all alike.
        const state = states[(turn + Math.abs(repetition)) % states.length] as State
        const goalId = `${state} ${repetition}`
        const preparer = before[state]
        if (preparer) await take(preparer, goalId)
        await sleep(settlingMs)
        const startedMs = performance.now()
        await take(desk, goalId)
        if (repetition >= 0) found[state].push(performance.now() - startedMs)
      }
    }
    return found
  } finally {
    await Promise.all([maker.stop(), desk.stop()])
    await database.close()
  }
}

const specialties = createSpecialtyCatalogue().list()
const tools = createTools()

async function take({ staff }: AgentDesk, goalId: string): Promise<void> {
  const [specialty] = specialties
  if (!specialty) throw new RangeError('Expected a specialty, found none.')
  const assigned = await staff.assigner.assign({ workspaceId, goalId, specialty, runId: newRunId(), signal: never })
  const lease = await staff.opener.open(assigned.agent, { specialty, tools, specialties }, never)
  lease.release()
  assigned.release()
}

function openDesk(database: Database): AgentDesk {
  const limits = new LimitBook(createBudgetStore(database), async () => ({ limits: defaultLimits, projectOf: () => undefined }), Date.now)
  return composeAgents({ database, runs: createRunStore(database.db), events: createEventLog(database), limits, nowMs: Date.now, onEvent: () => {}, onError: (error) => process.stderr.write(`${String(error)}\n`) })
}
