import { createFileReader } from '../../src/agents/files/read-file.ts'
import { scoreKeywords } from '../../src/agents/keyword-score.ts'
import { createSpecialtyCatalogue } from '../../src/agents/specialty-catalogue.ts'
import { composeAgents } from '../../src/app/compose-agents.ts'
import { createApprover } from '../../src/orchestration/approve-run.ts'
import { createCanceller } from '../../src/orchestration/cancel-run.ts'
import type { Limits } from '../../src/orchestration/paid-calls/budget-limits.ts'
import { createResumer } from '../../src/orchestration/resume-waiting.ts'
import { createTaskHandler, type RunnerDeps } from '../../src/orchestration/run-task.ts'
import { StandingBook } from '../../src/orchestration/standing-book.ts'
import { createRetrier } from '../../src/orchestration/tasks/retry-run.ts'
import { createBatchIntake } from '../../src/orchestration/tasks/submit-batch.ts'
import { createDocumentStore } from '../../src/storage/document-store.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import type { AttemptResult } from '../../src/storage/queue/task-queue.ts'
import type { Request, RunId, RunRecord } from '../../src/storage/records.ts'
import { createPartStore } from '../../src/storage/part-store.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createStandingStore } from '../../src/storage/standing-store.ts'
import { createTaskStore } from '../../src/storage/task-store.ts'
import { aNewRun, aRequest } from '../builders.ts'
import { catalogueOf, openBudgetWorld } from '../fakes/budget-world.ts'
import { aProfile } from '../fakes/model-profile.ts'
import { RecordingThread } from '../fakes/recording-thread.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'

/** One attempt as the queue makes it. */
export interface Tried {
  readonly result: AttemptResult
  readonly attempt: number
}

const leaseMs = 15_000
/** Words that leave the router nothing to decide. */
export const clearRequest = 'Plan the launch of our newsletter in two weeks'

/** Runs on a real store, taken from its table by hand, with a scripted model and a thread that remembers. */
export async function openRunnerWorld(steps: readonly ScriptStep[] = [], limits: Partial<Limits> = {}) {
  const world = await openBudgetWorld(limits)
  const { database, clock, store: budgets, book, guard, ledger } = world
  const runs = createRunStore(database.db)
  const tasks = createTaskStore(database)
  const events = createEventLog(database)
  const parts = createPartStore(database)
  const model = new ScriptedModel(steps, aProfile({ maxOutputTokens: 1_000 }))
  const thread = new RecordingThread()
  const catalogue = createSpecialtyCatalogue()
  const asides: string[] = []
  const errors: { readonly error: unknown; readonly willRetry: boolean }[] = []
  const cancelled: string[] = []
  const told: object[] = []
  const queue = { announce: () => {}, cancel: (runId: string) => cancelled.push(runId) > 0, start: async () => {}, drain: async () => {}, activeCount: 0, concurrency: 1, setConcurrency: () => {}, rest: () => {}, health: async () => undefined }
  const common = { database, runs, events, nowMs: clock.now, onEvent: () => {} }
  const desk = composeAgents({ ...common, limits: book, onError: (error) => errors.push({ error, willRetry: false }) })
  const deps: RunnerDeps = {
    ...common,
    tasks,
    parts,
    ledger,
    guard,
    limits: book,
    catalogue,
    tools: [],
    staff: desk.staff,
    main: { model, profile: model.profile },
    router: undefined,
    documents: { store: createDocumentStore(database), reader: createFileReader(), longInputTokens: 1_000, nowMs: clock.now },
    standings: new StandingBook({ store: createStandingStore(database.db), loadOf: () => ({ load: 0, capacity: 1 }), nowMs: clock.now }),
    scoreKeywords: (text) => scoreKeywords(text, catalogue.list()),
    timeZone: 'UTC',
    alternativesFor: () => [],
    modelOf: () => undefined,
    teams: [],
    profileOf: catalogueOf(model.profile),
    openThread: async () => thread,
    tellAside: async (_run, notice) => void asides.push(notice),
    onError: (error, { willRetry }) => errors.push({ error, willRetry }),
    onResumed: (facts) => told.push({ resumed: facts.attempt }),
    onEnded: (facts) => told.push(facts),
    random: () => 1,
  }
  const runOf = async (runId: RunId): Promise<RunRecord> => {
    const run = await runs.find(runId)
    if (!run) throw new Error(`Expected a run ${runId}.`)
    return run
  }
  return {
    ...world,
    runs,
    tasks,
    parts,
    deps,
    model,
    thread,
    asides,
    errors,
    cancelled,
    /** What operators are told of beginnings and ends. */
    told,
    runOf,
    approve: createApprover({ ...common, budgets, queue }),
    submitBatch: createBatchIntake({ database, runs, parts, queue, nowMs: clock.now }),
    retryRun: createRetrier({ ...common, queue }),
    canceller: createCanceller({ database, runs, parts, queue, nowMs: clock.now }),
    resumeWaiting: createResumer({ database, runs, budgets, limits: book, queue, nowMs: clock.now }),
    async submit(over: Partial<Request> = {}): Promise<RunId> {
      const run = aNewRun({ request: aRequest({ text: clearRequest, ...over }), nowMs: clock.now(), maxAttempts: 5 })
      await database.db.transaction().execute((trx) => runs.insertOnce(trx, run, []))
      return run.runId
    },
    /** Takes the next task that is due and makes an attempt of it; undefined when none is. */
    async attempt(over: Partial<RunnerDeps> = {}, signal: AbortSignal = new AbortController().signal): Promise<Tried | undefined> {
      const [task] = await tasks.claim({ owner: 'test', limit: 1, nowMs: clock.now(), leaseMs })
      if (!task) return undefined
      const result = await createTaskHandler(runs, async () => ({ ...deps, ...over }))(task, signal)
      if (result.kind === 'retry') await tasks.requeue(task, clock.now() + result.delayMs, result.error, signal.reason === 'draining')
      return { result, attempt: task.attempt }
    },
    /** The process dies: what it had leased is queued again. */
    crash: () => tasks.releaseOrphans('another boot', clock.now()),
    taskStatus: async (runId: RunId) => (await database.db.selectFrom('tasks').select('status').where('run_id', '=', runId).executeTakeFirst())?.status,
    /** Beginnings and agents aside. */
    eventTypes: async () => (await events.readAfter(0)).map(({ type }) => type).filter((type) => !type.startsWith('agent_') && type !== 'workflow_started'),
    async close() {
      await desk.stop()
      await world.close()
    },
  }
}

export type RunnerWorld = Awaited<ReturnType<typeof openRunnerWorld>>
