import type { Database, Trx } from '../../storage/database.ts'
import type { EventLog } from '../../storage/event-log.ts'
import { newWorkflowId } from '../../storage/ids.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { PatternRecord, Recipe, RunId, RunRecord, VersionRecord, WorkflowId, WorkflowRecord, WorkspaceId } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { Deployment, NewVersion, WorkflowMove, WorkflowStore } from '../../storage/workflow-store.ts'
import { beginTrial, followMove, replacedBy } from '../trials/begin-trial.ts'
import { drawShare } from '../trials/draw-share.ts'
import type { MatchReason } from '../patterns/pattern-index.ts'
import type { PatternBook, PatternPlace } from '../patterns/pattern-book.ts'
import { applyChange, emptyRecipe, type RecipeChange } from './recipe.ts'
import { isSameRecipe } from './recipe-lines.ts'

export interface WorkflowLibraryDeps {
  readonly database: Database
  readonly workflows: WorkflowStore
  readonly patterns: PatternStore
  readonly trials: TrialStore
  readonly book: PatternBook
  readonly runs: RunStore
  readonly events: EventLog
  readonly nowMs: () => number
  readonly onEvent: () => void
}

/** The version of a workflow that a request is handled by. */
export interface FoundWorkflow {
  readonly workflow: WorkflowRecord
  readonly version: VersionRecord
  readonly isCanary: boolean
  /** How alike the request is to those of the pattern, 0 to 1. */
  readonly similarity: number
  /** Words that speak most for it, and earlier runs that are most alike. */
  readonly because: MatchReason
}

/** An improvement that was made: the workflow as it was, the version in force before, if any, and the new one. */
export interface Improvement {
  readonly workflow: WorkflowRecord
  readonly before: VersionRecord | undefined
  readonly after: VersionRecord
}

export interface Improver {
  /** Empty for the system itself. */
  readonly authorId: string
  readonly reason: string
  readonly source: VersionRecord['source']
  readonly change: RecipeChange
  readonly deployment?: Deployment
}

/** Who did a pattern's runs well, and the same in words. */
export interface AutomationProof {
  readonly specialtyId: string
  readonly reason: string
}

const maxReasonChars = 600
const maxNameChars = 120

/** Which recipe a request follows, and how recipes change: by new versions, of which one is in force. */
export class WorkflowLibrary {
  readonly #deps: WorkflowLibraryDeps

  constructor(deps: WorkflowLibraryDeps) {
    this.#deps = deps
  }

  /** The workflow of the pattern that a request fits; undefined where there is none in use. */
  async find(request: { readonly workspaceId: WorkspaceId; readonly goalId: string; readonly text: string; readonly runId: RunId }): Promise<FoundWorkflow | undefined> {
    const { book, patterns, workflows } = this.#deps
    const match = await book.recognise(request.workspaceId, request.goalId, request.text)
    const pattern = match && (await patterns.find(match.patternId))
    const workflow = pattern?.workflowId && (await workflows.find(pattern.workflowId))
    if (!match || !workflow || workflow.state !== 'active') return undefined
    const { canary, currentVersion, workflowId } = workflow
    const isCanary = canary !== undefined && drawShare(request.runId, 'canary') < canary.share
    const version = await workflows.version(workflowId, isCanary ? canary.version : currentVersion)
    return version && { workflow, version, isCanary, similarity: match.similarity, because: match.explain() }
  }

  /**
   * Makes a new version of the workflow that a run followed, or would have; where there is none yet, it is made. Safe at any
   * number of times at once: each change sees the one before.
   * @param alongside writes that belong to the change, made in its transaction
   */
  async improve(run: RunRecord, goalId: string, improver: Improver, alongside?: (trx: Trx, made: Improvement) => Promise<void>): Promise<Improvement> {
    const { book, onEvent } = this.#deps
    const { workspaceId, request } = run
    const { pattern, improvement } = await book.place({ workspaceId, goalId, text: request.text }, undefined, async (trx, place) => {
      const pattern = await this.#patternOf(trx, run, goalId, place)
      const improvement = await this.#change(trx, run, pattern, improver)
      await alongside?.(trx, improvement)
      return { pattern, improvement }
    })
    await book.note(pattern)
    onEvent()
    return improvement
  }

