import { asMurmurError } from '../../errors.ts'
import type { Database, Trx } from '../../storage/database.ts'
import { runIdsOf, type EventLog, type StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { Request, RunRecord, WorkflowId, WorkflowRecord } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import { isRunning, type TrialRecord } from '../../storage/trial-record.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { WorkflowMove, WorkflowStore } from '../../storage/workflow-store.ts'
import { readEvidence } from './trial-evidence.ts'
import { describePromotion, describeRollback } from './trial-lines.ts'
import { judgeTrial, talliesOf } from './version-trial.ts'

/** Something that people of a channel are told once, without having asked. */
export interface Notice {
  /** The run that gave rise to it: it says where, and whom it is about. */
  readonly about: { readonly request: Pick<Request, 'workspaceId' | 'surface' | 'channelId' | 'userId'> }
  /** A person to tell in private instead of where the run was. */
  readonly to?: string
  readonly text: string
  /** The same key is said once. */
  readonly key: string
  readonly mentionable: readonly string[]
}

export interface VersionJudgeDeps extends EventReading {
  readonly database: Database
  readonly runs: Pick<RunStore, 'find' | 'findAll'>
  readonly workflows: WorkflowStore
  readonly trials: TrialStore
  readonly events: EventLog
  /** Stores a notice within the transaction of what it tells of. */
  readonly tell: (trx: Trx, notice: Notice) => Promise<void>
  /** After a transaction that may have stored notices. */
  readonly onTold: () => void
  readonly onEvent: () => void
}

const judgedBy = ['workflow_completed', 'workflow_failed', 'feedback_received'] as const

/**
 * Holds each version on trial against the one it replaced, after every run and every thumb: the worse one is rolled back, a canary that is
 * as good serves everybody. It decides from the runs as they are stored, so the same event again changes nothing.
 */
export class VersionJudge {
  readonly #deps: VersionJudgeDeps
  readonly #reader: EventReader

  constructor(deps: VersionJudgeDeps) {
    this.#deps = deps
    this.#reader = new EventReader({ ...deps, reader: 'judge-versions', types: judgedBy, restMs: 0, handle: (events, signal) => this.#judgeAll(events, signal) })
  }

  start(): void {
    this.#reader.start()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  async #judgeAll(events: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const last = new Map<WorkflowId, RunRecord>()
    const known = await this.#deps.runs.findAll(runIdsOf(events))
    for (const { runId } of events) {
      const run = known.get(runId ?? '')
      if (run?.workflow) last.set(run.workflow.workflowId, run)
    }
    for await (const run of inTurns(last.values(), signal)) {
      try {
        await this.judge(run)
      } catch (cause) {
        const error = asMurmurError(cause)
        // A store that is away comes back; anything else must not hold up other workflows.
        if (signal.aborted || error.retry === 'backoff') throw error
        this.#deps.onError(error)
      }
    }
  }

  /** Looks at the trials of the workflow that a run followed; the run says where people are told, when nothing else does. */
  async judge(run: RunRecord): Promise<void> {
    const { database, workflows, trials, onTold, onEvent } = this.#deps
    const workflowId = run.workflow?.workflowId
    if (workflowId === undefined || !(await trials.list(workflowId)).some(isRunning)) return
    await database.db.transaction().execute(async (trx) => {
      const workflow = await workflows.lock(trx, workflowId)
      if (!workflow) return
      for (const trial of (await trials.list(workflowId, trx)).filter(isRunning)) {
        // What was decided of one version changes what is in force for the next.
        const now = await workflows.find(workflowId, trx)
        if (now) await this.#decide(trx, now, trial, run)
      }
    })
    onTold()
    onEvent()
  }

  async #decide(trx: Trx, workflow: WorkflowRecord, trial: TrialRecord, run: RunRecord): Promise<void> {
    const { trials, nowMs } = this.#deps
    const isCanary = workflow.canary?.version === trial.version
    // A person has put another version in force.
    if (!isCanary && workflow.currentVersion !== trial.version) return void (await trials.end(trx, trial, 'replaced', undefined, nowMs()))
    const evidence = await readEvidence(trials, workflow, trial, trx)
    const verdict = judgeTrial(evidence)
    const figures = talliesOf(evidence)
    if (verdict === 'worse') return this.#rollBack(trx, workflow, { trial, figures, run })
    if (isCanary && verdict !== 'open') await this.#promote(trx, workflow, { trial, figures, run })
    if (verdict === 'kept') await trials.end(trx, trial, 'kept', figures, nowMs())
  }

  async #rollBack(trx: Trx, workflow: WorkflowRecord, { trial, figures, run }: Decision): Promise<void> {
    const { trials, workflows, nowMs } = this.#deps
    const { workflowId, workspaceId } = workflow
    const { againstVersion } = trial
    await trials.end(trx, trial, 'rolled_back', figures, nowMs())
    const isCanary = workflow.canary?.version === trial.version
    // Without a recipe before it there is none to go back to; paused, it is not taken up again by itself.
    const move: WorkflowMove = isCanary ? { canary: undefined } : againstVersion === 0 ? { state: 'paused', canary: undefined } : { currentVersion: againstVersion, canary: undefined }
    await workflows.move(trx, workflowId, () => move, nowMs())
    if (!isCanary) await trials.resume(trx, { workflowId, version: againstVersion })
    const { candidate, control } = figures
    const payload = { workflowId, fromVersion: trial.version, toVersion: isCanary ? workflow.currentVersion : againstVersion, candidate, control, reason: 'It did worse than the version it replaced.' }
    await this.#deps.events.append(trx, { workspaceId, type: 'automation_rolled_back', payload, atMs: nowMs() })
    await this.#tell(trx, 'rolled-back', workflow, { trial, figures, run })
  }

  async #promote(trx: Trx, workflow: WorkflowRecord, decision: Decision): Promise<void> {
    const { workflows, events, nowMs } = this.#deps
    const { workflowId, workspaceId, currentVersion } = workflow
    const { version } = decision.trial
    await workflows.move(trx, workflowId, () => ({ currentVersion: version, canary: undefined }), nowMs())
    const payload = { workflowId, userId: '', what: 'promotion', fromVersion: currentVersion, toVersion: version, state: workflow.state, ...decision.figures }
    await events.append(trx, { workspaceId, type: 'workflow_moved', payload, atMs: nowMs() })
    await this.#tell(trx, 'promoted', workflow, decision)
  }

  /** It is said where the version was made, else where its last run was; once for each version. */
  async #tell(trx: Trx, what: 'rolled-back' | 'promoted', workflow: WorkflowRecord, { trial, figures, run }: Decision): Promise<void> {
    const { workflows, runs, tell } = this.#deps
    const [version, against] = [await workflows.version(workflow.workflowId, trial.version, trx), await workflows.version(workflow.workflowId, trial.againstVersion, trx)]
    if (!version) return
    const about = (version.runId === undefined ? undefined : await runs.find(version.runId, trx)) ?? run
    const lines = { workflow, version, against, figures, isCanary: workflow.canary?.version === version.version }
    const text = what === 'promoted' ? describePromotion(lines) : describeRollback(lines)
    await tell(trx, { about, text, key: `${what}:${workflow.workflowId}:${version.version}`, mentionable: version.authorId === '' ? [] : [version.authorId] })
  }
}

interface Decision {
  readonly trial: TrialRecord
  readonly figures: NonNullable<TrialRecord['figures']>
  readonly run: RunRecord
}

