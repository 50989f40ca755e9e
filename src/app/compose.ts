import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { scoreKeywords } from '../agents/keyword-score.ts'
import { createFileReader } from '../agents/files/read-file.ts'
import { toolNames } from '../agents/tools/tool-names.ts'
import { createTools } from '../agents/tools/create-tools.ts'
import type { LearningDesk } from '../commands/command.ts'
import type { ConfigExchange } from '../commands/config-exchange.ts'
import { AnswerCache } from '../learning/answers/answer-cache.ts'
import { createFeedbackRecorder, type RecordFeedback } from '../learning/feedback.ts'
import type { ChannelKind } from '../learning/workflows/share-workflows.ts'
import type { StatsDesk } from '../learning/stats/stats-desk.ts'
import { createApprover, type ApproveRun } from '../orchestration/approve-run.ts'
import { Autoscaler } from '../orchestration/autoscaler.ts'
import { createCanceller, type Canceller } from '../orchestration/cancel-run.ts'
import { createFailureReporter } from '../orchestration/failures/report-failures.ts'
import type { ImproveDeps } from '../orchestration/improvements/improve-deps.ts'
import type { KnownNames } from '../orchestration/improvements/read-change.ts'
import { improvedStep } from '../orchestration/improvements/take-remark.ts'
import { createDecisionTeller } from '../orchestration/improvements/tell-decision.ts'
import { createIntake, type AcceptRequest } from '../orchestration/intake.ts'
import type { MemoryDesk } from '../orchestration/memory-desk.ts'
import { BudgetGuard } from '../orchestration/paid-calls/budget-guard.ts'
import { GiveWay } from '../orchestration/give-way.ts'
import { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import { createResumer } from '../orchestration/resume-waiting.ts'
import { RunEvents } from '../orchestration/run-events.ts'
import { createRetrier, type RetryRun } from '../orchestration/tasks/retry-run.ts'
import { createScheduleDesk, type ScheduleDesk } from '../orchestration/tasks/schedule-desk.ts'
import { Scheduler } from '../orchestration/tasks/scheduler.ts'
import { createBatchIntake, type SubmitBatch } from '../orchestration/tasks/submit-batch.ts'
import { failUnreadable } from '../orchestration/fail-unreadable.ts'
import { createTaskHandler } from '../orchestration/run-task.ts'
import { topologies } from '../orchestration/swarms/topologies.ts'
import { runnerUpStep } from '../orchestration/swarms/run-swarm.ts'
import { StandingBook } from '../orchestration/standing-book.ts'
import type { Addressee, ThreadNote, ThreadPort } from '../orchestration/thread-port.ts'
import { createTeller } from '../orchestration/tell-notice.ts'
import { tunableOf } from '../orchestration/tuning/tunables.ts'
import { startUpkeep } from '../orchestration/upkeep.ts'
import { createBudgetStore, type BudgetStore } from '../storage/budget-store.ts'
import { createBudgetLedger, type BudgetLedger } from '../storage/budget-ledger.ts'
import { openDatabase, type Database } from '../storage/database.ts'
import { createDocumentStore } from '../storage/document-store.ts'
import { createEventCursors } from '../storage/event-cursors.ts'
import { createEventLog } from '../storage/event-log.ts'
import type { EventReading } from '../storage/event-reader.ts'
import { createFailureStore } from '../storage/failure-store.ts'
import { createFeedbackStore } from '../storage/feedback-store.ts'
import { createKeptAnswerStore } from '../storage/kept-answer-store.ts'
import { createPartStore, type PartStore } from '../storage/part-store.ts'
import { createProfileStore } from '../storage/profile-store.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { SharedLimits } from '../storage/redis/shared-limits.ts'
import type { RunId, RunnerUp, RunRecord, WorkspaceId } from '../storage/records.ts'
import { createProposalStore } from '../storage/proposal-store.ts'
import { createRemedyStore } from '../storage/remedy-store.ts'
import { createRunStore, type RunStore } from '../storage/run-store.ts'
import { createScheduleStore } from '../storage/schedule-store.ts'
import { createSetAsideStore, type SetAsideStore } from '../storage/set-aside-store.ts'
import { createStandingStore } from '../storage/standing-store.ts'
import type { SteadyClock } from '../storage/steady-clock.ts'
import { readStep, type StepJournal } from '../storage/step-journal.ts'
import { createTaskList, type TaskList } from '../storage/task-list.ts'
import { createTaskStore, type TaskStore } from '../storage/task-store.ts'
import { composeLearning, type Learning } from './compose-learning.ts'
import { composeMemory, type MemoryOptions } from './compose-memory.ts'
import { composeAgents, type AgentDesk } from './compose-agents.ts'
import { composeForesight } from './compose-foresight.ts'
import { composeStats } from './compose-stats.ts'
import { composeQueue, openRedis } from './compose-queue.ts'
import { createCheaperModelFinder } from './cheaper-model.ts'
import { createErrorLog } from './error-log.ts'
import { composeWorkflows } from './compose-workflows.ts'
import { composeSettings, type SettingsOptions } from './compose-settings.ts'
import type { LiveSettings, Settings } from './live-settings.ts'
import { redactSecrets } from './slack/redact-secrets.ts'

export interface CoreOptions extends SettingsOptions, MemoryOptions {
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly redisUrl?: string | undefined
  /** The clock behind `nowMs`, where it is to keep to that of the database. */
  readonly clock?: Pick<SteadyClock, 'follow'>
  /** Most runs at work at once. */
  readonly concurrency: number
  /** Fewest; in between the queue's depth decides. Default 8. */
  readonly minConcurrency?: number
  /** Instances of agents at once; default 50. */
  readonly maxAgents?: number
  /** Longer requests are stored, shown as files and looked up; default 1,000. */
  readonly longInputTokens?: number
  /** False: what was learnt is used, and nothing more is learnt. Default true. */
  readonly learning?: boolean
  /** False: no answer is given again. Default true, where learning is on. */
  readonly answerCache?: boolean
  /** Of the requests that automations take, 0 to 1: so many are looked at by a model as well. Default 0.05. */
  readonly auditShare?: number
  readonly timeZone: string
  readonly logger: Logger
  /** Where runs speak; the store is passed because the channel is made before the core. */
  readonly openThread: (run: RunRecord, journal: StepJournal, runs: RunStore) => Promise<ThreadPort>
  readonly tellAside: (to: Addressee, notice: string) => Promise<void>
  /** Asked anew each time; unset: nobody is. */
  readonly isAdmin?: (workspaceId: WorkspaceId, userId: string) => Promise<boolean>
  /** Who can read a channel; unset: nobody knows. */
  readonly kindOf?: (workspaceId: WorkspaceId, channelId: string) => Promise<ChannelKind>
  /** Whom to tell what could not be answered; unset: it is said where it happened. */
  readonly adminsOf?: (workspaceId: WorkspaceId) => Promise<readonly string[]>
}

/** Everything long-lived that is not Slack. */
export interface Core {
  readonly database: Database
  readonly runs: RunStore
  readonly tasks: TaskStore
  readonly ledger: BudgetLedger
  /** Models, specialties, teams and budgets as they are configured now, for the installation and for each workspace. */
  readonly settings: LiveSettings
  readonly config: ConfigExchange
  /** Reads the configuration files again. */
  reload(): Promise<void>
  readonly queue: TaskQueue
  /** Limits that all processes share; unset: this one is alone. */
  readonly sharedLimits: SharedLimits | undefined
  /** Unset: there is no Redis. */
  readonly isRedisUp: (() => boolean) | undefined
  readonly acceptRequest: AcceptRequest
  /** How long it took to take a request in. */
  readonly noteIntake: (tookMs: number) => void
  readonly submitBatch: SubmitBatch
  readonly retryRun: RetryRun
  readonly scheduleDesk: ScheduleDesk
  readonly taskList: TaskList
  readonly parts: PartStore
  readonly canceller: Canceller
  readonly approveRun: ApproveRun
  readonly budgets: BudgetStore
  readonly limits: LimitBook
  readonly recordFeedback: RecordFeedback
  readonly improving: ImproveDeps
  readonly learning: LearningDesk
  readonly stats: StatsDesk
  /** Its answer is not given again. */
  readonly dropAnswer: (run: RunRecord) => Promise<void>
  readonly readRemark: (runId: RunId, userId: string) => Promise<string | undefined>
  readonly readNote: (runId: RunId) => Promise<ThreadNote | undefined>
  readonly readRunnerUp: (runId: RunId) => Promise<RunnerUp | undefined>
  readonly agentDesk: AgentDesk
  readonly memoryDesk: MemoryDesk
  readonly runEvents: RunEvents
  readonly setAsides: SetAsideStore
  /** Answers when the store does. */
  ping(): Promise<void>
  /** Answers when the vector memory does. */
  pingVectors(): Promise<void>
  /** Begins to work on what is queued, former boots' unfinished runs first. */
  start(): Promise<void>
  close(drainMs: number): Promise<void>
}

/** Builds every object of the core once and hands each what it needs; the only place that does. */
export async function composeCore(options: CoreOptions): Promise<Core> {
  const { logger, nowMs } = options
  const database = await openDatabase({ url: options.databaseUrl, dataDir: options.dataDir })
  if (database.clockMs) await options.clock?.follow(database.clockMs)
  const redis = openRedis(options.redisUrl, logger)
  const { settings, config, reload, stop: stopReloading } = await composeSettings({ ...options, laneSharing: redis?.laneSharing }, database).catch(async (error: unknown) => {
    redis?.close()
    await database.close()
    throw error
  })
  const errorLog = createErrorLog({ logger, check: () => database.check(), nowMs })
  const onError = errorLog.report
  // Whom Slack does not name is told where it happened.
  const adminsOf = async (workspaceId: WorkspaceId): Promise<readonly string[]> => (options.adminsOf ? options.adminsOf(workspaceId).catch((error: unknown) => (onError(error), [])) : [])

  const runs = createRunStore(database.db)
  const tasks = createTaskStore(database)
  const ledger = createBudgetLedger(database.db)
  const events = createEventLog(database)
  const runEvents = new RunEvents(events, onError)
  const onEvent = () => {
    runEvents.wake()
    links.tellEvents()
  }
  const setAsides = createSetAsideStore(database, events)
  const reading: EventReading = { events, cursors: createEventCursors(database), setAsides, owner: randomUUID(), listen: (types, wake) => runEvents.listen(types, wake), nowMs, onError }
  const feedback = createFeedbackStore(database.db)
  const answers = new AnswerCache({ database, answers: createKeptAnswerStore(database), runs, isOn: (options.learning ?? true) && (options.answerCache ?? true), nowMs })
  const recordFeedback = createFeedbackRecorder({ database, runs, feedback, profiles: createProfileStore(database), events, answers, onEvent })

  const bounds = { min: Math.min(options.minConcurrency ?? 8, options.concurrency), max: options.concurrency }
  const { queue, ...links } = composeQueue(redis, { tasks, owner: randomUUID(), concurrency: bounds.min, nowMs, onError, onFull: () => autoscaler.noteFull(), onOrphans: (count) => logger.warn({ tasks: count }, 'tasks of a process that is gone are queued again') })
  const autoscaler: Autoscaler = new Autoscaler({ queue, countQueued: async () => (await tasks.countOpen()).queued, bounds, nowMs, onError })
  const documents = createDocumentStore(database)
  links.bus.hear('events', () => runEvents.wake())
  const giveWay = new GiveWay({ bus: links.bus, queue, minConcurrency: bounds.min, nowMs: () => performance.now(), onBegin: () => logger.info('requests are taken in slowly; runs begin later') })
  const acceptRequest = createIntake({ database, runs, documents, queue, nowMs })
  const budgets = createBudgetStore(database)
  const limits = new LimitBook(budgets, async (workspaceId) => (await settings.of(workspaceId)).files.budgets, nowMs)
  const guard = new BudgetGuard({ store: budgets, limits, nowMs })
  const approveRun = createApprover({ database, runs, budgets, events, queue, nowMs, onEvent })
  const parts = createPartStore(database)
  const submitBatch = createBatchIntake({ database, runs, parts, queue, nowMs })
  const schedules = createScheduleStore(database.db)
  const scheduler = new Scheduler({ database, schedules, runs, queue, nowMs, onError })
  const scheduleDesk = createScheduleDesk({ database, schedules, nowMs, wake: () => scheduler.wake() })
  const retryRun = createRetrier({ database, events, queue, nowMs, onEvent })
  const canceller = createCanceller({ database, runs, parts, queue, nowMs })
  const agentDesk = composeAgents({ database, runs, events, limits, maxAgentsActive: options.maxAgents, nowMs, onEvent, onError })
  const { learner, auditor, studying, orderStudies, regroupPatterns, tuned, ...learning } = composeWorkflows({ database, runs, events, reading, limits, queue, isLearning: options.learning ?? true, auditShare: options.auditShare ?? 0.05, meaningOf: (workspaceId) => routers.meaningOf(workspaceId), group: (units) => routers.group(units), cheaperModel: createCheaperModelFinder(settings), tunableOf: async (workspaceId, name) => tunableOf(name, (await settings.of(workspaceId)).catalogue.list()), kindOf: options.kindOf ?? (async () => 'unknown'), adminsOf, redact: redactSecrets, nowMs, onEvent })

  const improving: ImproveDeps = { recordFeedback, library: learning.library, limits, approval: { database, proposals: createProposalStore(database), isAdmin: options.isAdmin ?? (async () => false), tellDecision: createDecisionTeller(runs, nowMs), onTold: () => queue.announce() }, knownOf: async (workspaceId) => knownNames(await settings.of(workspaceId)), redact: redactSecrets, nowMs }
  const { memory, keeper, memoryDesk, lookAfterStores } = composeMemory(options, { database, settings, guard, ledger, reading, runs, limits, answers, onError })
  const routers = composeLearning(options.learning ?? true, { database, reading, runs, settings, onError })
  const tools = createTools()
  const foresight = composeForesight({ tools, database, reading, runs, agentDesk, settings, limits, maxInstances: options.maxAgents ?? 50 })
  const stats = composeStats({ database, reading, limits, nowMs })

  const shared = {
    memory,
    documents: { store: documents, reader: createFileReader(), longInputTokens: options.longInputTokens ?? 1_000, nowMs },
    workflows: learning.library,
    auditor,
    improving,
    studying,
    ...(tuned ? { tuned } : {}),
    answers,
    remedies: createRemedyStore(database),
    database,
    runs,
    tasks,
    parts,
    ledger,
    events,
    nowMs,
    onEvent,
    guard,
    limits,
    tools,
    staff: agentDesk.staff,
    standings: new StandingBook({ store: createStandingStore(database.db), loadOf: (workspaceId, specialtyId) => ({ load: agentDesk.staff.registry.specialtyLoad(workspaceId, specialtyId), capacity: options.concurrency }), nowMs }),
    timeZone: options.timeZone,
    openThread: (run: RunRecord, journal: StepJournal) => options.openThread(run, journal, runs),
    tellAside: options.tellAside,
    random: Math.random,
    onError: (error: unknown, facts: object) => logger.warn({ err: error, ...facts }, 'run attempt failed'),
    onResumed: (facts: object) => logger.info(facts, 'run taken up again'),
    onEnded: (facts: object) => logger.info(facts, 'run ended'),
  }
  // An attempt keeps the settings it began with; a change of the configuration counts for the next one.
  const handler = failUnreadable(shared, createTaskHandler(runs, async (run) => ({ ...shared, ...settingsOfRun(await settings.of(run.workspaceId), routers) })))
  const failureReporter = createFailureReporter({ ...reading, database, runs, failures: createFailureStore(database.db), adminsOf, tell: createTeller(runs, nowMs), onTold: () => queue.announce() })
  const resumeWaiting = createResumer({ database, runs, budgets, limits, queue, nowMs })
  limits.onChange(() => void resumeWaiting().catch(onError))
  const upkeep = startUpkeep({ budgets, runs, setAsides, resumeWaiting, tidyMemory: () => Promise.all([memory.tidy(), answers.tidy()]), lookAfterStores, documents, orderStudies, regroupPatterns, teachTheDay: () => routers.teachTheDay(), nowMs, onError })
  return {
    database,
    runs,
    tasks,
    ledger,
    settings,
    config,
    reload,
    queue,
    sharedLimits: redis?.limits,
    isRedisUp: redis ? () => redis.link.isUp : undefined,
    acceptRequest,
    noteIntake: (tookMs) => giveWay.noteIntake(tookMs),
    submitBatch,
    retryRun,
    scheduleDesk,
    taskList: createTaskList(database.db),
    parts,
    canceller,
    approveRun,
    budgets,
    limits,
    recordFeedback,
    improving,
    learning,
    stats: stats.desk,
    dropAnswer: (run) => answers.drop(run),
    readRemark: async (runId, userId) => (await feedback.listForRun(runId)).findLast((one) => one.kind === 'improve' && one.userId === userId)?.text,
    readNote: async (runId) => (await readStep(database.db, runId, improvedStep)) as ThreadNote | undefined,
    readRunnerUp: async (runId) => (await readStep(database.db, runId, runnerUpStep)) as RunnerUp | undefined,
    agentDesk,
    memoryDesk,
    runEvents,
    setAsides,
    ping: () => database.check(),
    pingVectors: () => memory.health(),
    async start() {
      await queue.start(handler)
      scheduler.start()
      keeper.start()
      routers.start()
      learner.start()
      failureReporter.start()
      stats.start()
      if (options.learning ?? true) foresight.start()
      autoscaler.start()
    },
    async close(drainMs) {
      await upkeep.stop()
      await scheduler.close()
      autoscaler.stop()
      stopReloading()
      await queue.drain(drainMs)
      await agentDesk.stop()
      redis?.close()
      await keeper.close()
      await learner.close()
      await routers.close()
      await failureReporter.close()
      await stats.close()
      await foresight.close()
      await memory.close()
      runEvents.close()
      errorLog.close()
      await database.close()
    },
  }
}

const knownNames = ({ catalogue, models }: Settings): KnownNames => ({
  specialties: catalogue.list(),
  models: models.catalogue.profiles.map(({ id }) => id).filter((id) => models.named(id) !== undefined),
  tools: toolNames,
  topologies: topologies.map(({ name }) => name),
})

const settingsOfRun = ({ models, catalogue, files, basis }: Settings, routers: Learning) => ({
  settingsBasis: basis,
  catalogue,
  learnedRoute: routers.routeOf(catalogue),
  teams: files.teams,
  modelOf: models.named,
  main: models.main,
  router: models.router,
  vision: models.main.profile.capabilities.includes('vision') ? models.main : models.findBest({ capability: 'vision', prefer: 'cost' }),
  alternativesFor: models.alternativesFor,
  profileOf: models.catalogue.profileOf,
  scoreKeywords: (text: string) => scoreKeywords(text, catalogue.list()),
})