  /** Makes an automation of a recognised pattern, within somebody else's transaction: who does it is decided from now on. A workflow that people made keeps its recipe. */
  async automateWithin(trx: Trx, run: RunRecord, pattern: PatternRecord, { specialtyId, reason }: AutomationProof): Promise<void> {
    const { workflows, patterns, nowMs } = this.#deps
    const newest = await patterns.change(trx, pattern.patternId, (one) => one)
    const known = newest?.workflowId && (await workflows.find(newest.workflowId, trx))
    if (!newest) return
    if (!known || known.state === 'deleted') return void (await this.#create(trx, run, newest, { authorId: '', source: 'automated', reason, change: { specialtyId } }))
    // Paused by a person it stays paused: only what the system itself took back comes back by itself.
    if (known.state === 'learning') await workflows.move(trx, known.workflowId, () => ({ state: 'active', watchedFromMs: nowMs() }), nowMs())
  }

  /**
   * Takes a pattern's automation out of use until it has proven itself again. What people made stays: they have said so.
   * @param alongside writes that belong to it, made in its transaction
   */
  async backToLearning(pattern: PatternRecord, reason: string, alongside: (trx: Trx, workflow: WorkflowRecord) => Promise<void>): Promise<void> {
    const { database, onEvent } = this.#deps
    await database.db.transaction().execute((trx) => this.backToLearningWithin(trx, pattern, reason, alongside))
    onEvent()
  }

  /** The same within somebody else's transaction. @returns false when it was not in use, or people's */
  async backToLearningWithin(trx: Trx, { workspaceId, patternId }: PatternRecord, reason: string, alongside: (trx: Trx, workflow: WorkflowRecord) => Promise<void>): Promise<boolean> {
    const { workflows, patterns, events, nowMs } = this.#deps
    // The pattern is locked first, as by everybody who locks both.
    const newest = await patterns.change(trx, patternId, (one) => one)
    const workflow = newest?.workflowId && (await workflows.lock(trx, newest.workflowId))
    const version = workflow && (await workflows.version(workflow.workflowId, workflow.currentVersion, trx))
    if (!workflow || workflow.state !== 'active' || version?.source !== 'automated') return false
    await workflows.move(trx, workflow.workflowId, () => ({ state: 'learning' }), nowMs())
    await alongside(trx, workflow)
    await events.append(trx, { workspaceId, type: 'automation_rolled_back', payload: { workflowId: workflow.workflowId, patternId, reason }, atMs: nowMs() })
    return true
  }

  /**
   * Puts another version in force, pauses, resumes, renames or deletes. An automation that a person takes up again, though it had gone back to
   * learning, counts as recognised by what went well with it, so that failures can take it back once more.
   * @returns the workflow before and after; undefined when there is none or nothing changed
   */
  async move(workflowId: WorkflowId, by: { readonly userId: string; readonly what: string }, move: (workflow: WorkflowRecord) => WorkflowMove | undefined): Promise<{ before: WorkflowRecord; after: WorkflowRecord } | undefined> {
    const { database, workflows, patterns, events, nowMs, onEvent } = this.#deps
    let before: WorkflowRecord | undefined
    const after = await database.db.transaction().execute(async (trx) => {
      // The pattern is locked first, as by everybody who locks both.
      const known = await workflows.find(workflowId, trx)
      const resting = known?.state === 'learning' && known.patternId !== undefined ? await patterns.change(trx, known.patternId, (one) => one) : undefined
      const moved = await workflows.move(trx, workflowId, (workflow) => move((before = workflow)), nowMs())
      if (resting && moved?.state === 'active') await patterns.change(trx, resting.patternId, (one) => ({ ...one, state: 'recognised', outcomes: one.outcomes.filter(({ isSuccess }) => isSuccess) }))
      if (moved && moved.currentVersion !== before?.currentVersion) await followMove(this.#deps, trx, moved)
      if (moved && before) await events.append(trx, { workspaceId: moved.workspaceId, type: 'workflow_moved', payload: { workflowId, ...by, fromVersion: before.currentVersion, toVersion: moved.currentVersion, state: moved.state }, atMs: nowMs() })
      return moved
    })
    if (after) onEvent()
    return before && after && { before, after }
  }

  /** The newest version that a person's remark on a run made. */
  versionMadeBy(runId: RunId, authorId: string): Promise<VersionRecord | undefined> {
    return this.#deps.workflows.versionMadeBy(runId, authorId)
  }

  /**
   * Adds a version to a workflow within somebody else's transaction, on trial against the one it replaces.
   * @returns undefined when the change changes nothing
   */
  async addVersion(trx: Trx, workflowId: WorkflowId, runId: RunId | undefined, { authorId, reason, source, change, deployment = 'current' }: Improver): Promise<VersionRecord | undefined> {
    const { workflows, trials, nowMs } = this.#deps
    const workflow = await workflows.lock(trx, workflowId)
    if (!workflow) return undefined
    const replaced = await replacedBy(trials, trx, workflow)
    const propose = (_: WorkflowRecord, { recipe }: VersionRecord): NewVersion | undefined => {
      // What did worse than no recipe at all is not built upon.
      const changed = applyChange(replaced === 0 ? asBefore(recipe) : recipe, change)
      return isSameRecipe(recipe, changed) ? undefined : { source, authorId, reason: cut(reason), recipe: changed, runId }
    }
    const added = await workflows.addVersion(trx, workflowId, propose, deployment, nowMs())
    if (added) await beginTrial(this.#deps, trx, { workflow, version: added, deployment, replaced })
    return added
  }

  async #patternOf(trx: Trx, run: RunRecord, goalId: string, place: PatternPlace): Promise<PatternRecord> {
    const { patterns, book, runs } = this.#deps
    // It may have been learnt of since the run was read, and has one pattern only.
    const patternId = await runs.holdPattern(trx, run.runId)
    const own = patternId === undefined ? undefined : await patterns.change(trx, patternId, (pattern) => pattern)
    if (own) return own
    const pattern = await book.assign(trx, { runId: run.runId, workspaceId: run.workspaceId, goalId, text: run.request.text }, place)
    await runs.setPattern(trx, run.runId, pattern.patternId)
    return pattern
  }

  async #change(trx: Trx, run: RunRecord, pattern: PatternRecord, improver: Improver): Promise<Improvement> {
    const { workflows } = this.#deps
    const known = run.workflow?.workflowId ?? pattern.workflowId
    const workflow = known === undefined ? undefined : await workflows.find(known, trx)
    if (!workflow || workflow.state === 'deleted') return this.#create(trx, run, pattern, improver)
    const before = await workflows.version(workflow.workflowId, workflow.currentVersion, trx)
    const after = (await this.addVersion(trx, workflow.workflowId, run.runId, improver)) ?? before
    if (!after) return this.#create(trx, run, pattern, improver)
    // Who improves one that rests wants it used, whoever has paused it or taken it back to learning.
    if (workflow.state !== 'active' && improver.source === 'user') await workflows.move(trx, workflow.workflowId, () => ({ state: 'active' }), this.#deps.nowMs())
    await this.#report(trx, after, pattern)
    return { workflow, before, after }
  }

  async #create(trx: Trx, run: RunRecord, pattern: PatternRecord, { authorId, reason, source, change }: Improver): Promise<Improvement> {
    const { workflows, patterns, nowMs } = this.#deps
    const specialtyId = run.route?.specialtyId
    // The change is about what this specialist did, so it stays with such requests.
    const recipe = applyChange({ ...emptyRecipe, ...(specialtyId === undefined ? {} : { specialtyId }) }, change)
    const made = { workflowId: newWorkflowId(), workspaceId: pattern.workspaceId, goalId: pattern.goalId, name: pattern.title.slice(0, maxNameChars).toWellFormed(), patternId: pattern.patternId }
    const after = await workflows.create(trx, made, { source, authorId, reason: cut(reason), recipe, runId: run.runId }, nowMs())
    await patterns.change(trx, pattern.patternId, (newest) => ({ ...newest, workflowId: made.workflowId }))
    // An automation has shown itself already: by the runs it was made of.
    if (source !== 'automated') await beginTrial(this.#deps, trx, { workflow: { ...made, canary: undefined }, version: after, deployment: 'current', replaced: 0 })
    await this.#report(trx, after, pattern)
    const workflow: WorkflowRecord = { ...made, state: 'active', currentVersion: 1, canary: undefined, createdAtMs: after.createdAtMs, updatedAtMs: after.createdAtMs }
    return { workflow, before: undefined, after }
  }

  #report(trx: Trx, { workflowId, version, source, authorId, runId }: VersionRecord, { workspaceId, patternId }: PatternRecord): Promise<void> {
    const type = source === 'automated' ? 'automation_created' : 'improvement_available'
    const payload = { workflowId, version, source, userId: authorId, patternId }
    return this.#deps.events.append(trx, { workspaceId, ...(runId === undefined ? {} : { runId }), type, payload, atMs: this.#deps.nowMs() })
  }
}

/** What a first version took over from the requests before it. */
const asBefore = ({ specialtyId }: Recipe): Recipe => ({ ...emptyRecipe, ...(specialtyId === undefined ? {} : { specialtyId }) })

const cut = (reason: string): string => reason.slice(0, maxReasonChars).toWellFormed()
