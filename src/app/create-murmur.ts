import { pino, type Logger } from 'pino'
import type { RunEventListener, RunEventName } from '../orchestration/run-events.ts'
import type { Priority, Request, RunRecord, RunStatus, SwarmWish, WorkspaceId } from '../storage/records.ts'
import type { BatchItem } from '../orchestration/tasks/submit-batch.ts'
import type { Embedder } from '../agents/embeddings.ts'
import { composeCore, type Core } from './compose.ts'
import { createDoorThread, type DoorListener } from './door-thread.ts'

export interface MurmurOptions {
  /** Folder of the embedded store; made when missing. */
  readonly dataDir: string
  /** `postgres://...` instead of the embedded store. */
  readonly databaseUrl?: string
  /** `redis://...`, for several processes on one PostgreSQL. */
  readonly redisUrl?: string
  /** A Chroma server for the memory, instead of the database. */
  readonly chromaUrl?: string
  /** Embeds the texts of the memory, instead of the configured model. A new name means a new space: the memory is embedded anew. */
  readonly embedder?: Embedder
  readonly openAiApiKey?: string
  /** Any server that speaks OpenAI's API, for example `http://127.0.0.1:11434/v1`. */
  readonly openAiBaseUrl?: string
  /** Folder of models.json, agents.json, teams.json and budgets.json or some of them; default: the shipped ones. */
  readonly configDir?: string
  /** Keys by the names that models.json gives in `apiKeyEnv`. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Runs at work at once, default 64. */
  readonly concurrency?: number
  /** Agents kept ready in memory at once, and so at work at once in this process; default 50. */
  readonly maxAgents?: number
  /** Longer requests become documents: stored, given to `onFile`, looked up and quoted; default 1,000. */
  readonly longInputTokens?: number
  /** False: routes are not learnt; default true. */
  readonly learning?: boolean
  /** IANA name, default UTC. */
  readonly timeZone?: string
  /** Default: silent. */
  readonly logger?: Logger
  readonly nowMs?: () => number
}

/** Where and as whom a request is made; runs of one thread share their history and are served in order. */
export interface AskOptions extends DoorListener {
  readonly workspaceId?: string
  readonly channelId?: string
  readonly userId?: string
  readonly threadId?: string
  /** Several agents work on it together, in this form. */
  readonly swarm?: SwarmWish
  readonly priority?: Priority
  /** By when it should be done, in ms since 1970; a late one is done all the same. */
  readonly deadlineMs?: number
  /** The id of the specialty that shall do it. */
  readonly role?: string
  /** Capabilities that whoever does it must have. */
  readonly needs?: readonly string[]
  /** The same key is accepted once; the second call gives the first run's result. */
  readonly dedupeKey?: string
}

/** One task of a batch: its text alone, or with how it is to be done. */
export type BatchTask = string | (Pick<AskOptions, 'priority' | 'deadlineMs' | 'role' | 'needs'> & { readonly text: string })
export type BatchOptions = Pick<AskOptions, 'workspaceId' | 'channelId' | 'userId' | 'dedupeKey'>

export interface RunResult {
  readonly runId: string
  readonly status: RunStatus
  readonly text: string | undefined
  readonly specialty: string | undefined
  readonly tier: number | undefined
  readonly costMicroUsd: number
  readonly errorCode: string | undefined
}

/** The whole system without Slack. */
export interface Murmur {
  /** Submits a request and waits for its end, however it ends, or until it waits itself: for {@link approve}. */
  ask(text: string, options?: AskOptions): Promise<RunResult>
  /** Stores a request; when it resolves, the request survives a crash. @returns the id of its run */
  submitTask(text: string, options?: AskOptions): Promise<string>
  /**
   * Stores many tasks with one joint answer; when it resolves, they survive a crash. Each has a run of its own.
   * @returns the id of the run that joins them, and those of the tasks in their order
   * @throws {MurmurError} MUR_REQUEST_INVALID for none, more than 100, or a text that is empty or too long
   */
  submitBatch(tasks: readonly BatchTask[], options?: BatchOptions): Promise<{ readonly runId: string; readonly parts: readonly string[] }>
  /**
   * Lets a run go on that failed or was stopped, of a batch what is missing; what it has paid for is used again.
   * @returns how many runs go again
   */
  retry(runId: string): Promise<number>
  /** The state of a run now, or undefined when no run has this id. */
  result(runId: string): Promise<RunResult | undefined>
  /** Resolves when the run has ended or waits for {@link approve}. @throws {RangeError} when no run has this id */
  waitFor(runId: string): Promise<RunResult>
  /**
   * Lets a run of status `waiting` go on: raises the cap it met for the day, or agrees to its estimate.
   * @returns false when it does not wait
   */
  approve(runId: string): Promise<boolean>
  /** @returns false when the run had ended before */
  cancel(runId: string): Promise<boolean>
  /** Listens to stored events from now on. @returns a function that ends it */
  on(name: RunEventName, listener: RunEventListener): () => void
  /** Lets runs finish for up to `drainMs` (default 10,000 ms), gives the rest back to the store, closes everything. */
  close(drainMs?: number): Promise<void>
}

const endings = ['workflow_completed', 'workflow_failed', 'workflow_cancelled', 'budget_exceeded', 'cost_unconfirmed'] as const satisfies readonly RunEventName[]

/**
 * Opens Murmur as a library: the same intake, queue, runs, budgets and learning as behind Slack.
 * @throws {MurmurError} MUR_CONFIG_INVALID or MUR_STORE_DOWN
 */
