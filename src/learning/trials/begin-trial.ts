import type { Trx } from '../../storage/database.ts'
import type { VersionRecord, WorkflowRecord } from '../../storage/records.ts'
import { isRunning } from '../../storage/trial-record.ts'
import type { TrialStore } from '../../storage/trial-store.ts'
import type { Deployment } from '../../storage/workflow-store.ts'

/** A version with fewer runs says nothing yet: what follows it is held against the one before. */
const leastKnownRuns = 5

export interface TrialDeps {
  readonly trials: TrialStore
  readonly nowMs: () => number
}

/** The version that is in force, by the workflow as it was before; `deployment` says for whom the new one is. */
export interface BeginTrial {
  readonly workflow: Pick<WorkflowRecord, 'workflowId' | 'patternId' | 'canary'>
  readonly version: VersionRecord
  readonly deployment: Deployment
  /** The version it replaces; 0: requests without a recipe. */
  readonly replaced: number
}

/**
 * Holds a new version against the one it replaces from now on, within the transaction that makes it. One that replaces a version of which
 * nothing is known is held against what that one was held against.
 */
export async function beginTrial({ trials, nowMs }: TrialDeps, trx: Trx, { workflow: { workflowId, patternId, canary }, version: { version }, deployment, replaced }: BeginTrial): Promise<void> {
  const known = await trials.outcomes({ workflowId, patternId, version: replaced, limit: leastKnownRuns }, trx)
  const running = (await trials.list(workflowId, trx)).filter(isRunning)
  const earlier = known.length < leastKnownRuns ? running.find((trial) => trial.version === replaced)?.againstVersion : undefined
  for (const trial of running) {
    if (deployment === 'current' || trial.version === canary?.version) await trials.end(trx, trial, 'replaced', undefined, nowMs())
  }
  await trials.start(trx, { workflowId, version }, earlier ?? replaced, nowMs())
}

/** The version that a new one replaces: none where the one in force did worse than no recipe at all, and was paused for that. */
export async function replacedBy(trials: TrialStore, trx: Trx, { workflowId, currentVersion, state }: WorkflowRecord): Promise<number> {
  const isSpoilt = state === 'paused' && (await trials.find({ workflowId, version: currentVersion }, trx))?.state === 'rolled_back'
  return isSpoilt ? 0 : currentVersion
}

/** Trials of versions that nobody is served by any more end, and that of the version which is back in force goes on. */
export async function followMove({ trials, nowMs }: TrialDeps, trx: Trx, { workflowId, currentVersion, canary }: WorkflowRecord): Promise<void> {
  for (const trial of (await trials.list(workflowId, trx)).filter(isRunning)) {
    if (trial.version !== currentVersion && trial.version !== canary?.version) await trials.end(trx, trial, 'replaced', undefined, nowMs())
  }
  await trials.resume(trx, { workflowId, version: currentVersion })
}
