import type { ModelProfile } from '../agents/chat-model.ts'
import { asMurmurError, MurmurError, type ErrorCode } from '../errors.ts'
import type { BudgetLedger } from '../storage/budget-ledger.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import type { AbortReason, AttemptResult, TaskHandler } from '../storage/queue/task-queue.ts'
import type { PartStore } from '../storage/part-store.ts'
import { taskTypes, type RunRecord } from '../storage/records.ts'
import type { RunOutcome, RunStore } from '../storage/run-store.ts'
import { openJournal, type StepJournal } from '../storage/step-journal.ts'
import { patienceMs, type ClaimedTask, type TaskStore } from '../storage/task-store.ts'
import type { BudgetGuard } from './paid-calls/budget-guard.ts'
import { payerOf, type LimitBook } from './paid-calls/budget-limits.ts'
import { RunMeter } from './paid-calls/metered-model.ts'
import type { RunDeps } from './run-attempt.ts'
import { runRequest } from './run-request.ts'
import { RunWork } from './run-work.ts'
import { isSpawnRefusal } from './spawn-specialist.ts'
import { classifyFailure } from './classify-failure.ts'
import { isHeldUp } from './budget-wait.ts'
import { suspendRun } from './suspend-run.ts'
import { swarmLimitMs } from './swarms/swarm-bounds.ts'
import type { Addressee, ThreadPort } from './thread-port.ts'
import { runBatch } from './tasks/run-batch.ts'
import { startTimeLimit, type TimeLimit } from './time-limit.ts'

/** A run that takes longer is stopped; a hanging call is cut off far earlier by its own timeout. */
const runLimitMs = 10 * 60_000
/** A run that took its process down this often is given up, so that it cannot do it for ever. */
const maxStarts = 12
const firstRetryMs = 1_000
const maxRetryMs = 60_000
/** What is kept of why a run failed. */
const maxReasonChars = 500

export interface RunnerDeps extends RunDeps {
  readonly database: Database
  readonly tasks: TaskStore
  readonly parts: PartStore
  readonly ledger: BudgetLedger
  readonly events: EventLog
  readonly guard: BudgetGuard
  readonly limits: LimitBook
  readonly profileOf: (modelId: string) => ModelProfile | undefined
  readonly openThread: (run: RunRecord, journal: StepJournal) => Promise<ThreadPort>
  /** Reaches the person when the thread itself could not be opened. */
  readonly tellAside: (to: Addressee, notice: string) => Promise<void>
  readonly onEvent: () => void
  readonly onError: (error: unknown, facts: { runId: string; attempt: number; willRetry: boolean }) => void
  /** An attempt before this one did not end the run: it failed, or its process is gone. */
  readonly onResumed: (facts: { readonly runId: string; readonly attempt: number }) => void
  /** The end of a run is stored. */
  readonly onEnded: (facts: EndedFacts) => void
  /** 0 up to 1. */
  readonly random: () => number
}

/** What the log says of a run's end; no text of anybody. */
export interface EndedFacts {
  readonly runId: string
  readonly workspaceId: string
  readonly channelId: string
  readonly outcome: RunOutcome['status']
  readonly tier: number | undefined
  readonly errorCode: string | undefined
  readonly attempt: number
  /** Since the request was accepted, waiting included. */
  readonly durationMs: number
}

/**
 * Handles one attempt of a task: runs it, ends it, or says when to try again.
 * @param depsFor what a run goes by; asked once for each attempt
 */
export function createTaskHandler(runs: Pick<RunStore, 'find'>, depsFor: (run: RunRecord) => Promise<RunnerDeps>): TaskHandler {
  return async (task, signal) => {
    const run = await runs.find(task.runId)
    if (!run) throw new MurmurError('MUR_BUG', { rule: `task ${task.taskId} has a run` })
    const deps = await depsFor(run)
    if (task.attempt > 1) deps.onResumed({ runId: run.runId, attempt: task.attempt })
    const owner = { runId: run.runId, workspaceId: run.workspaceId, channelId: run.request.channelId }
    // Attempts say nothing here: a drained one is not counted, and one after a wait counts from 1 again.
    const journal = await openJournal(deps.database, owner, run.startedAtMs === undefined, deps.nowMs)
    const limitMs = run.request.swarm ? swarmLimitMs(run.request.swarm) : runLimitMs
    const limit = limitTime(signal, limitMs)
    const attempt: Attempt = { task, run, journal, work: new RunWork(), signal: limit.signal, endsAtMs: deps.nowMs() + limitMs }
    try {
      return await runAndEnd(deps, attempt)
    } finally {
      limit.clear()
    }
  }
}

interface Attempt {
  readonly task: ClaimedTask
  readonly run: RunRecord
  readonly journal: StepJournal
  readonly work: RunWork
  readonly signal: AbortSignal
  readonly endsAtMs: number
}

