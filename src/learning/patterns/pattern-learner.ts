import { asMurmurError } from '../../errors.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { EventLog, StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { outageClasses } from '../../storage/failure-class.ts'
import type { FeedbackStore } from '../../storage/feedback-store.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { RegroupingStore } from '../../storage/regrouping-store.ts'
import type { PatternOutcome, PatternRecord, RunId, RunRecord, WorkflowRecord, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { HitLook, HitWatch } from '../hits/hit-watch.ts'
import type { PatternBook, PatternPlace } from './pattern-book.ts'
import { describeFailed } from '../hits/hit-lines.ts'
import { failedReason, putOutcome, stateOf } from './pattern-outcomes.ts'
import { provenBy, recognisedEvent } from './pattern-proof.ts'
import { runsUntilDue } from '../regrouping/regrouping-due.ts'
import { normaliseTrace } from './run-trace.ts'
import type { Notice } from '../trials/version-judge.ts'
import type { WorkflowLibrary } from '../workflows/workflow-library.ts'

export interface PatternLearnerDeps extends EventReading {
  readonly database: Database
  readonly runs: RunStore
  readonly patterns: PatternStore
  readonly feedback: Pick<FeedbackStore, 'listForRun'>
  readonly book: PatternBook
  readonly library: Pick<WorkflowLibrary, 'automateWithin' | 'backToLearningWithin'>
  readonly hits: Pick<HitWatch, 'judge' | 'look'>
  readonly events: EventLog
  readonly goalOf: (workspaceId: WorkspaceId, channelId: string) => Promise<string>
  /** Which tools a run called. */
  readonly toolsOf: (runId: RunId) => Promise<readonly string[]>
  /** False where a workspace does not learn. */
  readonly isOn: (workspaceId: WorkspaceId) => boolean
  /** Stores a notice within the transaction of what it tells of. */
  readonly tell: (trx: Trx, notice: Notice) => Promise<void>
  /** After a transaction that may have stored notices. */
  readonly onTold: () => void
  readonly onEvent: () => void
  readonly regroupings: Pick<RegroupingStore, 'count'>
  /** A goal has enough new runs to be grouped anew. */
  readonly onDue: () => void
}

interface Noted {
  readonly before: PatternRecord
  readonly pattern: PatternRecord
}

/** An answer a model gave with all it had. */
const fullTier = 1
const learntFrom = ['workflow_completed', 'workflow_failed', 'feedback_received'] as const

/**
 * Learns which requests recur: puts each ended run into a pattern, and makes an automation of a pattern whose runs went well three
 * times; failures and thumbs down take it back. Reads the events by cursor, so nobody waits for it; the same event again changes
 * nothing.
 */
export class PatternLearner {
  readonly #deps: PatternLearnerDeps
  readonly #reader: EventReader

  constructor(deps: PatternLearnerDeps) {
    this.#deps = deps
    this.#reader = new EventReader({ ...deps, reader: 'learn-patterns', types: learntFrom, restMs: 0, handle: (events, signal) => this.#learnAll(events, signal) })
  }

  start(): void {
    this.#reader.start()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  async #learnAll(events: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    for await (const { runId, workspaceId } of inTurns(events, signal)) {
      if (runId === undefined || !this.#deps.isOn(workspaceId)) continue
      try {
        await this.#learn(runId)
      } catch (cause) {
        const error = asMurmurError(cause)
        // A store that is away comes back; anything else must not hold up what is to be learnt of others.
        if (signal.aborted || error.retry === 'backoff') throw error
        this.#deps.onError(error)
      }
    }
  }

  async #learn(runId: string): Promise<void> {
    const { runs, feedback, hits, onEvent } = this.#deps
    const run = await runs.find(runId)
    if (!run?.route || run.finishedAtMs === undefined || run.request.text.trim() === '') return
    // Asked for once more to compare two answers, it has not recurred.
    if (run.request.comparesWith !== undefined) return
    const said = await feedback.listForRun(run.runId)
    const isSuccess = isGood(run) && !said.some(({ kind }) => kind === 'down' || kind === 'correction')
    // Given again and not objected to says nothing new.
    if (isSuccess && run.route.layer === 'cache') return
    // What was taken for a kind by mistake, or by an automation that was taken back since, is no sign of who should do that kind.
    const hit = await hits.look(run)
    if (hit.isRight !== false && hit.workflow?.state !== 'learning') await this.#put(run, hit, { runId: run.runId, isSuccess, specialtyId: run.route.specialtyId })
    if (said.length > 0 || hit.isRight !== undefined) await hits.judge(run)
    onEvent()
  }

  /** Puts a run into its pattern, where it is not in one yet, and notes how it ended; what the pattern then is, its automation is in the same moment. */
  async #put(run: RunRecord, { workflow, takenForId, isRight }: HitLook, outcome: PatternOutcome): Promise<void> {
    const { runs, goalOf, book, database, regroupings, nowMs, onDue, onTold } = this.#deps
    const goalId = await goalOf(run.workspaceId, run.request.channelId)
    const trace = run.patternId === undefined ? normaliseTrace(await this.#deps.toolsOf(run.runId)) : []
    const isOutcome = isOfPattern(run, workflow)
    const request = { workspaceId: run.workspaceId, goalId, text: run.request.text, trace }
    const put = async (trx: Trx, place: PatternPlace) => {
      // Somebody who improved its answer may have put it into one since it was read.
      const known = run.patternId ?? (await runs.holdPattern(trx, run.runId))
      const isExample = place.patternId === undefined || place.patternId !== takenForId || isRight === true
      const pattern = known === undefined ? await book.assign(trx, { ...request, runId: run.runId }, place, isExample) : undefined
      if (pattern) await runs.setPattern(trx, run.runId, pattern.patternId)
      const isDue = pattern !== undefined && (await regroupings.count(trx, { workspaceId: run.workspaceId, goalId }, runsUntilDue(0), nowMs()))
      const noted = isOutcome ? await this.#noteInOwn(trx, pattern?.patternId ?? known ?? '', outcome) : undefined
      const isTold = noted !== undefined && needsAction(noted) && (await this.#settle(trx, run, noted.pattern))
      return { pattern: noted?.pattern ?? pattern, isDue, isTold }
    }
    const { patternId } = run
    const learnt = await (patternId === undefined ? book.place(request, takenForId, put) : database.db.transaction().execute((trx) => put(trx, { patternId, lookedAt: undefined })))
    if (learnt.isDue) onDue()
    if (learnt.pattern) await book.note(learnt.pattern)
    if (learnt.isTold) onTold()
  }

  /** Patterns may have been grouped anew since the run was read: its own is another one then. */
  async #noteInOwn(trx: Trx, patternId: string, outcome: PatternOutcome): Promise<Noted | undefined> {
    const noted = await this.#note(trx, patternId, outcome)
    const own = noted ? undefined : (await this.#deps.runs.find(outcome.runId, trx))?.patternId
    return noted ?? (own === undefined || own === patternId ? undefined : this.#note(trx, own, outcome))
  }

  async #note(trx: Trx, patternId: string, outcome: PatternOutcome): Promise<Noted | undefined> {
    const { patterns, events, nowMs } = this.#deps
    let before: PatternRecord | undefined
    const pattern = await patterns.change(trx, patternId, (newest) => {
      before = newest
      const outcomes = putOutcome(newest.outcomes, outcome)
      return { ...newest, outcomes, state: stateOf(newest.state, outcomes) }
    })
    if (pattern && before?.state === 'learning' && pattern.state === 'recognised') {
      await events.append(trx, recognisedEvent(pattern, outcome.runId, nowMs()))
    }
    return pattern && before && { before, pattern }
  }

  /** An automation is made, or goes back to learning and says so. @returns true when it said so */
  async #settle(trx: Trx, run: RunRecord, pattern: PatternRecord): Promise<boolean> {
    const { library, tell } = this.#deps
    if (pattern.state === 'recognised') {
      const proof = provenBy(pattern)
      if (proof) await library.automateWithin(trx, run, pattern, proof)
      return false
    }
    return library.backToLearningWithin(trx, pattern, failedReason, (_, workflow) => tell(trx, { about: run, text: describeFailed(workflow), key: `failed:${workflow.workflowId}:${run.runId}`, mentionable: [] }))
  }
}

const needsAction = ({ before, pattern }: Noted): boolean =>
  pattern.state !== before.state || (pattern.state === 'recognised' && pattern.workflowId === undefined)

/** A provider that was away says nothing of the pattern, and a version that is tried out, or was replaced, only something of itself. */
const isOfPattern = ({ failureClass, workflow: followed }: RunRecord, workflow: WorkflowRecord | undefined): boolean =>
  (failureClass === undefined || !outageClasses.includes(failureClass)) && (!workflow || workflow.currentVersion === followed?.version)

const isGood = ({ status, tier }: RunRecord): boolean => status === 'completed' && tier === fullTier
