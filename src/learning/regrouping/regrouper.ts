import { setImmediate as nextTurn } from 'node:timers/promises'
import { MurmurError } from '../../errors.ts'
import type { Database, Trx } from '../../storage/database.ts'
import type { EventLog } from '../../storage/event-log.ts'
import { newEntryId } from '../../storage/ids.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { PatternRecord } from '../../storage/records.ts'
import type { RegroupingStore, RegroupingTurn } from '../../storage/regrouping-store.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { PatternBook } from '../patterns/pattern-book.ts'
import { provenBy, recognisedEvent } from '../patterns/pattern-proof.ts'
import type { WorkflowLibrary } from '../workflows/workflow-library.ts'
import { maxUnits, type RunUnit } from './group-runs.ts'
import { mergePatterns, touchedBy } from './merge-patterns.ts'
import { planRegrouping, unitsOf, type PatternUnit, type Regrouping } from './plan-regrouping.ts'
import { runsUntilDue } from './regrouping-due.ts'

export interface RegrouperDeps {
  readonly database: Database
  readonly regroupings: RegroupingStore
  readonly patterns: PatternStore
  readonly runs: Pick<RunStore, 'find'>
  readonly events: Pick<EventLog, 'append'>
  readonly library: Pick<WorkflowLibrary, 'automateWithin'>
  readonly book: Pick<PatternBook, 'renew'>
  /** Groups units beside the event loop: for each the number of its group; undefined when that took too long. */
  readonly group: (units: readonly RunUnit[]) => Promise<Int32Array | undefined>
  /** Names this process among those that share the store. */
  readonly owner: string
  readonly nowMs: () => number
  readonly onEvent: () => void
  readonly onError: (error: unknown) => void
}

const dayMs = 24 * 3_600_000
/** Teaching and grouping share a thread, so it may have to wait for it. What fails is tried again after this. */
const turnMs = 5 * 60_000
/** Patterns with a workflow, and examples of theirs, that are looked at: those seen last. */
const maxKept = 1_000
const maxKeptExamples = 10_000

/** Groups the patterns of goals anew that have enough new runs, or any and a day has gone by: one after the other, each by one process. */
export class Regrouper {
  readonly #deps: RegrouperDeps
  #pass: Promise<void> | undefined
  readonly #closing = Promise.withResolvers<undefined>()
  #isWanted = false
  #isClosed = false

  constructor(deps: RegrouperDeps) {
    this.#deps = deps
  }

  /** Looks what is due; nobody need wait for it. */
  wake(): void {
    this.#isWanted = true
    this.#pass ??= this.#regroupDue()
      .catch((error: unknown) => (this.#isClosed ? undefined : this.#deps.onError(error)))
      .finally(() => {
        this.#pass = undefined
        if (this.#isWanted && !this.#isClosed) this.wake()
      })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#pass) await this.#pass
  }

  /** What is under way is given up, and the next process does it. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#closing.resolve(undefined)
    await this.#pass
  }

  async #regroupDue(): Promise<void> {
    const { regroupings, owner, nowMs } = this.#deps
    while (this.#isWanted) {
      this.#isWanted = false
      for (;;) {
        const turn = this.#isClosed ? undefined : await regroupings.take({ owner, nowMs: nowMs(), untilMs: nowMs() + turnMs, groupedBeforeMs: nowMs() - dayMs })
        if (!turn) break
        await this.#regroup(turn)
      }
    }
  }

  async #regroup(turn: RegroupingTurn): Promise<void> {
    const { database, patterns, regroupings, book, group, nowMs, onEvent } = this.#deps
    const units = await this.#read(turn)
    const groups = await Promise.race([group(units.map(({ runs, isKept = false }) => ({ runs, isKept }))), this.#closing.promise])
    if (this.#isClosed) return regroupings.release(turn)
    await nextTurn()
    const plan = groups && planRegrouping(units, groups, newEntryId)
    const touched = plan ? touchedBy(plan, units) : []
    await nextTurn()
    const isDone = await database.db.transaction().execute(async (trx) => {
      const newest = await patterns.lock(trx, turn, touched)
      if (plan && touched.length > 0 && !(await this.#write(trx, turn, newest, touched, plan))) return false
      if (await regroupings.end(trx, turn, runsUntilDue(units.length), nowMs())) return true
      throw new MurmurError('MUR_STORE_CONFLICT', { what: 'the patterns of a channel' })
    })
    // Overtaken by somebody's change of one of the patterns: the turn runs out, and they are looked at anew.
    if (!isDone || touched.length === 0) return
    await book.renew(turn.workspaceId, turn.goalId)
    onEvent()
  }

  async #read(turn: RegroupingTurn): Promise<PatternUnit[]> {
    const { patterns } = this.#deps
    const kept = unitsOf(await patterns.listRecent(turn, { hasWorkflow: true, maxExamples: maxKeptExamples })).slice(0, maxKept)
    return [...kept, ...unitsOf(await patterns.listRecent(turn, { hasWorkflow: false, maxExamples: maxUnits - kept.length }))]
  }

  /** @returns false when nothing may be changed */
  async #write(trx: Trx, { workspaceId, goalId }: RegroupingTurn, newest: readonly PatternRecord[], touched: readonly string[], plan: Regrouping): Promise<boolean> {
    const { patterns, nowMs } = this.#deps
    const merged = mergePatterns(newest, touched, plan, nowMs())
    if (!merged) return false
    await patterns.rewrite(trx, { workspaceId, goalId, ...merged })
    const before = new Map(newest.map(({ patternId, state }) => [patternId, state]))
    const proven = [...merged.changed, ...merged.begun].filter(({ state, workflowId }) => state === 'recognised' && workflowId === undefined)
    for (const pattern of proven) {
      await nextTurn()
      await this.#automate(trx, pattern, before.get(pattern.patternId) !== 'recognised')
    }
    return true
  }

  /** As when a run makes it so. */
  async #automate(trx: Trx, pattern: PatternRecord, isNew: boolean): Promise<void> {
    const { runs, events, library, nowMs } = this.#deps
    const proof = provenBy(pattern)
    const run = proof && (await runs.find(proof.runId, trx))
    if (!proof || !run) return
    if (isNew) await events.append(trx, recognisedEvent(pattern, run.runId, nowMs()))
    await library.automateWithin(trx, run, pattern, proof)
  }
}