async function runAndEnd(deps: RunnerDeps, attempt: Attempt): Promise<AttemptResult> {
  const { task, run, journal, work, signal, endsAtMs } = attempt
  let thread: ThreadPort | undefined
  try {
    const cancelledBy = await markStarted(deps, run)
    thread = await deps.openThread(run, journal)
    const isStopped = cancelledBy !== undefined
    if (isStopped && task.type !== 'batch') throw new MurmurError('MUR_RUN_CANCELLED')
    if (!taskTypes.includes(task.type)) throw new MurmurError('MUR_TASK_UNKNOWN', { type: task.type, minutes: patienceMs / 60_000 })
    if (task.attempt > maxStarts) throw new MurmurError('MUR_RUN_GIVEN_UP', { starts: maxStarts })
    await tellLate(deps, attempt, thread)
    const goalId = await deps.limits.goalOf(run.workspaceId, run.request.channelId)
    const meter = createMeter(deps, run, goalId, journal)
    const outcome = task.type === 'batch' ? await runBatch(deps, { taskId: task.taskId, run, thread, journal, isStopped }) : await runRequest(deps, { run, goalId, thread, journal, meter, work, signal, endsAtMs })
    // Before the end is stored: a crash between the two would leave a thread that looks at work for ever.
    await thread.close()
    if ('isResting' in outcome) await deps.parts.rest(task.taskId, outcome.seenWakes, outcome.progress, deps.nowMs())
    else await endRun(deps, attempt, outcome)
    return { kind: 'ended' }
  } catch (error) {
    return await handleFailure(deps, attempt, thread, asMurmurError(error))
  } finally {
    work.release()
    await thread?.close()
  }
}

/** Reported the first time, once for all attempts and processes. @returns who asked meanwhile to stop the run, if somebody did */
async function markStarted({ database, runs, events, nowMs }: RunnerDeps, { runId, workspaceId, request, startedAtMs, createdAtMs }: RunRecord): Promise<string | undefined> {
  const atMs = nowMs()
  if (startedAtMs !== undefined) return runs.goOn(runId, atMs)
  const begun = await database.db.transaction().execute(async (trx) => {
    const first = await runs.begin(trx, runId, atMs)
    if (first && !request.study) await events.append(trx, { workspaceId, runId, type: 'workflow_started', payload: { waitedMs: atMs - createdAtMs }, atMs })
    return first
  })
  return begun ? begun.cancelledBy : runs.goOn(runId, atMs)
}

/** What has passed its deadline while it waited is done all the same, because a late result is mostly worth more than none. */
async function tellLate(deps: RunnerDeps, { task, run }: Attempt, thread: ThreadPort): Promise<void> {
  const { deadlineMs } = task
  const lateMs = deadlineMs === undefined ? 0 : (run.startedAtMs ?? deps.nowMs()) - deadlineMs
  // A part's lateness stands in the answer that joins it.
  if (lateMs <= 0 || run.parentRunId !== undefined) return
  await thread.post('late', `:alarm_clock: This begins ${lateMs < 90_000 ? `${Math.ceil(lateMs / 1_000)} s` : `${Math.round(lateMs / 60_000)} min`} after its deadline: others were before it.`)
}

function createMeter(deps: RunnerDeps, run: RunRecord, goalId: string, journal: StepJournal): RunMeter {
  const { database, ledger, guard, teams, profileOf, alternativesFor, nowMs } = deps
  return new RunMeter({ database, journal, ledger, guard, payer: payerOf(run, goalId, teams), profileOf, alternativesFor, nowMs })
}

/** The end of a run: its row, its task, what it showed of its agents and the event that reports it, together or not at all. */
async function endRun(deps: RunnerDeps, { task, run, work }: Attempt, outcome: RunOutcome): Promise<void> {
  const { database, runs, tasks, parts, guard, events, staff, nowMs } = deps
  const atMs = nowMs()
  const { status, tier, errorCode, failureClass } = outcome
  const type = status === 'completed' ? 'workflow_completed' : status === 'failed' ? 'workflow_failed' : 'workflow_cancelled'
  const { workspaceId, runId } = run
  const ended = { work, outcome, atMs }
  const facts = { agentId: work.agentId, goalId: await deps.limits.goalOf(workspaceId, run.request.channelId), quality: work.judgement?.quality, answerMs: work.latencyMs, settingsBasis: deps.settingsBasis }
  await database.db.transaction().execute(async (trx) => {
    await runs.finish(trx, runId, { ...outcome, ...facts }, atMs)
    await tasks.end(trx, task, status, outcome.reason ?? errorCode)
    if (run.parentRunId !== undefined) await parts.noteEnded(trx, run.parentRunId, atMs)
    // What nobody will join any more is not worth its price.
    if (task.type === 'batch' && status === 'failed') await parts.requestCancel(trx, runId, run.request.userId, atMs)
    // A crash leaves money held, and so does a call whose end could not be stored.
    await guard.releaseRun(trx, runId)
    await staff.recorder.write(trx, ended)
    if (failureClass !== undefined && outcome.tried) await deps.remedies?.note(trx, workspaceId, failureClass, outcome.tried, atMs)
    // A run that waits for room reports this when it begins to wait; one that ends by it, here.
    if (errorCode === ('MUR_BUDGET_SPENT' satisfies ErrorCode)) await events.append(trx, { workspaceId, runId, type: 'budget_exceeded', payload: { kind: 'agents', reason: outcome.reason }, atMs })
    // What Murmur does of itself is no request that anything was to be learnt of.
    if (!run.request.study) await events.append(trx, { workspaceId, runId, type, payload: { tier, errorCode, failureClass, durationMs: atMs - run.createdAtMs }, atMs })
  })
  staff.recorder.note(ended)
  deps.onEvent()
  deps.onEnded({ runId, workspaceId, channelId: run.request.channelId, outcome: status, tier, errorCode, attempt: task.attempt, durationMs: atMs - run.createdAtMs })
}