export async function createMurmur(options: MurmurOptions): Promise<Murmur> {
  const listeners = new Map<string, DoorListener>()
  const core = await composeCore({
    dataDir: options.dataDir,
    databaseUrl: options.databaseUrl,
    redisUrl: options.redisUrl,
    chromaUrl: options.chromaUrl,
    ...(options.embedder ? { embedder: options.embedder } : {}),
    openAiApiKey: options.openAiApiKey ?? 'none',
    openAiBaseUrl: options.openAiBaseUrl,
    secretOf: (name) => options.secrets?.[name],
    configDir: options.configDir,
    concurrency: options.concurrency ?? 64,
    ...(options.maxAgents === undefined ? {} : { maxAgents: options.maxAgents }),
    ...(options.longInputTokens === undefined ? {} : { longInputTokens: options.longInputTokens }),
    learning: options.learning ?? true,
    timeZone: options.timeZone ?? 'UTC',
    logger: options.logger ?? pino({ level: 'silent' }),
    nowMs: options.nowMs ?? Date.now,
    openThread: async (run, _journal, runs) => createDoorThread(run, runs, listeners.get(run.runId)),
    tellAside: async () => {},
  })
  const waiters = watchEndings(core)
  await core.start()
  const submit = async (text: string, ask: AskOptions, beforeStart?: (runId: string) => void): Promise<string> => {
    const keys = ask.dedupeKey === undefined ? [] : [`door:${ask.dedupeKey}`]
    const { runId } = await core.acceptRequest(asRequest(text, ask), keys, {
      ...(ask.priority === undefined ? {} : { priority: ask.priority }),
      deadlineMs: ask.deadlineMs,
      beforeStart(id) {
        if (ask.onText || ask.onFile || ask.onTurn) listeners.set(id, ask)
        beforeStart?.(id)
      },
    })
    return runId
  }
  return {
    submitTask: (text, ask = {}) => submit(text, ask),
    async submitBatch(tasks, options = {}) {
      const { text: _, ...place } = asRequest('', options)
      const keys = options.dedupeKey === undefined ? [] : [`door:${options.dedupeKey}`]
      const { runId, parts } = await core.submitBatch(place, tasks.map(asBatchItem), keys)
      return { runId, parts }
    },
    async retry(runId) {
      const run = await core.runs.find(runId)
      return run === undefined ? 0 : core.retryRun(run, 'door')
    },
    async ask(text, ask = {}) {
      let ended: Promise<void> | undefined
      const runId = await submit(text, ask, (id) => {
        ended = waiters.ended(id)
      })
      // What was accepted before may have ended before.
      if (!ended) return waiters.wait(runId)
      await ended
      listeners.delete(runId)
      return waiters.read(runId)
    },
    result: async (runId) => asResult(await core.runs.find(runId)),
    waitFor: (runId) => waiters.wait(runId),
    async approve(runId) {
      const run = await core.runs.find(runId)
      return run !== undefined && (await core.approveRun(run, 'door')) !== undefined
    },
    cancel: (runId) => core.canceller.cancelRun(runId, 'door'),
    on: (name, listener) => core.runEvents.on(name, listener),
    async close(drainMs = 10_000) {
      await core.close(drainMs)
    },
  }
}

/** Waits for ends, and for runs that wait themselves, by the events table, so that it also hears of runs that another process finished. */
function watchEndings(core: Core) {
  const waiting = new Map<string, Set<() => void>>()
  const wakeAll = (runId: string): void => {
    for (const wake of waiting.get(runId) ?? []) wake()
    waiting.delete(runId)
  }
  for (const name of endings) core.runEvents.on(name, ({ runId = '' }) => wakeAll(runId))
  /** Of a run that has not ended yet. */
  const ended = (runId: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.set(runId, (waiting.get(runId) ?? new Set()).add(resolve))
    return promise
  }
  const read = async (runId: string): Promise<RunResult> => {
    const result = asResult(await core.runs.find(runId))
    if (!result) throw new RangeError(`Run ${runId} is gone.`)
    return result
  }
  return {
    ended,
    read,
    async wait(runId: string): Promise<RunResult> {
      // Listens before it looks, so that an end between the two is not missed.
      const isOver = ended(runId)
      const before = await core.runs.find(runId)
      if (before && before.finishedAtMs === undefined && before.status !== 'waiting') await isOver
      else wakeAll(runId)
      if (!before) throw new RangeError(`Expected the id of a run, got ${runId}.`)
      return read(runId)
    },
  }
}

function asResult(run: RunRecord | undefined): RunResult | undefined {
  if (!run) return undefined
  return {
    runId: run.runId,
    status: run.status,
    text: run.answer,
    specialty: run.route?.specialtyId,
    tier: run.tier,
    costMicroUsd: run.costMicroUsd,
    errorCode: run.errorCode,
  }
}

function asBatchItem(task: BatchTask): BatchItem {
  if (typeof task === 'string') return { text: task }
  const { role, text, priority, deadlineMs, needs } = task
  return { text, ...(priority && { priority }), ...(deadlineMs === undefined ? {} : { deadlineMs }), ...(role === undefined ? {} : { specialtyId: role }), ...(needs && { needs }) }
}

const asRequest = (text: string, { workspaceId = 'door', channelId = 'door', userId = 'door', threadId, role, needs, swarm }: AskOptions): Request => ({
  workspaceId: workspaceId as WorkspaceId,
  surface: 'door',
  channelId,
  userId,
  text,
  files: [],
  mentionable: [],
  isReply: threadId !== undefined,
  ...(threadId === undefined ? {} : { threadId }),
  ...(role === undefined ? {} : { forcedSpecialtyId: role }),
  ...(needs && { needs }),
  ...(swarm ? { swarm } : {}),
})
