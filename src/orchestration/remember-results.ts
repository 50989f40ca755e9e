import { asMurmurError } from '../errors.ts'
import { runIdsOf, type StoredEvent } from '../storage/event-log.ts'
import { EventReader, type EventReading } from '../storage/event-reader.ts'
import { inTurns } from '../storage/in-turns.ts'
import type { RunRecord } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { LimitBook, Payer } from './paid-calls/budget-limits.ts'
import type { MemoryNote, SharedMemory } from './shared-memory.ts'

export interface ResultKeeperDeps extends EventReading {
  readonly memory: Pick<SharedMemory, 'remember' | 'isFree'>
  readonly runs: Pick<RunStore, 'findAll'>
  readonly limits: Pick<LimitBook, 'goalOf'>
  /** From an end to its being remembered, default 1,000: what ends together is embedded together, and no run waits for it. */
  readonly restMs?: number
}

/** A store or a server that does not answer is asked again later; after so many times what hangs is left out. */
const maxFailures = 5
const maxQuestionChars = 600
const maxAnswerChars = 3_000
/** The two tiers in which a model answered. */
const maxTier = 2

/**
 * Remembers the answer of every run after it ended, so that later runs can recall it. It only follows the events: no run waits for it or fails by
 * it. Where embedding is paid for it does nothing: an ordinary answer must not cost a second call, and agents keep what they choose by their tool.
 */
export class ResultKeeper {
  readonly #deps: ResultKeeperDeps
  readonly #reader: EventReader
  #failures = 0

  constructor(deps: ResultKeeperDeps) {
    this.#deps = deps
    this.#reader = new EventReader({
      ...deps,
      reader: 'remember-results',
      restMs: deps.restMs ?? 1_000,
      types: ['workflow_completed'],
      handle: (events, signal) => this.#rememberAll(events, signal),
    })
  }

  start(): void {
    this.#reader.start()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  async #rememberAll(ended: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const runs = await this.#deps.runs.findAll(runIdsOf(ended))
    for await (const run of inTurns(runs.values(), signal)) {
      // What was given again is remembered already.
      if (run.route?.layer !== 'cache' && run.answer !== undefined && (run.tier ?? Infinity) <= maxTier) await this.#remember(run, run.answer, signal)
    }
  }

  /** What a budget or a server refuses is left out; what does not answer comes again, a bounded number of times. */
  async #remember(run: RunRecord, answer: string, signal: AbortSignal): Promise<void> {
    const { limits, memory, onError } = this.#deps
    const { workspaceId, runId, agentId, request } = run
    if (!(await memory.isFree(workspaceId))) return
    const payer: Payer = { workspaceId, runId, channelId: request.channelId, userId: request.userId, goalId: await limits.goalOf(workspaceId, request.channelId) }
    const note: MemoryNote = { id: `result-${runId}`, kind: 'result', text: textOf(request.text, answer), agentId }
    try {
      await memory.remember(payer, [note], signal)
      this.#failures = 0
    } catch (cause) {
      const error = asMurmurError(cause)
      if (signal.aborted) throw error
      if (error.retry === 'backoff' && ++this.#failures < maxFailures) throw error
      this.#failures = 0
      if (error.code !== 'MUR_BUDGET_SPENT') onError(error)
    }
  }
}

const textOf = (question: string, answer: string): string =>
  `Asked: ${question.slice(0, maxQuestionChars).toWellFormed()}\nAnswered: ${answer.slice(0, maxAnswerChars).toWellFormed()}`