async function handleFailure(deps: RunnerDeps, attempt: Attempt, thread: ThreadPort | undefined, error: MurmurError): Promise<AttemptResult> {
  const { task, run, signal } = attempt
  if (signal.reason === ('draining' satisfies AbortReason)) return { kind: 'retry', delayMs: 0, error: 'drained' }
  const failure = signal.reason instanceof MurmurError ? signal.reason : error
  const willRetry = (failure.retry === 'backoff' || isHeldUp(failure)) && task.attempt < task.maxAttempts
  if (failure.code !== 'MUR_RUN_CANCELLED') deps.onError(error, { runId: run.runId, attempt: task.attempt, willRetry })
  if (willRetry) return { kind: 'retry', delayMs: retryDelayMs(task.attempt, failure, deps.random()), error: failure.code }
  if (thread && waitsForPerson(failure)) {
    if (await suspendRun(deps, run, thread, failure)) return { kind: 'ended' }
    return handleFailure(deps, attempt, thread, new MurmurError('MUR_RUN_CANCELLED'))
  }
  await tellFailure(deps, run, thread, failure)
  await thread?.close()
  const status = failure.code === 'MUR_RUN_CANCELLED' ? 'cancelled' : 'failed'
  await endRun(deps, attempt, { status, answer: undefined, tier: undefined, errorCode: failure.code, failureClass: classifyFailure(failure), reason: failure.message.slice(0, maxReasonChars) })
  return { kind: 'ended' }
}

/** Money for one run can be approved; a limit of agents is for the whole goal to raise. */
const waitsForPerson = (failure: MurmurError): boolean =>
  failure.code === 'MUR_COST_UNCONFIRMED' || (failure.code === 'MUR_BUDGET_SPENT' && !isSpawnRefusal(failure))

/** The person is told, in the thread where there is one; when Slack itself is what failed, only the log is left. */
async function tellFailure(deps: RunnerDeps, run: RunRecord, thread: ThreadPort | undefined, failure: MurmurError): Promise<void> {
  try {
    const by = failure.code === 'MUR_RUN_CANCELLED' ? await deps.runs.cancelledBy(run.runId) : undefined
    const notice = failure.code === 'MUR_RUN_CANCELLED' ? `Stopped${by ? ` by <@${by}>` : ''}.` : failureText(failure)
    if (thread) await thread.fail(notice, by ? [by] : [])
    else await deps.tellAside(run, notice)
  } catch (error) {
    deps.onError(error, { runId: run.runId, attempt: 0, willRetry: false })
  }
}

function failureText(failure: MurmurError): string {
  const own = failure.told === 'operator' ? 'Something went wrong on my side, and the operator has it in the log.' : failure.message
  return `I could not finish this. ${own} (\`${failure.code}\`)`
}

/** Exponential backoff with jitter in its upper half; a provider's own wish to wait comes first. */
export function retryDelayMs(attempt: number, failure: MurmurError, random: number): number {
  const wished = Number(failure.details['retryAfterMs'] ?? 0)
  const ceiling = Math.min(maxRetryMs, firstRetryMs * 2 ** (attempt - 1))
  return Math.max(wished, Math.round(ceiling * (0.5 + random / 2)))
}

/** The queue's signal, which also fires when the run's time is up. */
const limitTime = (outer: AbortSignal, limitMs: number): TimeLimit =>
  startTimeLimit(
    outer,
    limitMs,
    () => new MurmurError('MUR_RUN_TIMED_OUT', { limitMs }),
    (reason) => (reason === ('cancelled' satisfies AbortReason) ? new MurmurError('MUR_RUN_CANCELLED') : reason),
  )
